import { type ReactNode, useRef, useState } from 'react';
import type { Alert } from '#contract/alert.ts';
import type { IncidentChart, IncidentDetail } from '#contract/incident.ts';
import {
  Button,
  clockTime,
  type Fact,
  Facts,
  Panel,
  RehearsalMark,
  StateWord,
  spanText,
  useKeys,
} from '../kit/index.ts';
import { AlertsPanel } from './AlertsPanel.tsx';
import { ASK_WORDS, asksOf, type IncidentAsk } from './asked.ts';
import { ChangesPanel } from './ChangesPanel.tsx';
import { HealthChart } from './HealthChart.tsx';
import styles from './incidents.module.css';
import { PeoplePanel } from './PeoplePanel.tsx';
import { incidentWord, type NextMove, nextMoveOf, SEVERITY_WORDS } from './state.ts';
import { Timeline } from './Timeline.tsx';

type Props = {
  incident: IncidentDetail;
  /** Null before it was read. */
  chart: IncidentChart | null;
  now: number;
  busy: boolean;
  /** Why the last thing asked for was refused. */
  refusal: string | null;
  addressOf(incident: number): string;
  /** Where what was done becomes a runbook. */
  addressToWrite: string;
  onAcknowledge(): void;
  /** Adds a note. @returns whether it was taken */
  onNote(text: string): Promise<boolean>;
  onStart(runbook: string): void;
  onGoOn(run: number): void;
  onAsk(ask: IncidentAsk): void;
  /** What can be done with one of its alerts. */
  alertActions?: (alert: Alert) => ReactNode;
};

/** One incident: what is wrong, since when, what changed before it, what was done, and the next step. */
export function IncidentView(props: Props) {
  const { incident, chart, now, busy, refusal, onAcknowledge, onStart, onGoOn, onAsk } = props;
  const primaryRef = useRef<HTMLButtonElement>(null);
  const noteRef = useRef<HTMLInputElement>(null);
  const move = nextMoveOf(incident);
  const asks = asksOf(incident);

  function go(): void {
    if (move === null || busy) return;
    if (move.kind === 'go-on') onGoOn(move.run);
    else onStart(move.runbook);
  }

  useKeys({
    a: () => {
      if (incident.state === 'open') onAcknowledge();
    },
    n: () => noteRef.current?.focus(),
    b: go,
    Enter: () => primaryRef.current?.click(),
    ...Object.fromEntries(asks.map((ask) => [ASK_WORDS[ask].key, () => onAsk(ask)])),
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{incident.title}</h1>
        <StateWord {...incidentWord(incident)} />
        <StateWord tone={SEVERITY_WORDS[incident.severity].tone} word={incident.severity} />
        <p className={styles.weak}>
          incident {incident.id}, {SEVERITY_WORDS[incident.severity].means}
        </p>
        {incident.rehearsal ? <RehearsalMark /> : null}
      </header>
      <MergedLine incident={incident} addressOf={props.addressOf} />
      <div className={styles.asks} role="toolbar" aria-label="What you can do">
        {incident.state === 'open' ? (
          <Button keys="a" disabled={busy} onClick={onAcknowledge}>
            Acknowledge
          </Button>
        ) : null}
        {asks.map((ask) => (
          <Button key={ask} variant="quiet" keys={ASK_WORDS[ask].key} onClick={() => onAsk(ask)}>
            {ASK_WORDS[ask].title}
          </Button>
        ))}
      </div>
      {refusal === null ? null : (
        <p role="alert" className={styles.refusal}>
          {refusal}
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.main}>
          <Panel title="What is wrong">
            <Facts facts={factsOf(incident, now)} />
          </Panel>
          <ChangesPanel incident={incident} />
          {chart === null ? null : <HealthChart incident={incident} chart={chart} />}
          <AlertsPanel alerts={incident.alerts} now={now} actionsOf={props.alertActions} />
          <Panel title="Timeline">
            <NoteForm onNote={props.onNote} busy={busy} inputRef={noteRef} />
            <Timeline entries={incident.timeline} />
          </Panel>
        </div>
        <aside className={styles.aside} aria-label="The next step, and who is at it">
          <NextPanel move={move} busy={busy} onGo={go} primaryRef={primaryRef} />
          <PeoplePanel incident={incident} />
          <OtherRunbooks incident={incident} busy={busy} onStart={onStart} />
          <a className={styles.write} href={props.addressToWrite}>
            Write a runbook from what was done here
          </a>
        </aside>
      </div>
    </div>
  );
}

function factsOf(incident: IncidentDetail, now: number): Fact[] {
  const { times } = incident;
  const until = incident.resolvedAt ?? now;
  const impact =
    times.impactAt === null
      ? 'no task of its agents failed more than allowed'
      : `${clockTime(times.impactAt)}, first bad minute; detected ${spanText(Math.max(0, times.detectedAt - times.impactAt))} later`;
  const mitigated = times.mitigatedAt === null ? [] : [{ name: 'Mitigated', value: clockTime(times.mitigatedAt) }];
  return [
    { name: 'Since', value: `${clockTime(incident.openedAt)}, ${spanText(until - incident.openedAt)}` },
    { name: 'Impact', value: impact },
    ...mitigated,
    { name: 'Touches', value: incident.touches },
    { name: 'Agents', value: incident.agents.join(', ') || 'the whole desk' },
    { name: 'Done', value: incident.done },
    ...(incident.openedBy === null ? [] : [{ name: 'Opened by', value: incident.openedBy.name }]),
    ...(incident.acknowledgedBy === null ? [] : [{ name: 'Taken by', value: incident.acknowledgedBy.name }]),
    ...(incident.resolvedAt === null
      ? []
      : [
          {
            name: 'Resolved',
            value: `${clockTime(incident.resolvedAt)}${incident.resolveReason === null ? '' : `: ${incident.resolveReason}`}`,
          },
        ]),
  ];
}

function MergedLine({ incident, addressOf }: Pick<Props, 'incident' | 'addressOf'>) {
  const { mergedInto, merged } = incident;
  if (mergedInto !== null) {
    return (
      <p className={styles.merged}>
        It was merged: work goes on in <a href={addressOf(mergedInto)}>incident {mergedInto}</a>.
      </p>
    );
  }
  if (merged.length === 0) return null;
  return (
    <p className={styles.merged}>
      Merged into it:{' '}
      {merged.map(({ id, title }) => (
        <a key={id} href={addressOf(id)}>
          {id}: {title}
        </a>
      ))}
    </p>
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
      <Panel title="Next step">
        <p className={styles.weak}>No runbook is to be run for it now.</p>
      </Panel>
    );
  }
  return (
    <Panel title="Next step" under={move.kind === 'go-on' ? 'a run is in progress' : 'of its runbook'}>
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

function OtherRunbooks({ incident, busy, onStart }: Pick<Props, 'incident' | 'busy' | 'onStart'>) {
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

/** The longest note, in characters, as the contract has it. */
const LONGEST_NOTE = 4_000;

type NoteProps = Pick<Props, 'onNote' | 'busy'> & { inputRef: React.RefObject<HTMLInputElement | null> };

function NoteForm({ onNote, busy, inputRef }: NoteProps) {
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
        ref={inputRef}
        aria-label="Note"
        placeholder="Add a note for whoever reads this next"
        value={text}
        maxLength={LONGEST_NOTE}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
        autoComplete="off"
      />
      <Button type="submit" keys="n" disabled={busy || text.trim() === ''}>
        Add note
      </Button>
    </form>
  );
}
