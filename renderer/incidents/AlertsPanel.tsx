import type { ReactNode } from 'react';
import type { Alert } from '#contract/alert.ts';
import { alertWord } from '../alerts/words.ts';
import { clockTime, Panel, StateWord, spanText } from '../kit/index.ts';
import styles from './incidents.module.css';

type Props = {
  alerts: readonly Alert[];
  now: number;
  /** What can be done with an alert. */
  actionsOf?: ((alert: Alert) => ReactNode) | undefined;
};

/** The alerts of an incident, each with what lies over it. */
export function AlertsPanel({ alerts, now, actionsOf }: Props) {
  if (alerts.length === 0) {
    return (
      <Panel title="Alerts">
        <p className={styles.weak}>None: a person opened it.</p>
      </Panel>
    );
  }
  return (
    <Panel title={alerts.length === 1 ? 'Alert' : 'Alerts'}>
      <ul className={styles.alerts}>
        {alerts.map((alert) => (
          <li key={alert.id}>
            <StateWord {...alertWord(alert)} />
            <div>
              <span className={styles.alertText}>{alert.summary}</span>
              <span className={styles.under}>
                {alert.rule} · {alert.severity} · {clockTime(alert.firedAt)},{' '}
                {spanText((alert.resolvedAt ?? now) - alert.firedAt)} · {alert.value}
              </span>
              {alert.covers.map(({ cover, why, until }) => (
                <span key={cover} className={styles.cover}>
                  {cover}
                  {until === null ? '' : ` until ${clockTime(until)}`}: {why}
                </span>
              ))}
              {alert.error === null ? null : <code className={styles.error}>{alert.error}</code>}
              {actionsOf?.(alert)}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
