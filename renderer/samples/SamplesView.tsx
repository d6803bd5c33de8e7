import { type ReactNode, useEffect } from 'react';
import type { Correctness, Sample, SampleVerdict } from '#contract/sample.ts';
import { agoText, Button, Refusal, useKeys } from '../kit/index.ts';
import { CorrectnessTable } from './Correctness.tsx';
import styles from './samples.module.css';
import { drawnText, verdictWord } from './words.ts';

/** The verdict that can be taken back by one key. */
export type LastVerdict = { id: number; task: string; verdict: SampleVerdict };

type Props = {
  /** Oldest first; null before the first answer. */
  queue: readonly Sample[] | null;
  correctness: readonly Correctness[];
  open: number | null;
  now: number;
  last: LastVerdict | null;
  busy: boolean;
  refusal: string | null;
  /** The open one, drawn. */
  children: ReactNode;
  addressOf(sample: Sample): string;
  agentAddress(agent: string): string;
  onOpen(sample: Sample): void;
  onUndo(): void;
};

/** Outputs that were drawn for a person, oldest first; the open one beside them, and what the verdicts say below. */
export function SamplesView(props: Props) {
  const { queue, correctness, open, now, last, busy, refusal, children, onOpen, onUndo } = props;
  const rows = queue ?? [];

  function move(by: number): void {
    const index = rows.findIndex((one) => one.id === open);
    const next = rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + by))];
    if (next !== undefined) onOpen(next);
  }
  useKeys({ j: () => move(1), k: () => move(-1), ...(last === null || busy ? {} : { z: onUndo }) });
  useEffect(() => {
    if (open !== null) document.getElementById(`sample-${open}`)?.scrollIntoView({ block: 'nearest' });
  }, [open]);

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Samples</h1>
        <p className={styles.weak}>{countOf(queue, correctness)}</p>
        <span className={styles.spring} />
        {last === null ? null : (
          <>
            <p role="status" className={styles.weak}>
              {last.task}: {verdictWord(last.verdict)}
            </p>
            <Button keys="z" disabled={busy} onClick={onUndo}>
              Undo
            </Button>
          </>
        )}
      </header>
      <Refusal why={refusal} />
      {queue !== null && rows.length === 0 && open === null ? (
        <Empty correctness={correctness} />
      ) : (
        <div className={styles.columns}>
          <ol className={styles.queue} aria-label="To judge, oldest first">
            {rows.map((one) => (
              <li key={one.id} id={`sample-${one.id}`} data-selected={one.id === open || undefined}>
                <a href={props.addressOf(one)} aria-current={one.id === open ? 'true' : undefined}>
                  <span className={styles.rowHead}>
                    <span>{one.agent}</span>
                    <span className={styles.weak}>{agoText(now - one.endedAt)}</span>
                  </span>
                  <span className={styles.under}>
                    {one.task} · {drawnText(one)}
                  </span>
                </a>
              </li>
            ))}
          </ol>
          <div className={styles.detail}>{children}</div>
        </div>
      )}
      {correctness.length === 0 ? null : <CorrectnessTable rows={correctness} addressOf={props.agentAddress} />}
    </div>
  );
}

function Empty({ correctness }: { correctness: readonly Correctness[] }) {
  const drawn = correctness.some(({ verdicts, cannotTell }) => verdicts + cannotTell > 0);
  return (
    <p className={styles.empty}>
      {drawn ? 'Every drawn output is judged. ' : 'No output was drawn yet. '}
      Outputs come here by themselves as tasks succeed: more often of a new definition and of ends with a mark. Submit a
      task with <code>nightdesk submit AGENT</code>, or change how many are drawn under <code>nightdesk.sample</code> in
      an agent's file.
    </p>
  );
}

function countOf(queue: readonly Sample[] | null, correctness: readonly Correctness[]): string {
  if (queue === null) return 'reading…';
  const all = correctness.reduce((sum, { open }) => sum + open, 0);
  if (all > queue.length) return `the oldest ${queue.length} of ${all} to judge`;
  return queue.length === 0 ? 'nothing to judge' : `${queue.length} to judge · oldest first`;
}
