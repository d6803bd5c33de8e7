import type { Question } from '#contract/question.ts';
import { Facts, JsonBlock, JsonDiff, ShareBar, usdText } from '../kit/index.ts';
import { type Details, detailsOf } from './details.ts';
import styles from './waiting.module.css';

/** What is to be judged, readable: the tool and its input, the output, the repeated calls, what was spent. */
export function QuestionDetails({ question }: { question: Question }) {
  const details = detailsOf(question);
  switch (details.kind) {
    case 'nothing':
      return null;
    case 'plain':
      return <JsonBlock label="What it is about" value={details.value} />;
    case 'document':
      return <Document details={details} />;
    case 'loop':
      return <Repeats details={details} />;
    case 'limit':
      return <Spent details={details} />;
  }
}

function Document({ details }: { details: Extract<Details, { kind: 'document' }> }) {
  const { title, value, edited, why } = details;
  return (
    <section className={styles.part}>
      <h3>{title}</h3>
      <JsonBlock label={title} value={value} />
      {edited === null ? null : (
        <>
          <h3>Edited before{why === null ? '' : `, and it did not fit: ${why}`}</h3>
          <JsonDiff label="What the edit changed" before={value} after={edited} />
        </>
      )}
    </section>
  );
}

function Repeats({ details }: { details: Extract<Details, { kind: 'loop' }> }) {
  const { calls, repeats, period, text } = details;
  return (
    <section className={styles.part}>
      <h3>
        Repeated {repeats} times{period > 1 ? `, in rounds of ${period} turns` : ''}; the last turn:
      </h3>
      {text.trim() === '' ? null : <p className={styles.quote}>{text}</p>}
      {calls.map((call, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls of a turn have no other name
        <div key={index} className={styles.part}>
          <h3>
            <code>{call.tool}</code> was called with
          </h3>
          <JsonBlock label={`Input of ${call.tool}`} value={call.input} />
          <h3>and answered, each time</h3>
          <JsonBlock label={`Result of ${call.tool}`} value={call.result} />
        </div>
      ))}
    </section>
  );
}

function Spent({ details }: { details: Extract<Details, { kind: 'limit' }> }) {
  const { spentUsd, limitUsd, done, remaining } = details;
  return (
    <section className={styles.part}>
      <div className={styles.spent}>
        <span>
          <strong>{usdText(spentUsd)}</strong> of {usdText(limitUsd)}
        </span>
        <ShareBar spent={spentUsd} reserved={0} bound={limitUsd} tone={spentUsd >= limitUsd ? 'soon' : 'quiet'} />
      </div>
      <Facts
        facts={[
          { name: 'Done', value: done.length === 0 ? 'nothing yet' : done.join(', ') },
          { name: 'Next', value: remaining },
        ]}
      />
    </section>
  );
}
