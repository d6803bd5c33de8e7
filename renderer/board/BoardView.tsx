import { useMemo, useRef, useState } from 'react';
import type { AgentHealth, BoardWindow, IngestCounts } from '#contract/health.ts';
import type { Incident } from '#contract/incident.ts';
import type { Integration } from '#contract/integration.ts';
import type { Provider } from '#contract/provider.ts';
import type { Correctness } from '#contract/sample.ts';
import type { BoardState } from '#contract/stream.ts';
import type { TaskState } from '#contract/task.ts';
import { openFirst } from '../incidents/state.ts';
import { countText, Facts, Key, Panel, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { troubledFirst } from '../providers/breaker.ts';
import { CorrectnessBrief } from '../samples/Correctness.tsx';
import { PART_WORDS, PARTS, type Part } from '../waiting/queue.ts';
import { AgentTable } from './AgentTable.tsx';
import styles from './board.module.css';
import { type ChartEvent, EndsChart } from './EndsChart.tsx';
import { IncidentCard } from './IncidentCard.tsx';
import { inHeldOrder, matching, worstFirst } from './order.ts';
import { Parties } from './Parties.tsx';

/** Where the board's numbers lead. */
export type BoardAddresses = {
  agent(name: string): string;
  /** The agent's tasks that ended in the window. */
  ended(agent: string): string;
  inState(agent: string | null, state: TaskState): string;
  incident(id: number): string;
  providers: string;
  /** What waits for a person, of one kind. */
  waiting(part: Part): string;
  samples: string;
};

type Props = {
  board: BoardState;
  /** Null before the first answer. */
  correctness: readonly Correctness[] | null;
  window: BoardWindow;
  now: number;
  /** The data are too old to be believed. */
  stale: boolean;
  busy: boolean;
  refusal: string | null;
  addresses: BoardAddresses;
  onWindow(window: BoardWindow): void;
  onOpenAgent(agent: AgentHealth): void;
  onOpenEnded(from: number, to: number): void;
  onPause(agent: AgentHealth): void;
  onReroute(agent: AgentHealth): void;
  onGoOn(incident: Incident): void;
  onAcknowledge(incident: Incident): void;
};

const WINDOWS: readonly { window: BoardWindow; text: string; words: string }[] = [
  { window: '1h', text: '1 h', words: 'last hour' },
  { window: '24h', text: '24 h', words: 'last 24 hours' },
  { window: '7d', text: '7 d', words: 'last 7 days' },
];
const CHART_PX = 250;

/** The first screen: what is broken, since when, what to do. */
export function BoardView(props: Props) {
  const { board, window, now, stale, busy, addresses, onGoOn, onAcknowledge } = props;
  const [filter, setFilter] = useState('');
  const [selected, setSelected] = useState<string | null>(null);
  const [isCompared, setCompared] = useState(false);
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const filterRef = useRef<HTMLInputElement>(null);

  const all = Object.values(board.agents);
  const sorted = worstFirst(matching(all, filter));
  const rows = order === null ? sorted : inHeldOrder(sorted, order);
  const moved = rows.some((agent, index) => agent !== sorted[index]);
  const current = rows.find((agent) => agent.name === selected) ?? null;
  const incidents = openFirst(Object.values(board.incidents).filter(({ state }) => state !== 'resolved'));
  const [urgent] = incidents;
  const desk = board.desk.desk;
  const ends = useMemo(() => Object.values(board.ends).toSorted((a, b) => a.from - b.from), [board.ends]);
  const events = useMemo(() => eventsOf(board), [board]);

  function select(agent: AgentHealth | undefined): void {
    if (agent === undefined) return;
    // While a person is at a row, no row moves under the hand.
    setOrder((before) => before ?? sorted.map((one) => one.name));
    setSelected(agent.name);
    document.getElementById(`agent-${agent.name}`)?.scrollIntoView({ block: 'nearest' });
  }

  function release(): void {
    setOrder(null);
    setSelected(null);
  }

  function move(by: number): void {
    const index = rows.findIndex((agent) => agent.name === selected);
    select(rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + by))]);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => (current === null ? undefined : props.onOpenAgent(current)),
    Escape: release,
    '/': () => filterRef.current?.focus(),
    w: () => setCompared((before) => !before),
    p: () => (current === null ? select(rows[0]) : props.onPause(current)),
    r: () => (current === null ? select(rows[0]) : props.onReroute(current)),
    b: () => (urgent === undefined || busy ? undefined : onGoOn(urgent)),
    a: () => (urgent === undefined || urgent.state !== 'open' ? undefined : onAcknowledge(urgent)),
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Board</h1>
        <p>
          {rows.length === all.length ? '' : `${rows.length} of `}
          {all.length === 1 ? '1 agent' : `${all.length} agents`} ·{' '}
          {WINDOWS.find((one) => one.window === window)?.words}
        </p>
        {moved ? (
          <button type="button" className={styles.pill} onClick={release}>
            order changed
          </button>
        ) : null}
        <fieldset className={styles.windows} aria-label="Window">
          <button type="button" aria-pressed={isCompared} onClick={() => setCompared((before) => !before)}>
            A week ago <Key>w</Key>
          </button>
          {WINDOWS.map((one) => (
            <button
              key={one.window}
              type="button"
              aria-pressed={one.window === window}
              onClick={() => props.onWindow(one.window)}
            >
              {one.text}
            </button>
          ))}
        </fieldset>
        <label className={styles.filter}>
          <span className={ink.hidden}>Filter agents</span>
          <input
            ref={filterRef}
            type="search"
            placeholder="Filter"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
              if (event.key === 'Escape') setFilter('');
            }}
          />
          <Key>/</Key>
        </label>
      </header>
      {props.refusal === null ? null : (
        <p role="alert" className={styles.refusal}>
          {props.refusal}
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.main}>
          <div className={styles.frame}>
            {all.length === 0 ? (
              <Nothing />
            ) : (
              <AgentTable
                agents={rows}
                window={window}
                now={now}
                stale={stale}
                isCompared={isCompared}
                selected={selected}
                addresses={addresses}
                onSelect={select}
                onOpen={props.onOpenAgent}
              />
            )}
          </div>
          <Parties
            providers={providersOf(board)}
            integrations={integrationsOf(board)}
            now={now}
            stale={stale}
            address={addresses.providers}
          />
          {desk === undefined ? null : (
            <EndsChart
              ends={ends}
              bucketMs={desk.bucketMs}
              events={events}
              height={CHART_PX}
              onOpen={props.onOpenEnded}
            />
          )}
        </div>
        <aside className={styles.aside} aria-label="Incidents and what waits for a person">
          {incidents.map((incident) => (
            <IncidentCard
              key={incident.id}
              incident={incident}
              now={now}
              busy={busy}
              first={incident === urgent}
              address={addresses.incident(incident.id)}
              onGoOn={() => onGoOn(incident)}
              onAcknowledge={() => onAcknowledge(incident)}
            />
          ))}
          {incidents.length > 0 ? null : (
            <Panel title="Incidents">
              <p className={styles.weak}>None is open. One opens by itself when an alert fires.</p>
            </Panel>
          )}
          <Waiting board={board} addresses={addresses} />
          {props.correctness === null ? null : (
            <CorrectnessBrief rows={props.correctness} samples={addresses.samples} addressOf={addresses.agent} />
          )}
          {desk === undefined || desk.ingest === null ? null : <Told counts={desk.ingest} />}
        </aside>
      </div>
    </div>
  );
}

/** Those that are in trouble first; those without a key last. */
function providersOf(board: BoardState): Provider[] {
  const rank = (provider: Provider) => (provider.breaker === 'closed' ? 2 : 0) + (provider.configured ? 0 : 4);
  return Object.values(board.providers).toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** Those that somebody relies on: in trouble first, then those that effects land in, or that an agent cannot do without. */
function integrationsOf(board: BoardState): Integration[] {
  const relied = (one: Integration) => one.lastEffectAt !== null || one.criticalTo.length > 0;
  return troubledFirst(Object.values(board.integrations).filter((one) => one.breaker !== 'closed' || relied(one)));
}

function eventsOf(board: BoardState): ChartEvent[] {
  const alerts = Object.values(board.incidents).flatMap((incident) =>
    incident.alerts.map((alert) => ({ at: alert.firedAt, kind: 'alert' as const, text: alert.summary })),
  );
  const actions = Object.values(board.interventions).map((one) => ({
    at: one.since,
    kind: 'action' as const,
    text: `${one.verb} ${one.agent}`,
  }));
  return [...alerts, ...actions];
}

function Waiting({ board, addresses }: { board: BoardState; addresses: BoardAddresses }) {
  const waiting = board.desk.desk?.waitingForPerson;
  if (waiting === undefined) return null;
  const counts: Record<Part, number> = {
    doubts: waiting.inDoubt,
    questions: waiting.questions,
    reviews: waiting.reviews,
  };
  return (
    <Panel title="Waiting for a person">
      <ul className={styles.waiting}>
        {PARTS.map((part) => (
          <li key={part}>
            <a href={addresses.waiting(part)}>{PART_WORDS[part]}</a>
            <strong data-some={counts[part] > 0 || undefined}>{counts[part]}</strong>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What other runtimes told. What was refused is in no number: it is said here. */
function Told({ counts }: { counts: IngestCounts }) {
  return (
    <Panel title="Events of other runtimes">
      <Facts
        facts={[
          { name: 'Accepted', value: countText(counts.accepted) },
          { name: 'Late', value: countText(counts.late) },
          { name: 'Sent twice', value: countText(counts.duplicates) },
          { name: 'Dropped', value: counts.dropped > 0 ? <strong>{countText(counts.dropped)}</strong> : '0' },
        ]}
      />
    </Panel>
  );
}

function Nothing() {
  return (
    <p className={styles.empty}>
      No agents yet. Put a Markdown file into the folder <code>agents/</code>; its agent appears here by itself.
    </p>
  );
}
