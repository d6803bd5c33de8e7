import { useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import uPlotOf from 'uplot';
import type { IncidentChart, IncidentDetail } from '#contract/incident.ts';
import { Chart, type Colors, clockTime, countText, Panel, spanText, useColors } from '../kit/index.ts';
import styles from './incidents.module.css';
import { type Mark, marksOf } from './marks.ts';

type Props = { incident: IncidentDetail; chart: IncidentChart };

const HEIGHT_PX = 170;

/** Ends of its agents around an incident, with alerts, actions and changes on the same axis; the same as a table. */
export function HealthChart({ incident, chart }: Props) {
  const colors = useColors();
  const [cursor, setCursor] = useState<number | null>(null);
  const marks = useMemo(() => marksOf(incident), [incident]);
  const moments = useMemo(() => chart.good.map((_, index) => chart.from + index * chart.bucketMs), [chart]);
  const latest = useRef<Latest['current']>({ marks, chart, incident });
  latest.current = { marks, chart, incident };
  const options = useMemo(() => chartOptions(colors, latest, setCursor), [colors]);
  const data = useMemo<uPlot.AlignedData>(
    () => [
      moments.map((moment) => moment / 1_000),
      chart.bad.map((bad, index) => (bad === 0 ? null : bad + (chart.good[index] ?? 0))),
      [...chart.good],
    ],
    [moments, chart],
  );
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const [good, bad] = [sum(chart.good), sum(chart.bad)];
  const whole = `${countText(good)} succeeded, ${countText(bad)} failed in ${spanText(chart.good.length * chart.bucketMs)}`;
  const read = cursor === null ? undefined : moments[cursor];

  return (
    <Panel
      title="Its agents, before and since"
      under={
        read === undefined || cursor === null
          ? whole
          : `${clockTime(read)} · ${countText(chart.good[cursor] ?? 0)} succeeded, ${countText(chart.bad[cursor] ?? 0)} failed`
      }
    >
      <Chart
        options={options}
        data={data}
        height={HEIGHT_PX}
        label={`Ends by ${spanText(chart.bucketMs)}: ${whole}; ${marks.length} marks. The table below says the same.`}
      />
      <ul className={styles.legend} aria-label="Marks">
        <li data-kind="failed">failed</li>
        <li data-kind="succeeded">succeeded</li>
        <li data-kind="alert">alert</li>
        <li data-kind="action">done</li>
        <li data-kind="change">changed</li>
      </ul>
      <details className={styles.more}>
        <summary>As a table</summary>
        <ChartTable moments={moments} chart={chart} marks={marks} />
      </details>
    </Panel>
  );
}

function ChartTable({
  moments,
  chart,
  marks,
}: {
  moments: readonly number[];
  chart: IncidentChart;
  marks: readonly Mark[];
}) {
  const rows = moments.flatMap((from, index) => {
    const [good, bad] = [chart.good[index] ?? 0, chart.bad[index] ?? 0];
    const inside = marks.filter(({ at }) => at >= from && at < from + chart.bucketMs);
    return good + bad + inside.length === 0 ? [] : [{ from, good, bad, inside }];
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div className={styles.tableScroll} tabIndex={0} role="region" aria-label="Ends and marks as a table">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Succeeded</th>
            <th scope="col">Failed</th>
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.from}>
              <td>{clockTime(row.from)}</td>
              <td>{countText(row.good)}</td>
              <td>{countText(row.bad)}</td>
              <td>{row.inside.map(({ kind, text }) => `${kind}: ${text}`).join('; ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Latest = { current: { marks: readonly Mark[]; chart: IncidentChart; incident: IncidentDetail } };

const BAR: [number, number] = [0.8, 24];

function chartOptions(
  colors: Colors,
  latest: Latest,
  onCursor: (index: number | null) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const bars = uPlotOf.paths.bars?.({ size: BAR });
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
        range: (_plot, min, max) => {
          const half = latest.current.chart.bucketMs / 2_000;
          return [min - half, max + half];
        },
      },
      y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.05)] },
    },
    axes: [
      {
        stroke: colors['ink-2'],
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 50,
        gap: 30,
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
    series: [
      {},
      series('failed', colors.now),
      series('succeeded', `color-mix(in oklab, ${colors['ink-3']} 55%, ${colors.surface})`),
    ],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
      drawClear: [(plot) => drawImpact(plot, latest.current.incident, colors)],
      draw: [(plot) => drawMarks(plot, latest.current.marks, colors)],
      ready: [(plot) => plot.over.addEventListener('mouseleave', () => onCursor(null))],
    },
  };
}

/** The span from the first bad minute to its end, as a wash behind the bars. */
function drawImpact(plot: uPlot, { times }: IncidentDetail, colors: Colors): void {
  if (times.impactAt === null) return;
  const { ctx, bbox } = plot;
  const place = (at: number): number =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(at / 1_000, 'x', true)));
  const from = place(times.impactAt);
  const to = times.mitigatedAt === null ? bbox.left + bbox.width : place(times.mitigatedAt);
  ctx.save();
  ctx.globalAlpha = 0.14;
  ctx.fillStyle = colors.now;
  ctx.fillRect(from, bbox.top, to - from, bbox.height);
  ctx.restore();
}

/** The height of a mark, and the lane of each kind under the axis, so that none hides another. */
const MARK_PX = 8;
const LANES: Record<Mark['kind'], number> = { alert: 0, action: 1, change: 2 };
const LANE_PX = 9;

/** A line through the plot for each mark, with its shape under the axis: the kind is told by shape and colour. */
function drawMarks(plot: uPlot, marks: readonly Mark[], colors: Colors): void {
  const { ctx, bbox } = plot;
  const color = { alert: colors.now, action: colors.act, change: colors.soon };
  const size = MARK_PX * devicePixelRatio;
  const axis = bbox.top + bbox.height + 3 * devicePixelRatio;
  ctx.save();
  for (const { at, kind } of marks) {
    const x = plot.valToPos(at / 1_000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const top = axis + LANES[kind] * LANE_PX * devicePixelRatio;
    ctx.strokeStyle = color[kind];
    ctx.fillStyle = color[kind];
    ctx.lineWidth = devicePixelRatio;
    ctx.globalAlpha = 0.55;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, top);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.beginPath();
    drawShape(ctx, kind, x, top, size);
    ctx.fill();
  }
  ctx.restore();
}

function drawShape(ctx: CanvasRenderingContext2D, kind: Mark['kind'], x: number, top: number, size: number): void {
  const half = size / 2;
  switch (kind) {
    case 'alert':
      ctx.moveTo(x, top);
      ctx.lineTo(x + half, top + size);
      ctx.lineTo(x - half, top + size);
      return;
    case 'action':
      ctx.arc(x, top + half, half, 0, 2 * Math.PI);
      return;
    case 'change':
      ctx.moveTo(x, top);
      ctx.lineTo(x + half, top + half);
      ctx.lineTo(x, top + size);
      ctx.lineTo(x - half, top + half);
      return;
  }
}
