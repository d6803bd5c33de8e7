import type { ReactNode } from 'react';
import type { Deed, SampleDetail } from '#contract/sample.ts';
import { agoText, clockTime, JsonBlock, Panel, RehearsalMark, StateWord, spanText, usdText } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './samples.module.css';
import { drawnText, verdictWord } from './words.ts';

type Props = {
  sample: SampleDetail;
  now: number;
  /** Of its task; null where that is gone. */
  address: string;
  /** What judges it, or says how it was judged. */
  children: ReactNode;
};

/** One drawn output: what was asked, what came of it, and what the agent did in between. */
export function SamplePanel({ sample, now, address, children }: Props) {
  const { copy, judged } = sample;
  return (
    <Panel
      title={`Is this output of ${sample.agent} right?`}
      strong
      end={judged === null ? <StateWord tone="act" word="To judge" /> : <StateWord tone="met" word="Judged" />}
    >
      <div className={styles.item}>
        <p className={ink.weak}>
          <a className={ink.link} href={address}>
            {sample.task}
          </a>{' '}
          ended {agoText(now - sample.endedAt)} ago · drawn: {drawnText(sample)}
          {sample.model === null ? '' : ` · ${sample.model}`}
          {copy === null ? '' : ` · ${usdText(copy.costUsd)}`} {sample.rehearsal ? <RehearsalMark /> : null}
        </p>
        {children}
        {copy === null ? (
          <p className={ink.weak}>What it was judged by is not kept any more; its verdict stands.</p>
        ) : (
          <>
            <div className={styles.pair}>
              <section className={styles.part}>
                <h3>Input</h3>
                <JsonBlock label="Input" value={copy.input} />
              </section>
              <section className={styles.part}>
                <h3>Output</h3>
                <JsonBlock label="Output" value={copy.output} />
              </section>
            </div>
            <section className={styles.part}>
              <h3>What the agent did</h3>
              <Did did={copy.did} more={copy.more} />
            </section>
          </>
        )}
      </div>
    </Panel>
  );
}

function Did({ did, more }: { did: readonly Deed[]; more: number }) {
  if (did.length === 0) return <p className={ink.weak}>It called no model and no tool.</p>;
  return (
    <ol className={styles.did}>
      {did.map((deed, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a copy never changes, and names may repeat
        <li key={index}>
          <details>
            <summary>
              <code>{deed.name}</code> <span className={ink.weak}>{deedText(deed)}</span>
            </summary>
            {deed.request === null ? null : <JsonBlock label={`What ${deed.name} was given`} value={deed.request} />}
            <JsonBlock label={`What ${deed.name} gave`} value={deed.result} />
          </details>
        </li>
      ))}
      {more === 0 ? null : <li className={ink.weak}>and {more} more: they stand in the task</li>}
    </ol>
  );
}

function deedText({ kind, ms }: Deed): string {
  return ms === null ? kind : `${kind}, ${spanText(ms)}`;
}

/** How it was judged, and what the judge model had said of it. */
export function Judged({ sample }: { sample: SampleDetail }) {
  const { judged, score } = sample;
  if (judged === null) return null;
  return (
    <div role="status" className={styles.item}>
      <p>
        <strong>{verdictWord(judged.verdict)}</strong>
        {judged.note === null ? '' : `, “${judged.note}”`}: {judged.by.name} through {judged.by.via},{' '}
        {clockTime(judged.at, 'seconds')}.
      </p>
      {score === null ? null : (
        <p className={ink.weak}>
          Judge score: <code>{score.model}</code> {score.ok ? 'passed it' : `refused it: ${score.why}`}
        </p>
      )}
    </div>
  );
}
