import type { Alert } from '#contract/alert.ts';
import { Button, clockTime, countdown, StateWord, spanText } from '../kit/index.ts';
import { AlertActions } from './AlertActions.tsx';
import styles from './alerts.module.css';
import type { AlertAsk } from './asked.ts';
import { alertWord } from './words.ts';

type Props = {
  alert: Alert;
  now: number;
  selected: boolean;
  busy: boolean;
  addressOfRule(name: string): string;
  addressOfIncident(id: number): string;
  onAcknowledge(): void;
  onAsk(ask: AlertAsk): void;
};

/** One alert: how it stands, what it says, what lies over it; the selected one with what can be done. */
export function AlertRow(props: Props) {
  const { alert, now, selected, busy, onAcknowledge, onAsk } = props;
  return (
    <li id={`alert ${alert.id}`} className={styles.alert} data-selected={selected || undefined}>
      <div>
        <StateWord {...alertWord(alert)} />
        <span className={styles.under}>
          {alert.severity} · {clockTime(alert.firedAt)}, {spanText(now - alert.firedAt)}
        </span>
      </div>
      <div className={styles.what}>
        <strong>{alert.summary}</strong>
        <span className={styles.under}>
          <a href={props.addressOfRule(alert.rule)}>{alert.rule}</a> · {alert.value}
          {alert.incident === null ? null : (
            <>
              {' · '}
              <a href={props.addressOfIncident(alert.incident)}>incident {alert.incident}</a>
            </>
          )}
          {alert.escalated === 0 ? '' : ` · escalated to step ${alert.escalated}`}
        </span>
        {alert.covers.map(({ cover, why, until }) => (
          <span key={cover} className={styles.cover}>
            {cover}
            {until === null ? '' : ` for another ${countdown(until - now)}`}: {why}
          </span>
        ))}
        {alert.acknowledgedBy === null ? null : (
          <span className={styles.cover}>
            {alert.acknowledgedBy.name} is at it
            {alert.acknowledgedUntil === null ? '' : ` for another ${countdown(alert.acknowledgedUntil - now)}`}
          </span>
        )}
      </div>
      {selected && alert.state !== 'pending' ? (
        <div className={styles.buttons}>
          {alert.state === 'firing' ? (
            <Button keys="a" disabled={busy} onClick={onAcknowledge}>
              Acknowledge
            </Button>
          ) : null}
          <AlertActions alert={alert} keyed onAsk={onAsk} />
        </div>
      ) : null}
    </li>
  );
}
