/*
 * Health: what ended becomes rollups, rollups become rates with their intervals, and what is wrong becomes alerts and
 * incidents. wilson.ts, bucket.ts, status.ts, alert.ts and rules.ts are pure; rollups.ts holds the live series; the desk talks to
 * `createHealth`.
 */
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { AgentHealth, BoardWindow, EndsBucket, HealthState, Rate } from '#contract/health.ts';
import { healthStateSchema } from '#contract/health.ts';
import type { Incident, IncidentDetail, TimelineEntry } from '#contract/incident.ts';
import type { RuntimeEvent, RuntimeSnapshot, TaskEnded } from '#contract/runtime.ts';
import type { Committer } from '../store/committer.ts';
import { type IncidentRow, prepareIncidents } from '../store/incident.ts';
import type { Database } from '../store/open.ts';
import { prepareRollups } from '../store/rollup.ts';
import { createAlarm } from './alert/alarm.ts';
import { integrationSignal, providerSignal, type SignalSource, signalsOf, spendSignals } from './alert/rules.ts';
import { incidentOf } from './incident/incident.ts';
import { agentRows, endsOf, type Standing } from './indicator/board.ts';
import { countsOf } from './indicator/bucket.ts';
import { type Counted, createRollups, HOUR_MS, MINUTE_MS } from './indicator/rollups.ts';
import { rateOf } from './indicator/wilson.ts';

export { ALERT_RULES } from './alert/rules.ts';

/** How often changed buckets are written, ms. */
const FLUSH_MS = 1_000;
/** Of an agent whose file is gone: its tasks end all the same. */
const NO_OBJECTIVE: Counted = { success: 0.99, p95Ms: null, failure: ['failed', 'incorrect'] };

export type HealthOptions = {
  store: { db: Database; commit: Committer['commit'] };
  runtime: { snapshot(): RuntimeSnapshot; watch(listener: (events: RuntimeEvent[]) => void): () => void };
  /** Ends on the disk from a moment on, to count again after a crash. */
  endedSince(from: number): Iterable<TaskEnded>;
  /** Agents whose definition changed since a moment. */
  changedSince(from: number): string[];
  runbooksFor(rule: string): Incident['runbooks'];
  openRun(incident: number): Incident['run'];
  rehearsal: boolean;
  now(): number;
  onChange(): void;
};

export type Health = {
  board(window: BoardWindow): {
    agents: Record<string, AgentHealth>;
    ends: Record<string, EndsBucket>;
    bucketMs: number;
  };
  /** Success of an agent in the last `windowMs`, to the minute. */
  rate(agent: string, windowMs: number): Rate;
  incidents(openOnly: boolean): Incident[];
  incident(id: number): IncidentDetail | undefined;
  acknowledge(id: number, by: Actor): Promise<Result<Incident>>;
  note(id: number, text: string, by: Actor): Promise<Result<Incident>>;
  addEntry(id: number, entry: TimelineEntry): void;
  /** Undefined when the rule never fired about this provider, integration or agent: no data. */
  alertState(rule: string, about: string | undefined): 'firing' | 'resolved' | undefined;
  start(): void;
  close(): Promise<void>;
};

export function createHealth(options: HealthOptions): Health {
  const { now, runtime, store } = options;
  const rollupStore = prepareRollups(store.db);
  const incidents = prepareIncidents(store.db);
  const rollups = createRollups(rollupStore, objectiveOf);
  /** What is in force, looked up for every end that is counted. */
  const objectives = new Map<string, Counted>();
  const standing: Standing = new Map();
  const startedAt = now();
  let timer: NodeJS.Timeout | undefined;
  let stopWatching: (() => void) | undefined;
  /** Writes of alerts follow each other: the next reads what the one before wrote. */
  let writing: Promise<unknown> = Promise.resolve();

  function objectiveOf(agent: string): Counted {
    return objectives.get(agent) ?? NO_OBJECTIVE;
  }

  function learnObjectives(): void {
    for (const { name, objective } of runtime.snapshot().agents) objectives.set(name, objective);
  }

  function failureOf(agent: string): Counted['failure'] {
    return objectiveOf(agent).failure;
  }

  function boardOptions() {
    return { rollups, snapshot: runtime.snapshot(), failureOf, standing, startedAt, now: now() };
  }

  /** @param onDurable gets what `work` returned, once that is on the disk */
  function write<T>(work: () => T, onDurable: (value: T) => void = () => {}): void {
    writing = writing
      .then(() => store.commit(work))
      .then(
        (value) => {
          onDurable(value);
          options.onChange();
        },
        (error: unknown) => {
          // The state in memory stands; the next tick tries again with what is true then.
          process.stderr.write(`health could not be written: ${String(error)}\n`);
        },
      );
  }

  /** Every part of health that judges. */
  const sources: SignalSource[] = [
    // What changed while the desk was down is judged, too.
    { signals: () => signalsOf(runtime.snapshot()) },
  ];

  const alarm = createAlarm({ incidents, rehearsal: options.rehearsal, now, write });

  function listen(events: RuntimeEvent[]): void {
    for (const event of events) {
      switch (event.kind) {
        case 'ended':
          rollups.count(event);
          break;
        case 'provider':
          alarm.judge(providerSignal(event.provider, runtime.snapshot()));
          break;
        case 'intervention': {
          const entry: TimelineEntry = { at: now(), kind: 'action', text: event.text, by: event.by };
          for (const row of incidents.open()) {
            if ((JSON.parse(row.agents) as string[]).includes(event.agent)) addEntry(row.id, entry);
          }
          break;
        }
        case 'integration':
          alarm.judge(integrationSignal(event.integration, runtime.snapshot()));
          break;
        case 'spend':
          for (const signal of spendSignals(event.spend, runtime.snapshot())) alarm.judge(signal);
          break;
        case 'task':
        case 'lane':
          break;
      }
    }
  }

  function addEntry(id: number, entry: TimelineEntry): void {
    const actor = entry.by === null ? null : JSON.stringify(entry.by);
    write(() => incidents.writeEntry({ incident: id, at: entry.at, kind: entry.kind, text: entry.text, actor }));
  }

  /** @param entries of its timeline; a card needs its newest actions only */
  function detail(row: IncidentRow, entries = incidents.entries(row.id)): IncidentDetail {
    const alerts = incidents.alerts(row.id);
    const rules = new Set(alerts.map((alert) => alert.rule));
    return incidentOf(row, alerts, entries, {
      runbooks: [...rules].flatMap(options.runbooksFor),
      run: options.openRun(row.id),
      touches: touches(row),
      changed: changed(row),
    });
  }

  function touches(row: IncidentRow): string {
    const agents = JSON.parse(row.agents) as string[];
    const lanes = runtime.snapshot().lanes.filter((lane) => agents.includes(lane.agent));
    const until = row.resolved_at ?? now();
    const failed = agents.reduce((sum, agent) => {
      const from = Math.max(row.opened_at, until - 2 * HOUR_MS);
      let bad = 0;
      for (let start = Math.floor(from / MINUTE_MS) * MINUTE_MS; start <= until; start += MINUTE_MS) {
        for (const bucket of rollups.buckets('minute', agent, start)) bad += countsOf(bucket, failureOf(agent)).bad;
      }
      return sum + bad;
    }, 0);
    const waiting = lanes.reduce((sum, lane) => sum + lane.queued + lane.waiting, 0);
    return `${failed} failed, ${waiting} waiting`;
  }

  function changed(row: IncidentRow): string {
    const names = options.changedSince(row.opened_at - 6 * HOUR_MS);
    return names.length === 0 ? 'nothing of yours in 6 h' : `in the 6 h before: ${names.join(', ')}`;
  }

  /** Remembers since when each agent stands as it does. */
  function stand(): void {
    const rows = Object.values(agentRows('1h', boardOptions()));
    const moved = rows.filter((row) => standing.get(row.name)?.state !== row.state);
    if (moved.length === 0) return;
    for (const row of moved) standing.set(row.name, { state: row.state, since: now() });
    write(() => {
      for (const row of moved) rollupStore.writeState(row.name, row.state, standing.get(row.name)?.since ?? now());
    });
  }

  function tick(): void {
    learnObjectives();
    stand();
    const at = now();
    for (const source of sources) for (const signal of source.signals(at)) alarm.judge(signal);
    if (rollups.hasChanges())
      write(
        () => rollups.flush(now()),
        (settle) => settle(),
      );
  }

  return {
    board(window) {
      const current = boardOptions();
      return { agents: agentRows(window, current), ...endsOf(window, current) };
    },
    rate(agent, windowMs) {
      const { good, bad } = countsOf(rollups.sum('minute', agent, now() - windowMs, now()), failureOf(agent));
      return rateOf(good, good + bad);
    },
    incidents: (openOnly) =>
      (openOnly ? incidents.open() : incidents.recent(200)).map((row) => {
        const { timeline: _, ...incident } = detail(row, incidents.actions(row.id));
        return incident;
      }),
    incident(id) {
      const row = incidents.one(id);
      return row && detail(row);
    },
    async acknowledge(id, by) {
      if (!incidents.one(id)) return missing(id);
      const at = now();
      await store.commit(() => {
        // Read where it is written: it may have resolved, or another person have been first.
        const row = incidents.one(id);
        if (row?.state !== 'open') return;
        const actor = JSON.stringify(by);
        incidents.update({ ...row, state: 'acknowledged', acknowledged_by: actor });
        incidents.writeEntry({ incident: id, at, kind: 'note', text: `${by.name} acknowledged`, actor });
      });
      options.onChange();
      const current = incidents.one(id);
      return current ? succeed(detail(current)) : missing(id);
    },
    async note(id, text, by) {
      const row = incidents.one(id);
      if (!row) return missing(id);
      await store.commit(() =>
        incidents.writeEntry({ incident: id, at: now(), kind: 'note', text, actor: JSON.stringify(by) }),
      );
      options.onChange();
      return succeed(detail(row));
    },
    addEntry,
    alertState(rule, about) {
      if (about === undefined) return undefined;
      // A budget is of an agent or a provider of that name.
      const subjects = [about, `agent:${about}`, `provider:${about}`];
      return subjects
        .map((subject) => incidents.newestAlert(rule, subject)?.state)
        .find((state) => state !== undefined);
    },
    start() {
      learnObjectives();
      rollups.load(now(), options.endedSince);
      for (const { agent, state, since } of rollupStore.states()) {
        const parsed = healthStateSchema.safeParse(state);
        if (parsed.success) standing.set(agent, { state: parsed.data satisfies HealthState, since });
      }
      stopWatching = runtime.watch(listen);
      timer = setInterval(tick, FLUSH_MS);
    },
    async close() {
      clearInterval(timer);
      stopWatching?.();
      tick();
      await writing;
    },
  };
}

function missing(id: number): ReturnType<typeof fail> {
  return fail('NOT_FOUND', `There is no incident ${id}.`, {
    kept: 'Nothing was changed.',
    todo: 'Look at the list: nightdesk incidents',
  });
}
