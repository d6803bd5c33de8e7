import { useMemo, useState } from 'react';
import type { EndsBucket } from '#contract/health.ts';
import type { TimelineEntry } from '#contract/incident.ts';
import { type BarMark, BarsChart, clockTime, countText, spanText } from '../kit/index.ts';
import styles from './board.module.css';

/** Something that happened, as a mark under the bars. */
export type ChartEvent = Pick<TimelineEntry, 'at' | 'kind' | 'text'>;

type Props = {
  ends: readonly EndsBucket[];
  bucketMs: number;
  events: readonly ChartEvent[];
  height: number;
  /** Opens the tasks that ended in a bar. */
  onOpen(from: number, to: number): void;
};

/** Tasks ended per bar, over all agents; the cursor reads a bar, a click opens its tasks. */
export function EndsChart({ ends, bucketMs, events, height, onOpen }: Props) {
  const [cursor, setCursor] = useState<number | null>(null);
  const marks = useMemo(() => events.map(markOf), [events]);
  const read = cursor === null ? undefined : ends[cursor];
  const total = sumOf(ends);

  return (
    <section className={styles.ends} aria-label="Tasks ended">
      <header>
        <h2>Ended per {bucketMs === 60_000 ? 'minute' : spanText(bucketMs)}, all agents</h2>
        <span data-kind="succeeded">succeeded</span>
        <span data-kind="failed">failed</span>
        <span className={styles.cursor}>
          {read === undefined
            ? `${countText(total.good)} succeeded, ${countText(total.bad)} failed`
            : `${clockTime(read.from)} · ${countText(read.good)} succeeded, ${countText(read.bad)} failed`}
        </span>
      </header>
      <BarsChart
        bars={ends}
        spanMs={bucketMs}
        marks={marks}
        lanes={1}
        height={height}
        className={styles.endsChart}
        label={`${countText(total.good)} succeeded and ${countText(total.bad)} failed in ${ends.length} bars`}
        onRead={setCursor}
        onOpen={({ from }) => onOpen(from, from + bucketMs)}
      />
    </section>
  );
}

function sumOf(ends: readonly EndsBucket[]): { good: number; bad: number } {
  return ends.reduce((sum, bucket) => ({ good: sum.good + bucket.good, bad: sum.bad + bucket.bad }), {
    good: 0,
    bad: 0,
  });
}

/** Red what broke, blue what somebody did. */
function markOf({ at, kind }: ChartEvent): BarMark {
  return { at, shape: 'triangle', color: kind === 'alert' ? 'now' : 'act', lane: 0 };
}
