import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { Chart } from './Chart.tsx';
import { type Colors, useColors } from './colors.ts';
import styles from './documents.module.css';
import { colorOf } from './Sparkline.tsx';
import type { Tone } from './State.tsx';

/** A value at a moment; null where nothing is known, which is a gap and not a zero. */
export type Point = { at: number; value: number | null };

type Props = {
  /** What the values are: `Error budget left`. */
  name: string;
  /** Oldest first. */
  points: readonly Point[];
  tone: Tone;
  height: number;
  /** The least span of values that is shown. */
  range: readonly [number, number];
  /** A value that must not be passed, as a dotted line. */
  bound?: number;
  valueText(value: number): string;
  momentText(at: number): string;
};

/**
 * A line over time. It is read by pointer, or by keyboard (arrows, Home, End), and stands as a table under it.
 */
export function LineChart(props: Props) {
  const { name, points, tone, height, range, bound, valueText, momentText } = props;
  const colors = useColors();
  const [chosen, setChosen] = useState<number | null>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [least, most] = range;
  const options = useMemo(
    () => optionsOf({ colors, tone, least, most, bound, latest, plot, onCursor: setChosen }),
    [colors, tone, least, most, bound],
  );
  const data = useMemo<uPlot.AlignedData>(
    () => [points.map(({ at }) => at / 1_000), points.map(({ value }) => value)],
    [points],
  );
  const textOf = useCallback(
    ({ at, value }: Point): string => `${momentText(at)}: ${value === null ? 'not known' : valueText(value)}`,
    [momentText, valueText],
  );
  const last = points.length - 1;
  const shown = points[chosen ?? last];

  function choose(index: number): void {
    const point = points[index];
    if (point === undefined) return;
    setChosen(index);
    plot.current?.setCursor({ left: plot.current.valToPos(point.at / 1_000, 'x'), top: 0 }, false);
  }
  function onKeyDown(event: KeyboardEvent): void {
    const from = chosen ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.min(last, Math.max(0, to)));
  }

  if (shown === undefined) return <p className={styles.chartRead}>Nothing is known yet.</p>;
  return (
    <div className={styles.lineChart}>
      <p className={styles.chartRead}>
        {name} <strong>{textOf(shown)}</strong>
      </p>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`${name} over time`}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={chosen ?? last}
        aria-valuetext={textOf(shown)}
        className={styles.chartPlace}
        onKeyDown={onKeyDown}
      >
        <Chart options={options} data={data} height={height} label={name} />
      </div>
      <details className={styles.chartTable}>
        <summary>As a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
        <div tabIndex={0} role="region" aria-label={`${name} as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">At</th>
                <th scope="col">{name}</th>
              </tr>
            </thead>
            <tbody>
              {points.map((point) => (
                <tr key={point.at}>
                  <td>{momentText(point.at)}</td>
                  <td>{point.value === null ? 'not known' : valueText(point.value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}

type Drawn = {
  colors: Colors;
  tone: Tone;
  least: number;
  most: number;
  bound: number | undefined;
  latest: { current: Props };
  plot: { current: uPlot | null };
  onCursor(index: number | null): void;
};

function optionsOf({
  colors,
  tone,
  least,
  most,
  bound,
  latest,
  plot,
  onCursor,
}: Drawn): Omit<uPlot.Options, 'width' | 'height'> {
  const color = colorOf(tone, colors);
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return {
    // Room for the half of a last moment.
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7, fill: color } },
    scales: {
      x: { time: true },
      y: { range: (_plot, low, high) => [Math.min(least, low ?? least), Math.max(most, high ?? most)] },
    },
    axes: [
      {
        stroke: colors['ink-2'],
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 26,
        gap: 8,
        values: (_plot, moments) => moments.map((moment) => latest.current.momentText(moment * 1_000)),
      },
      {
        stroke: colors['ink-3'],
        font,
        // A long value is not cut off: -2000%.
        size: (_plot, values) => Math.max(44, Math.max(0, ...(values ?? []).map(({ length }) => length)) * 8 + 8),
        gap: 4,
        grid: { stroke: colors['line-soft'], width: 1 },
        ticks: { show: false },
        values: (_plot, values) => values.map((value) => latest.current.valueText(value)),
      },
    ],
    series: [
      {},
      {
        stroke: color,
        width: 2,
        fill: `color-mix(in oklab, ${color} 14%, transparent)`,
        fillTo: bound ?? least,
        spanGaps: false,
        points: { show: true, size: 4, fill: color, stroke: color },
      },
    ],
    hooks: {
      init: [
        (made) => {
          plot.current = made;
        },
      ],
      destroy: [
        () => {
          plot.current = null;
        },
      ],
      ready: [(made) => made.over.addEventListener('mouseleave', () => onCursor(null))],
      setCursor: [(made) => onCursor(made.cursor.idx ?? null)],
      draw: [(made) => drawBound(made, bound, colors)],
    },
  };
}

function drawBound({ ctx, bbox, valToPos }: uPlot, bound: number | undefined, colors: Colors): void {
  if (bound === undefined) return;
  const y = valToPos(bound, 'y', true);
  ctx.save();
  ctx.strokeStyle = colors['ink-2'];
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
