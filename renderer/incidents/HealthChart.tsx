import { useMemo, useState } from 'react';
import type { IncidentChart, IncidentDetail } from '#contract/incident.ts';
import { type Bar, type BarMark, BarsChart, clockTime, countText, Panel, spanText } from '../kit/index.ts';
import styles from './incidents.module.css';
import { type Mark, marksOf } from './marks.ts';

type Props = { incident: IncidentDetail; chart: IncidentChart };

const HEIGHT_PX = 170;

/** Ends of its agents around an incident, with alerts, actions and changes on the same axis; the same as a table. */
export function HealthChart({ incident, chart }: Props) {
  const { times } = incident;
  const [cursor, setCursor] = useState<number | null>(null);
  const marks = useMemo(() => marksOf(incident), [incident]);
  const drawn = useMemo(() => marks.map(({ at, kind }) => ({ at, ...DRAWN[kind] })), [marks]);
  const bars = useMemo(() => barsOf(chart), [chart]);
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const [good, bad] = [sum(chart.good), sum(chart.bad)];
  const whole = `${countText(good)} succeeded, ${countText(bad)} failed in ${spanText(chart.good.length * chart.bucketMs)}`;
  const read = cursor === null ? undefined : bars[cursor];

  return (
    <Panel
      title="Its agents, before and since"
      under={
        read === undefined
          ? whole
          : `${clockTime(read.from)} · ${countText(read.good)} succeeded, ${countText(read.bad)} failed`
      }
    >
      <BarsChart
        bars={bars}
        spanMs={chart.bucketMs}
        marks={drawn}
        lanes={3}
        lines
        wash={times.impactAt === null ? null : { from: times.impactAt, to: times.mitigatedAt }}
        height={HEIGHT_PX}
        label={`Ends by ${spanText(chart.bucketMs)}: ${whole}; ${marks.length} marks. The table below says the same.`}
        onRead={setCursor}
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
        <ChartTable bars={bars} spanMs={chart.bucketMs} marks={marks} />
      </details>
    </Panel>
  );
}

function barsOf({ from, bucketMs, good, bad }: IncidentChart): Bar[] {
  return good.map((count, index) => ({ from: from + index * bucketMs, good: count, bad: bad[index] ?? 0 }));
}

function ChartTable({ bars, spanMs, marks }: { bars: readonly Bar[]; spanMs: number; marks: readonly Mark[] }) {
  const rows = bars.flatMap((bar) => {
    const inside = marks.filter(({ at }) => at >= bar.from && at < bar.from + spanMs);
    return bar.good + bar.bad + inside.length === 0 ? [] : [{ ...bar, inside }];
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

/** Each kind in a lane of its own. */
const DRAWN: Record<Mark['kind'], Omit<BarMark, 'at'>> = {
  alert: { shape: 'triangle', color: 'now', lane: 0 },
  action: { shape: 'circle', color: 'act', lane: 1 },
  change: { shape: 'diamond', color: 'soon', lane: 2 },
};
