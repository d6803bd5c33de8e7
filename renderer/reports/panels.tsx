import type { SpanStat } from '#contract/incident.ts';
import type { ReportData } from '#contract/report.ts';
import { countText, Panel, percentText, spanText } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './reports.module.css';

type Props = { data: ReportData };

export function IncidentsPanel({ data, addressOf }: Props & { addressOf(id: number): string }) {
  const at = (moment: number | null): string =>
    moment === null
      ? '–'
      : new Intl.DateTimeFormat('en-GB', {
          timeZone: data.zone,
          weekday: 'short',
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
        }).format(moment);
  const { times } = data;
  return (
    <Panel
      title="Incidents"
      under={`28 days: ${times.incidents}, to detect ${statWords(times.detect)}, to mitigate ${statWords(times.mitigate)}, to resolve ${statWords(times.resolve)}`}
    >
      {data.incidents.length === 0 ? (
        <p className={styles.none}>None in this week.</p>
      ) : (
        <div className={styles.wide}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Incident</th>
                <th scope="col">Severity</th>
                <th scope="col">First bad minute</th>
                <th scope="col">Detected</th>
                <th scope="col">Mitigated</th>
                <th scope="col">Resolved</th>
              </tr>
            </thead>
            <tbody>
              {data.incidents.map((incident) => (
                <tr key={incident.id}>
                  <th scope="row">
                    <a href={addressOf(incident.id)}>{incident.title}</a>
                    <span className={ink.under}>
                      {incident.agents.join(', ') || 'no agent'}
                      {incident.rehearsal && !data.rehearsal ? ' · rehearsed' : ''}
                    </span>
                  </th>
                  <td>{incident.severity}</td>
                  <td>{at(incident.times.impactAt)}</td>
                  <td>{at(incident.times.detectedAt)}</td>
                  <td>{at(incident.times.mitigatedAt)}</td>
                  <td>{at(incident.times.resolvedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function statWords({ n, medianMs, medianAtLeast }: SpanStat): string {
  return medianMs === null ? 'not measured' : `${medianAtLeast ? '≥ ' : ''}${spanText(medianMs)} (n ${n})`;
}

export function AlertsPanel({ data: { alerts } }: Props) {
  const { precision } = alerts;
  return (
    <Panel title="Alerts" under={`${countText(alerts.fired)} fired, ${countText(alerts.pages)} paged`}>
      <p className={styles.none}>
        {precision.estimate === null
          ? 'Nobody was paged.'
          : `${percentText(precision.estimate)} of the pages were answered: ${precision.good} of ${precision.total}.`}
      </p>
      <ul className={styles.lines}>
        {alerts.rules.map(({ rule, fired, pages }) => (
          <li key={rule}>
            <code>{rule}</code>
            <span className={ink.weak}>
              fired {countText(fired)}, paged {countText(pages)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function ChangesPanel({ data: { changes, zone } }: Props) {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (
    <Panel title="Changes" under={changes.length === 0 ? 'none in this week' : countText(changes.length)}>
      <ul className={styles.lines}>
        {changes.map(({ at, subject, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the data set is frozen
          <li key={index}>
            <span className={ink.weak}>{time.format(at)}</span>
            <span>
              {subject} {text}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function ExclusionsPanel({ data: { exclusions, drills } }: Props) {
  return (
    <Panel title="What is not in these numbers" under={drills.length === 0 ? 'no drill in this week' : undefined}>
      <ul className={styles.lines}>
        {exclusions.map(({ what, count, why }) => (
          <li key={what}>
            <span>
              {count === null ? '' : `${countText(count)} `}
              {what}
            </span>
            <span className={ink.weak}>{why}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
