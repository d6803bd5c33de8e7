import type { Incident } from '#contract/incident.ts';
import { incidentWord, SEVERITY_WORDS } from '../incidents/state.ts';
import { agoText, Button, clockTime, Facts, RehearsalMark, StateShape } from '../kit/index.ts';
import styles from './board.module.css';

type Props = {
  incident: Incident;
  now: number;
  busy: boolean;
  /** Whether the keys B and A mean this one. */
  first: boolean;
  address: string;
  onGoOn(): void;
  onAcknowledge(): void;
};

/** An open incident: what it is, and the next step of its runbook with its button. */
export function IncidentCard({ incident, now, busy, first, address, onGoOn, onAcknowledge }: Props) {
  const taken = incident.state === 'acknowledged';
  const { tone, word } = incidentWord(incident);
  return (
    <section className={styles.card} aria-label={`Incident ${incident.id}`}>
      <header className={styles.incidentHead}>
        <a href={address} data-tone={tone}>
          <StateShape tone={tone} label={word} />
          Incident {incident.id}
        </a>
        {incident.rehearsal ? <RehearsalMark /> : null}
        <span>
          {agoText(now - incident.openedAt)},{' '}
          {taken ? `taken by ${incident.acknowledgedBy?.name ?? 'somebody'}` : 'open'}
        </span>
      </header>
      <h2 className={styles.incidentTitle}>{incident.title}</h2>
      <Facts
        facts={[
          { name: 'Severity', value: `${incident.severity}, ${SEVERITY_WORDS[incident.severity].means}` },
          { name: 'Since', value: clockTime(incident.openedAt) },
          { name: 'Touches', value: incident.touches },
          { name: 'Changed', value: incident.changed },
          { name: 'Done', value: incident.done },
        ]}
      />
      <NextStep incident={incident} busy={busy} first={first} onGoOn={onGoOn}>
        {taken ? null : (
          <Button keys={first ? 'a' : undefined} disabled={busy} onClick={onAcknowledge}>
            Acknowledge
          </Button>
        )}
      </NextStep>
    </section>
  );
}

type NextProps = Pick<Props, 'incident' | 'busy' | 'first' | 'onGoOn'> & { children: React.ReactNode };

function NextStep({ incident, busy, first, onGoOn, children }: NextProps) {
  const { run } = incident;
  const [best] = incident.runbooks;
  if (run === null && best === undefined) {
    return (
      <div className={styles.next}>
        <p className={styles.weak}>No runbook answers it.</p>
        <div className={styles.buttons}>{children}</div>
      </div>
    );
  }
  return (
    <div className={styles.next}>
      <p className={styles.weak}>
        Runbook · {run?.title ?? best?.title}
        {run === null ? '' : ` · step ${run.step} of ${run.steps}`}
      </p>
      <p className={styles.nextTitle}>
        {run === null ? 'Its first step is ready' : (run.next ?? 'All steps are behind')}
      </p>
      <div className={styles.buttons}>
        <Button variant="primary" keys={first ? 'b' : undefined} disabled={busy} onClick={onGoOn}>
          {run === null ? 'Start' : 'Go on'}
        </Button>
        {children}
      </div>
    </div>
  );
}
