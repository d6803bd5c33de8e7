/*
 * Health: what ended becomes rollups, rollups become rates with their intervals, and what is wrong becomes alerts and
 * incidents. wilson.ts, bucket.ts, status.ts, alert.ts and rules.ts are pure; rollups.ts holds the live series; the desk talks to
 * `createHealth`.
 */
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { isCanary } from '#contract/canary.ts';
import type { Result } from '#contract/errors.ts';
import type { IngestAnswer } from '#contract/event.ts';
import type {
  AgentHealth,
  BoardWindow,
  EndsBucket,
  HealthState,
  IngestCounts,
  Rate,
  Rebuilt,
} from '#contract/health.ts';
import { healthStateSchema } from '#contract/health.ts';
import type { Incident, IncidentDetail, TimelineEntry } from '#contract/incident.ts';
import type { RuntimeEvent, RuntimeSnapshot, TaskEnded } from '#contract/runtime.ts';
import type { Settings } from '#contract/settings.ts';
import type { Committer } from '../store/committer.ts';
import { prepareEvents } from '../store/event.ts';
import { type IncidentRow, prepareIncidents } from '../store/incident.ts';
import { prepareIndicators } from '../store/indicator.ts';
import type { Database } from '../store/open.ts';
import { prepareRollups } from '../store/rollup.ts';
import { prepareSilence } from '../store/silence.ts';
import { type AlertPart, createAlertPart, type RulesInForce } from './alert/index.ts';
import {
  integrationSignal,
  limitSignals,
  providerSignal,
  type SignalSource,
  signalsOf,
  spendSignals,
} from './alert/rules.ts';
import type { NowMeasure } from './alert/words.ts';
import type { Delivery } from './delivery/index.ts';
import { createIncidentPart, type IncidentPart } from './incident/index.ts';
import { agentRows, endsOf, type Standing, watchedAgents } from './indicator/board.ts';
import { countsOf, latencyAt } from './indicator/bucket.ts';
import { createForeign } from './indicator/foreign.ts';
import { createOverdue } from './indicator/overdue.ts';
import { inOrder, rebuild } from './indicator/rebuild.ts';
import { type Counted, createRollups, HOUR_MS, MINUTE_MS } from './indicator/rollups.ts';
import { rateOf } from './indicator/wilson.ts';
import { createObjectivePart, type ObjectivePart } from './objective/index.ts';
import { createReports, type ReportPart } from './report/index.ts';
import { createSampling, type Sampling } from './sample/index.ts';
import { createSilence, type Silence, type SilenceRuntime } from './silence/index.ts';

export type { RulesInForce } from './alert/index.ts';
export { ALERT_RULES } from './alert/rules.ts';
export { createDelivery, type Delivery } from './delivery/index.ts';

/** How often changed buckets are written, ms. */
const FLUSH_MS = 1_000;
/** What the desk's own failures to write are called. */
const WRITES = 'writes of health';

export type HealthOptions = {
  store: { db: Database; commit: Committer['commit'] };
  runtime: { snapshot(): RuntimeSnapshot; watch(listener: (events: RuntimeEvent[]) => void): () => void };
  /** Ends on the disk from a moment on, to count again after a crash. */
  endedSince(from: number): Iterable<TaskEnded>;
  /** Agents whose definition changed since a moment. */
  changedSince(from: number): string[];
  runbooksFor(rule: string): Incident['runbooks'];
  openRun(incident: number): Incident['run'];
  /** The stories of the runs of an incident, in Markdown, for its review. */
  runReports(incident: number): string[];
  /** Alert rules of files. */
  alertRules(): RulesInForce;
  /** nightdesk.yaml as it is in force; the same object as long as nothing changed. */
  settings(): Settings;
  /** What is watched for silence. */
  silence: SilenceRuntime;
  /** Carries what people are told. */
  delivery: Pick<Delivery, 'put' | 'signals'>;
  dataFolder: string;
  version: string;
  /** Adds to the audit log, inside the commit of what it tells. */
  audit: AuditWrite;
  log(message: string): void;
  rehearsal: boolean;
  now(): number;
  random(): number;
  onChange(): void;
};

export type Health = {
  board(window: BoardWindow): {
    agents: Record<string, AgentHealth>;
    ends: Record<string, EndsBucket>;
    bucketMs: number;
  };
  /** What other runtimes tell, at most EVENTS_MAX at once. */
  ingest(events: readonly unknown[]): Promise<Result<IngestAnswer>>;
  /** What was ever told; null while nothing was. */
  ingested(): IngestCounts | null;
  /** Counts closed hours again from their events. */
  rebuild(): Promise<Rebuilt>;
  /** Success of an agent in the last `windowMs`, to the minute. */
  rate(agent: string, windowMs: number): Rate;
  /** Accepted to end of 95 of 100 tasks in the last `windowMs`, ms; null without data. */
  p95(agent: string, windowMs: number): number | null;
  /** Age of the oldest task in its queue, ms: 0 where none waits; null where there is no such agent. */
  oldest(agent: string): number | null;
  incidents(openOnly: boolean): Incident[];
  incident(id: number): IncidentDetail | undefined;
  acknowledge(id: number, by: Actor): Promise<Result<Incident>>;
  note(id: number, text: string, by: Actor): Promise<Result<Incident>>;
  addEntry(id: number, entry: TimelineEntry): void;
  /** What people do with incidents, what became of them, and what changed. */
  incidentPart: Pick<IncidentPart, 'desk' | 'family' | 'chart' | 'stats' | 'changes'>;
  alerts: AlertPart;
  /** What is promised of agents, and how they stand against it. */
  objectives: Pick<ObjectivePart, 'inForce' | 'standing' | 'standings' | 'preview' | 'set' | 'clear'>;
  silence: Pick<Silence, 'view' | 'relearn' | 'troubles'>;
  /** What people are shown to say whether it was right, and what follows from it. */
  samples: Pick<Sampling, 'list' | 'get' | 'judge' | 'undo' | 'correctness'>;
  reports: Omit<ReportPart, 'tick'>;
  /** Undefined when the rule never fired about this provider, integration or agent: no data. */
  alertState(rule: string, about: string | undefined): 'firing' | 'resolved' | undefined;
  start(): void;
  close(): Promise<void>;
};

export function createHealth(options: HealthOptions): Health {
  const { now, runtime, store } = options;
  const rollupStore = prepareRollups(store.db);
  const incidents = prepareIncidents(store.db);
  const rollups = createRollups(
    rollupStore,
    (agent, at) => objectives.at(agent, at),
    (agent, start) => objectives.touch(agent, start),
  );
  const events = prepareEvents(store.db);
  const foreign = createForeign({
    events,
    commit: store.commit,
    rollups,
    isOurs: (agent) => ours.has(agent),
    now,
  });
  const tasks = prepareIndicators(store.db);
  const queues = prepareSilence(store.db);
  const overdue = createOverdue({ tasks, events, now, passed: () => performance.now() });
  /** Names of the runner's own agents. */
  let ours: ReadonlySet<string> = new Set();
  const standing: Standing = new Map();
  const startedAt = now();
  let timer: NodeJS.Timeout | undefined;
  let stopWatching: (() => void) | undefined;
  /** Writes of alerts follow each other: the next reads what the one before wrote. */
  let writing: Promise<unknown> = Promise.resolve();

  function objectiveOf(agent: string): Counted {
    return objectives.inForce(agent);
  }

  function learnAgents(): void {
    const { agents } = runtime.snapshot();
    ours = new Set(agents.map(({ name }) => name));
    objectives.refresh();
  }

  function failureOf(agent: string): Counted['failure'] {
    return objectiveOf(agent).failure;
  }

  function boardOptions() {
    return {
      rollups,
      snapshot: runtime.snapshot(),
      foreign: foreign.agents(),
      objectiveOf,
      overdueOf: overdue.of,
      standing,
      startedAt,
      now: now(),
      unknownOf: silence.unknownOf,
    };
  }

  /** Commits after the writes before. */
  function commit<T>(work: () => T): Promise<T> {
    const done = writing.then(() => store.commit(work));
    writing = done.catch(() => {});
    return done;
  }

  /** @param onDurable gets what `work` returned, once that is on the disk */
  function write<T>(work: () => T, onDurable: (value: T) => void = () => {}): void {
    writing = writing
      .then(() => store.commit(work))
      .then(
        (value) => {
          onDurable(value);
          silence.queries.worked(WRITES);
          options.onChange();
        },
        // The state in memory stands; the next tick tries again with what is true then.
        (error: unknown) => silence.queries.failed(WRITES, error),
      );
  }

  const silence = createSilence({
    db: store.db,
    runtime: options.silence,
    snapshot: runtime.snapshot,
    rollups,
    isForeign: (agent) => foreign.agents().has(agent),
    refusedEvents: () => foreign.counts().dropped,
    write,
    now,
    log: (message) => process.stderr.write(`${message}\n`),
  });

  const objectives = createObjectivePart({
    db: store.db,
    commit,
    rollups: () => rollups,
    snapshot: runtime.snapshot,
    foreign: foreign.agents,
    overdueOf: overdue.of,
    unknownOf: (agent) => silence.unknownOf(agent),
    now,
    audit: options.audit,
    onChange: options.onChange,
  });

  const sampling = createSampling({
    db: store.db,
    commit,
    agents: () => runtime.snapshot().agents,
    changedSince: options.changedSince,
    endedSince: (from) => withoutCanaries(options.endedSince(from)),
    task: options.silence.task,
    recount: rollups.amend,
    keepMs: () => options.settings().retention.keep,
    rehearsal: options.rehearsal,
    now,
    audit: options.audit,
    random: options.random,
    onChange: options.onChange,
  });

  /** Every part of health that judges. */
  const sources: SignalSource[] = [
    // What changed while the desk was down is judged, too.
    { signals: (at) => [...signalsOf(runtime.snapshot()), ...limitSignals(runtime.snapshot(), at)] },
    objectives,
    sampling,
    { signals: (at) => alertPart.signals(at) },
    options.delivery,
  ];

  const alertPart = createAlertPart({
    ...options,
    db: store.db,
    incidents,
    settings: () => options.settings().alerts,
    rules: options.alertRules,
    snapshot: runtime.snapshot,
    readings: {
      agents: () => watchedAgents({ snapshot: runtime.snapshot(), foreign: foreign.agents() }).map(({ name }) => name),
      objective: objectiveOf,
      sum: (agent, from, until) => rollups.sum('minute', agent, from, until),
      now: readNow,
    },
    history: (agent, from, until) => rollups.history('minute', agent, from, until),
    preview: (agent) => objectives.preview({ agent }),
    put: options.delivery.put,
    write,
    commit,
  });
  const incidentPart = createIncidentPart({
    ...options,
    incidents,
    write,
    touches,
    snapshot: runtime.snapshot,
    alertsOf: alertPart.ofIncident,
    alerts: alertPart.people,
    objectives: () =>
      runtime.snapshot().agents.map(({ name }) => ({ agent: name, success: objectiveOf(name).success })),
    minutes: (agent, from, to) =>
      rollups
        .history('minute', agent, from, to)
        .map(({ start, bucket }) => ({ start, ...countsOf(bucket, failureOf(agent)) })),
  });
  const reports = createReports({
    ...options,
    db: store.db,
    commit,
    rollups,
    agents: () => [
      ...runtime.snapshot().agents.map(({ name, team, runtime: of }) => ({ name, team, runtime: of })),
      ...[...foreign.agents()].map(([name, { runtime: of }]) => ({ name, team: null, runtime: of })),
    ],
    objectiveOf: objectives.inForce,
    overdueOf: overdue.of,
    unknownOf: (agent) => silence.unknownOf(agent)?.reason,
    correctness: () =>
      sampling.correctness().map(({ agent, estimate, verdicts, state }) => [agent, { estimate, verdicts, state }]),
    changes: incidentPart.changes,
    dropped: () => foreign.counts().dropped,
    put: options.delivery.put,
  });
  /** Canaries count in no number of their agent's. */
  function* withoutCanaries(ends: Iterable<TaskEnded>): Generator<TaskEnded> {
    for (const ended of ends) if (!isCanary(ended.task)) yield ended;
  }

  /** Ends of every runtime, in the order of their moments. */
  function customersOnly(from: number): Generator<TaskEnded> {
    return withoutCanaries(inOrder(options.endedSince(from), foreign.endedSince(from)));
  }

  function listen(events: RuntimeEvent[]): void {
    for (const event of events) {
      switch (event.kind) {
        case 'ended':
          if (!silence.hear(event)) break;
          rollups.count(event);
          sampling.offer(event);
          break;
        case 'provider':
          alertPart.judge([providerSignal(event.provider, runtime.snapshot())], false);
          break;
        case 'intervention':
          incidentPart.intervened(event.agent, event.text, event.by);
          break;
        case 'integration':
          alertPart.judge([integrationSignal(event.integration, runtime.snapshot())], false);
          break;
        case 'spend':
          alertPart.judge(spendSignals(event.spend, runtime.snapshot()), false);
          break;
        case 'task':
        case 'lane':
          break;
      }
    }
  }

  /** What a rule of a file measures of this moment; null where it is not known. */
  function readNow(agent: string, measure: NowMeasure, at: number): number | null {
    const lane = runtime.snapshot().lanes.find((each) => each.agent === agent);
    switch (measure) {
      case 'queued':
        return lane?.queued ?? null;
      case 'waiting':
        return lane?.waiting ?? null;
      case 'oldest': {
        if (lane === undefined) return null;
        const oldest = queues.oldestQueued(agent);
        return oldest === undefined ? 0 : Math.max(0, at - oldest.acceptedAt) / 1_000;
      }
      case 'overdue':
        return overdue.of(agent);
    }
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

  function countOverdue(): void {
    overdue.refresh(watchedAgents({ snapshot: runtime.snapshot(), foreign: foreign.agents() }));
    const reason = overdue.failed();
    if (reason !== null) throw new Error(reason);
  }

  /** Remembers since when each agent stands as it does. */
  function stand(): void {
    const rows = Object.values(agentRows('1h', boardOptions()));
    const moved = rows.filter((row) => standing.get(row.name)?.state !== row.state);
    if (moved.length === 0) return;
    for (const row of moved) {
      const before = standing.get(row.name);
      if (before !== undefined) incidentPart.healthMoved(row.name, before.state, row.state, row.reason);
    }
    for (const row of moved) standing.set(row.name, { state: row.state, since: now() });
    write(() => {
      for (const row of moved) rollupStore.writeState(row.name, row.state, standing.get(row.name)?.since ?? now());
    });
  }

  /** Inside a commit. @returns what to do when it is durable */
  function flush(): () => void {
    const settles = [rollups.flush(now()), foreign.flush(), sampling.flush()];
    return () => {
      for (const settle of settles) settle();
    };
  }

  function tick(): void {
    const { queries } = silence;
    queries.try('objectives', learnAgents);
    queries.try('samples', sampling.learn);
    queries.try('overdue tasks', countOverdue);
    queries.try('the board', stand);
    queries.try('incidents', incidentPart.tick);
    queries.try('reports', reports.tick);
    const at = now();
    const signals = sources.flatMap((source) => queries.try('alert rules', () => source.signals(at)) ?? []);
    // Last, so that it tells of failures among those before.
    signals.push(...silence.signals(at));
    queries.try('alerts', () => alertPart.judge(signals, true));
    if (rollups.hasChanges() || sampling.hasChanges()) write(flush, (settle) => settle());
  }

  return {
    board(window) {
      const current = boardOptions();
      return silence.queries.pass('the board', () => {
        const agents = agentRows(window, current);
        return { agents, ...endsOf(window, agents, current) };
      });
    },
    async ingest(given) {
      const answer = await foreign.ingest(given);
      options.onChange();
      return answer;
    },
    ingested() {
      const counts = foreign.counts();
      return foreign.agents().size === 0 && counts.dropped === 0 ? null : counts;
    },
    rebuild: () =>
      foreign.apart(() =>
        rebuild({
          rollups,
          endedSince: customersOnly,
          oldestEnd: tasks.oldestEnd(),
          isForeign: (agent) => foreign.agents().has(agent),
          flush: async () => (await commit(flush))(),
          now: now(),
        }),
      ),
    rate(agent, windowMs) {
      const { good, bad } = countsOf(rollups.sum('minute', agent, now() - windowMs, now()), failureOf(agent));
      return rateOf(good, good + bad);
    },
    p95: (agent, windowMs) => latencyAt(rollups.sum('minute', agent, now() - windowMs, now()), 0.95),
    oldest(agent) {
      const seconds = readNow(agent, 'oldest', now());
      return seconds === null ? null : seconds * 1_000;
    },
    incidents: incidentPart.list,
    incident: incidentPart.get,
    acknowledge: incidentPart.desk.acknowledge,
    note: incidentPart.desk.note,
    addEntry: incidentPart.addEntry,
    incidentPart,
    alerts: alertPart,
    objectives,
    silence,
    samples: sampling,
    reports,
    alertState: (rule, about) => (about === undefined ? undefined : alertPart.state(rule, about)),
    start() {
      objectives.load();
      learnAgents();
      incidentPart.load();
      alertPart.load();
      const recountedFrom = rollups.load(now(), customersOnly);
      foreign.load(recountedFrom);
      sampling.start(recountedFrom);
      silence.load();
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
      await incidentPart.close();
      await writing;
    },
  };
}
