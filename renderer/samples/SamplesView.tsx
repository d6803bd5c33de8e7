import type { ReactNode } from 'react';
import type { Correctness, Sample, SampleVerdict } from '#contract/sample.ts';
import { agoText, Button, Page, Queue, Refusal, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
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

  useKeys(last === null || busy ? {} : { z: onUndo });

  return (
    <Page
      title="Samples"
      beside={countOf(queue, correctness)}
      end={
        last === null ? null : (
          <>
            <p role="status" className={ink.weak}>
              {last.task}: {verdictWord(last.verdict)}
            </p>
            <Button keys="z" disabled={busy} onClick={onUndo}>
              Undo
            </Button>
          </>
        )
      }
    >
      <Refusal why={refusal} />
      {queue !== null && rows.length === 0 && open === null ? (
        <Empty correctness={correctness} />
      ) : (
        <Queue
          label="To judge, oldest first"
          slim
          open={open}
          items={rows.map((one) => ({
            id: one.id,
            address: props.addressOf(one),
            head: <span>{one.agent}</span>,
            waits: agoText(now - one.endedAt),
            children: (
              <span className={ink.under}>
                {one.task} · {drawnText(one)}
              </span>
            ),
            onOpen: () => onOpen(one),
          }))}
        >
          <div className={styles.detail}>{children}</div>
        </Queue>
      )}
      {correctness.length === 0 ? null : <CorrectnessTable rows={correctness} addressOf={props.agentAddress} />}
    </Page>
  );
}

function Empty({ correctness }: { correctness: readonly Correctness[] }) {
  const drawn = correctness.some(({ verdicts, cannotTell }) => verdicts + cannotTell > 0);
  return (
    <p className={ink.empty}>
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
