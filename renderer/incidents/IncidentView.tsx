import { useRef, useState } from 'react';
import type { Alert } from '#contract/alert.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import { Button, clockTime, Facts, Panel, RehearsalMark, StateWord, spanText, useKeys } from '../kit/index.ts';
import styles from './incidents.module.css';
import { INCIDENT_WORDS, type NextMove, nextMoveOf } from './state.ts';
import { Timeline } from './Timeline.tsx';

type Props = {
  incident: IncidentDetail;
  now: number;
  busy: boolean;
  /** Why the last thing asked for was refused. */
  refusal: string | null;
  onAcknowledge(): void;
  /** Adds a note. @returns whether it was taken */
  onNote(text: string): Promise<boolean>;
  onStart(runbook: string): void;
  onGoOn(run: number): void;
};

/** One incident: what is wrong, what it touches, what changed and was done; its runbook with the one primary button. */
export function IncidentView(props: Props) {
  const { incident, now, busy, refusal, onAcknowledge, onStart, onGoOn } = props;
  const primaryRef = useRef<HTMLButtonElement>(null);
  const move = nextMoveOf(incident);
  const until = incident.resolvedAt ?? now;

  function go(): void {
    if (move === null || busy) return;
    if (move.kind === 'go-on') onGoOn(move.run);
    else onStart(move.runbook);
  }

  useKeys({
    a: () => {
      if (incident.state === 'open') onAcknowledge();
    },
    b: go,
    Enter: () => primaryRef.current?.click(),
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{incident.title}</h1>
        <StateWord {...INCIDENT_WORDS[incident.state]} />
        <p className={styles.weak}>incident {incident.id}</p>
        {incident.rehearsal ? <RehearsalMark /> : null}
        <span className={styles.spring} />
        {incident.state === 'open' ? (
          <Button keys="a" disabled={busy} onClick={onAcknowledge}>
            Acknowledge
          </Button>
        ) : null}
      </header>
      {refusal === null ? null : (
        <p role="alert" className={styles.refusal}>
          {refusal}
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.main}>
          <Panel title="What is wrong">
            <Facts
              facts={[
                { name: 'Since', value: `${clockTime(incident.openedAt)}, ${spanText(until - incident.openedAt)}` },
                { name: 'Touches', value: incident.touches },
                { name: 'Agents', value: incident.agents.join(', ') || 'none' },
                { name: 'Changed', value: incident.changed },
                { name: 'Done', value: incident.done },
                ...(incident.acknowledgedBy === null
                  ? []
                  : [{ name: 'Taken by', value: incident.acknowledgedBy.name }]),
                ...(incident.resolvedAt === null ? [] : [{ name: 'Resolved', value: clockTime(incident.resolvedAt) }]),
              ]}
            />
          </Panel>
          <Alerts alerts={incident.alerts} now={now} />
          <Panel title="Timeline">
            <NoteForm onNote={props.onNote} busy={busy} />
            <Timeline entries={incident.timeline} />
          </Panel>
        </div>
        <aside className={styles.aside} aria-label="The runbook">
          <NextPanel move={move} busy={busy} onGo={go} primaryRef={primaryRef} />
          <OtherRunbooks incident={incident} busy={busy} onStart={onStart} />
        </aside>
      </div>
    </div>
  );
}

type NextProps = {
  move: NextMove;
  busy: boolean;
  onGo(): void;
  primaryRef: React.RefObject<HTMLButtonElement | null>;
};

function NextPanel({ move, busy, onGo, primaryRef }: NextProps) {
  if (move === null) {
    return (
      <Panel title="Runbook">
        <p className={styles.weak}>No runbook is to be run for it now.</p>
      </Panel>
    );
  }
  return (
    <Panel title={move.kind === 'go-on' ? 'Runbook in progress' : 'Runbook'}>
      <p className={styles.runbookTitle}>{move.title}</p>
      <p className={styles.weak}>
        {move.kind === 'go-on' ? move.step : 'Its first step is ready; nothing is done before you confirm.'}
      </p>
      <Button ref={primaryRef} variant="primary" keys="Enter" disabled={busy} onClick={onGo}>
        {move.kind === 'go-on' ? 'Go on' : 'Start'}
      </Button>
    </Panel>
  );
}

function OtherRunbooks({
  incident,
  busy,
  onStart,
}: {
  incident: IncidentDetail;
  busy: boolean;
  onStart(name: string): void;
}) {
  const others = incident.run === null ? incident.runbooks.slice(1) : [];
  if (others.length === 0 || incident.state === 'resolved') return null;
  return (
    <Panel title="Other runbooks that answer it">
      <ul className={styles.others}>
        {others.map((runbook) => (
          <li key={runbook.name}>
            <span>{runbook.title}</span>
            <Button disabled={busy} onClick={() => onStart(runbook.name)}>
              Start
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const ALERT_WORDS = {
  pending: { tone: 'soon', word: 'Pending' },
  firing: { tone: 'now', word: 'Firing' },
  acknowledged: { tone: 'soon', word: 'Acknowledged' },
  resolved: { tone: 'met', word: 'Resolved' },
} as const satisfies Record<Alert['state'], { tone: string; word: string }>;

function Alerts({ alerts, now }: { alerts: readonly Alert[]; now: number }) {
  return (
    <Panel title={alerts.length === 1 ? 'Alert' : 'Alerts'}>
      <ul className={styles.alerts}>
        {alerts.map((alert) => (
          <li key={alert.id}>
            <StateWord {...ALERT_WORDS[alert.state]} />
            <div>
              <span className={styles.alertText}>{alert.summary}</span>
              <span className={styles.under}>
                {alert.rule} · {clockTime(alert.firedAt)}, {spanText((alert.resolvedAt ?? now) - alert.firedAt)} ·{' '}
                {alert.value}
              </span>
              {alert.error === null ? null : <code className={styles.error}>{alert.error}</code>}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The longest note, in characters, as the contract has it. */
const LONGEST_NOTE = 4_000;

function NoteForm({ onNote, busy }: Pick<Props, 'onNote' | 'busy'>) {
  const [text, setText] = useState('');
  return (
    <form
      className={styles.note}
      onSubmit={async (event) => {
        event.preventDefault();
        if (text.trim() !== '' && (await onNote(text.trim()))) setText('');
      }}
    >
      <input
        aria-label="Note"
        placeholder="Add a note for whoever reads this next"
        value={text}
        maxLength={LONGEST_NOTE}
        onChange={(event) => setText(event.target.value)}
        autoComplete="off"
      />
      <Button type="submit" disabled={busy || text.trim() === ''}>
        Add note
      </Button>
    </form>
  );
}
