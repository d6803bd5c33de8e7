import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { EndsBucket } from '#contract/health.ts';
import type { TimelineEntry } from '#contract/incident.ts';
import { Chart, type Colors, clockTime, countText, spanText, useColors } from '../kit/index.ts';
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
  const colors = useColors();
  const [cursor, setCursor] = useState<number | null>(null);
  const latest = useRef({ ends, bucketMs, events, onOpen });
  latest.current = { ends, bucketMs, events, onOpen };

  const options = useMemo(() => chartOptions(colors, latest, (index) => setCursor(index)), [colors]);
  const data = useMemo<uPlot.AlignedData>(
    () => [
      ends.map((bucket) => bucket.from / 1_000),
      // No bar rather than one hidden behind the grey: its edge would shine through.
      ends.map((bucket) => (bucket.bad === 0 ? null : bucket.good + bucket.bad)),
      ends.map((bucket) => bucket.good),
    ],
    [ends],
  );
  const read = cursor === null ? undefined : ends[cursor];
  const total = sumOf(ends);
  useEffect(() => setCursor(null), []);

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
      <Chart
        options={options}
        data={data}
        height={height}
        className={styles.endsChart}
        label={`${countText(total.good)} succeeded and ${countText(total.bad)} failed in ${ends.length} bars`}
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

type Latest = { current: Pick<Props, 'ends' | 'bucketMs' | 'events' | 'onOpen'> };

/** How wide a bar is of its place, and at most, px. */
const BAR: [number, number] = [0.75, 40];

function chartOptions(
  colors: Colors,
  latest: Latest,
  onCursor: (index: number | null) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const bars = uPlot.paths.bars?.({ size: BAR });
  const series = (label: string, fill: string) => ({
    label,
    fill,
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  });
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return {
    padding: [12, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: {
        time: true,
        range: (_plot, min, max) => [min - latest.current.bucketMs / 2_000, max + latest.current.bucketMs / 2_000],
      },
      y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.05)] },
    },
    axes: [
      {
        stroke: colors['ink-2'],
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 30,
        gap: 10,
        values: (_plot, moments) => moments.map((moment) => clockTime(moment * 1_000)),
      },
      {
        stroke: colors['ink-3'],
        font,
        size: 34,
        gap: 4,
        grid: { stroke: colors['line-soft'], width: 1 },
        ticks: { show: false },
        values: (_plot, counts) => counts.map((count) => (Number.isInteger(count) ? countText(count) : '')),
      },
    ],
    // The failed stand on the succeeded: the taller red bar lies behind the grey one.
    series: [{}, series('failed', colors.now), series('succeeded', mix(colors['ink-3'], colors.surface))],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
      draw: [(plot) => drawEvents(plot, latest.current.events, colors)],
      ready: [
        (plot) => {
          plot.over.addEventListener('mouseleave', () => onCursor(null));
          plot.over.addEventListener('click', () => {
            const bucket = latest.current.ends[plot.cursor.idx ?? -1];
            if (bucket !== undefined) latest.current.onOpen(bucket.from, bucket.from + latest.current.bucketMs);
          });
        },
      ],
    },
  };
}

function mix(color: string, ground: string): string {
  return `color-mix(in oklab, ${color} 55%, ${ground})`;
}

const EVENT_PX = 8;

/** Triangles under the bars: red what broke, blue what somebody did. */
function drawEvents(plot: uPlot, events: readonly ChartEvent[], colors: Colors): void {
  const { ctx, bbox } = plot;
  const size = EVENT_PX * devicePixelRatio;
  const top = bbox.top + bbox.height + 2 * devicePixelRatio;
  for (const event of events) {
    const x = plot.valToPos(event.at / 1_000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x + size / 2, top + size);
    ctx.lineTo(x - size / 2, top + size);
    ctx.closePath();
    ctx.fillStyle = event.kind === 'alert' ? colors.now : colors.act;
    ctx.fill();
  }
}
