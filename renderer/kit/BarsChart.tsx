import { useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { type BarMark, drawMarks, drawWash, LANE_PX, type Wash } from './bar-marks.ts';
import { Chart } from './Chart.tsx';
import { type Colors, useColors } from './colors.ts';
import { clockTime, countText } from './format.ts';

/** Ends in a span. */
export type Bar = { from: number; good: number; bad: number };

type Props = {
  /** Oldest first. */
  bars: readonly Bar[];
  /** What a bar stands for, ms. */
  spanMs: number;
  marks: readonly BarMark[];
  /** Rows of marks below the bars. */
  lanes: number;
  /** A hair through the bars at each mark. */
  lines?: boolean;
  wash?: Wash | null;
  /** Px. */
  height: number;
  /** Says in words what is drawn. */
  label: string;
  className?: string | undefined;
  /** The bar under the pointer. */
  onRead(index: number | null): void;
  onOpen?(bar: Bar): void;
};

/** How many ended well and badly, span by span: the bad ones stand on the good ones. */
export function BarsChart(props: Props) {
  const { bars, lanes, height, label, className } = props;
  const colors = useColors();
  const latest = useRef(props);
  latest.current = props;
  const options = useMemo(() => optionsOf(colors, lanes, latest), [colors, lanes]);
  const data = useMemo<uPlot.AlignedData>(
    () => [
      bars.map(({ from }) => from / 1_000),
      // No bar rather than one hidden behind the grey: its edge would shine through.
      bars.map(({ good, bad }) => (bad === 0 ? null : good + bad)),
      bars.map(({ good }) => good),
    ],
    [bars],
  );
  return <Chart options={options} data={data} height={height} className={className} label={label} />;
}

/** How wide a bar is of its place, and at most, px. */
const BAR: [number, number] = [0.78, 40];
/** The line of moments below the lanes, px. */
const MOMENTS_PX = 20;
/** The least that the axis shows: one end alone is no tower. */
const LEAST = 4;

function optionsOf(colors: Colors, lanes: number, latest: { current: Props }): Omit<uPlot.Options, 'width' | 'height'> {
  const paths = uPlot.paths.bars?.({ size: BAR });
  const series = (label: string, fill: string) => ({
    label,
    fill,
    width: 0,
    points: { show: false },
    ...(paths === undefined ? {} : { paths }),
  });
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return {
    padding: [12, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: {
        time: true,
        range: (_plot, min, max) => {
          const half = latest.current.spanMs / 2_000;
          return [min - half, max + half];
        },
      },
      y: { range: (_plot, _min, max) => [0, Math.max(LEAST, max * 1.05)] },
    },
    axes: [
      {
        stroke: colors['ink-2'],
        font,
        grid: { show: false },
        ticks: { show: false },
        size: MOMENTS_PX + lanes * LANE_PX,
        gap: lanes * LANE_PX,
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
    series: [
      {},
      series('failed', colors.now),
      series('succeeded', `color-mix(in oklab, ${colors['ink-3']} 55%, ${colors.surface})`),
    ],
    hooks: {
      setCursor: [(plot) => latest.current.onRead(plot.cursor.idx ?? null)],
      drawClear: [
        (plot) => {
          const { wash } = latest.current;
          if (wash != null) drawWash(plot, wash, colors);
        },
      ],
      draw: [(plot) => drawMarks(plot, latest.current.marks, latest.current.lines === true, colors)],
      ready: [
        (plot) => {
          plot.over.addEventListener('mouseleave', () => latest.current.onRead(null));
          plot.over.addEventListener('click', () => {
            const bar = latest.current.bars[plot.cursor.idx ?? -1];
            if (bar !== undefined) latest.current.onOpen?.(bar);
          });
        },
      ],
    },
  };
}
