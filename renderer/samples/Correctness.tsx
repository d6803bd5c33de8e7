import type { Correctness } from '#contract/sample.ts';
import { countText, Facts, Interval, Panel, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './samples.module.css';
import { CORRECTNESS_WORDS, judgeText, moreText, watchText } from './words.ts';

function Estimate({ correctness }: { correctness: Correctness }) {
  const { estimate, correct, verdicts, objective, state } = correctness;
  if (estimate === null) return <p className={ink.weak}>not judged yet</p>;
  return (
    <Interval
      rate={{ good: correct, total: verdicts, ...estimate }}
      objective={objective}
      tone={CORRECTNESS_WORDS[state].tone}
    />
  );
}

/** How right the successes of one agent are, on its page. */
export function CorrectnessPanel({ correctness, samples }: { correctness: Correctness; samples: string }) {
  const { cannotTell, open, coverage, successes, judge } = correctness;
  return (
    <Panel title="Correctness of its successes, 28 days" end={<StateWord {...CORRECTNESS_WORDS[correctness.state]} />}>
      <div className={styles.item}>
        <Estimate correctness={correctness} />
        <p>{moreText(correctness)}</p>
        <Facts
          facts={[
            { name: 'Drop watch', value: watchText(correctness) },
            {
              name: 'Speaks of',
              value: `${countText(Math.round(coverage * successes))} of ${countText(successes)} successes`,
            },
            ...(cannotTell === 0 ? [] : [{ name: 'Cannot tell', value: countText(cannotTell) }]),
            ...(judge === null ? [] : [{ name: 'Judge', value: `${judge.model}: ${judgeText(judge)}` }]),
          ]}
        />
        <p>
          <a className={ink.link} href={samples}>
            {open === 0 ? 'Samples' : `${countText(open)} to judge`}
          </a>
        </p>
      </div>
    </Panel>
  );
}

/** So many agents are on the board: those below their objective first, then those with the most verdicts. */
const BRIEF = 4;

/** What the board says of correctness: the worst few, and how many outputs wait for a verdict. */
export function CorrectnessBrief({
  rows,
  samples,
  addressOf,
}: {
  rows: readonly Correctness[];
  samples: string;
  addressOf(agent: string): string;
}) {
  const judged = rows.filter(({ estimate }) => estimate !== null).toSorted(worstFirst);
  const open = rows.reduce((sum, row) => sum + row.open, 0);
  return (
    <Panel title="Correctness, 28 days">
      <div className={styles.item}>
        {judged.slice(0, BRIEF).map((row) => (
          <div key={row.agent} className={styles.part}>
            <p className={styles.rowHead}>
              <a href={addressOf(row.agent)}>{row.agent}</a>
              <StateWord {...CORRECTNESS_WORDS[row.state]} />
            </p>
            <Estimate correctness={row} />
            <p className={ink.under}>{moreText(row)}</p>
          </div>
        ))}
        {judged.length > 0 ? null : <p className={ink.weak}>Nobody has judged any output yet.</p>}
        <p>
          <a className={ink.link} href={samples}>
            {open === 0 ? 'Samples' : `${countText(open)} to judge`}
          </a>
        </p>
      </div>
    </Panel>
  );
}

function worstFirst(a: Correctness, b: Correctness): number {
  const bad = (row: Correctness): number => Number(row.state === 'below' || row.watch.alarm);
  return bad(b) - bad(a) || b.verdicts - a.verdicts || a.agent.localeCompare(b.agent);
}

/** Every agent's correctness; the address leads to its page. */
export function CorrectnessTable({
  rows,
  addressOf,
}: {
  rows: readonly Correctness[];
  addressOf(agent: string): string;
}) {
  return (
    <section className={styles.frame} aria-label="Correctness by agent">
      <table className={styles.table}>
        <caption>Correctness of successes, last 28 days</caption>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">Correct</th>
            <th scope="col">Against its objective</th>
            <th scope="col">Drop watch</th>
            <th scope="col">To judge</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.agent}>
              <th scope="row">
                <a href={addressOf(row.agent)}>{row.agent}</a>
              </th>
              <td>
                <Estimate correctness={row} />
              </td>
              <td>
                <StateWord {...CORRECTNESS_WORDS[row.state]} />
                <span className={ink.under}>{moreText(row)}</span>
                {row.judge === null ? null : <span className={ink.under}>{judgeText(row.judge)}</span>}
              </td>
              <td>
                <StateWord tone={row.watch.alarm ? 'soon' : 'quiet'} word={row.watch.alarm ? 'Drop' : 'Quiet'} />
                <span className={ink.under}>{watchText(row)}</span>
              </td>
              <td>{countText(row.open)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
