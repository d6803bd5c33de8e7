/*
 * Health: what ended becomes rollups, rollups become rates with their intervals, and what is wrong becomes alerts and
 * incidents. Here its parts are wired, and looked at once a second; each folder's index says what it is. hearing.ts takes what
 * the runtime tells, tick.ts looks, writes.ts is how all of them write, readings.ts answers for single numbers, types.ts is what
 * the desk gives and gets.
 */
import { isCanary } from '#contract/canary.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import { prepareEvents } from '../store/event.ts';
import { prepareIncidents } from '../store/incident.ts';
import { prepareIndicators } from '../store/indicator.ts';
import { prepareRollups } from '../store/rollup.ts';
import { prepareSilence } from '../store/silence.ts';
import { createAlertPart } from './alert/index.ts';
import { limitSignals, signalsOf } from './alert/rules.ts';
import { createListener } from './hearing.ts';
import { createIncidentPart } from './incident/index.ts';
import { agentRows, endsOf, watchedAgents } from './indicator/board.ts';
import { createForeign } from './indicator/foreign.ts';
import { createOverdue } from './indicator/overdue.ts';
import { inOrder, rebuild } from './indicator/rebuild.ts';
import { type Counted, createRollups } from './indicator/rollups.ts';
import { createStanding } from './indicator/standing.ts';
import { createObjectivePart } from './objective/index.ts';
import { createReadings } from './readings.ts';
import { createReports } from './report/index.ts';
import { createSampling } from './sample/index.ts';
import { createSilence } from './silence/index.ts';
import { createTick } from './tick.ts';
import type { Health, HealthOptions } from './types.ts';
import { createWrites } from './writes.ts';

export type { RulesInForce } from './alert/index.ts';
export { ALERT_RULES } from './alert/rules.ts';
export { createDelivery, type Delivery } from './delivery/index.ts';
export type { Health } from './types.ts';

/** How often changed buckets are written, ms. */
const FLUSH_MS = 1_000;
/** What the desk's own failures to write are called. */
const WRITES = 'writes of health';

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
  const overdue = createOverdue({ tasks, events, now, passed: options.passed });
  /** Names of the runner's own agents. */
  let ours: ReadonlySet<string> = new Set();
  const startedAt = now();
  let timer: NodeJS.Timeout | undefined;
  let stopWatching: (() => void) | undefined;

  function objectiveOf(agent: string): Counted {
    return objectives.inForce(agent);
  }

  function learnAgents(): void {
    const { agents } = runtime.snapshot();
    ours = new Set(agents.map(({ name }) => name));
    objectives.refresh();
  }

  function boardOptions() {
    return {
      rollups,
      snapshot: runtime.snapshot(),
      foreign: foreign.agents(),
      objectiveOf,
      overdueOf: overdue.of,
      standing: standing.known,
      startedAt,
      now: now(),
      unknownOf: silence.unknownOf,
    };
  }

  const { commit, write, keep, close } = createWrites({
    commit: store.commit,
    worked() {
      silence.queries.worked(WRITES);
      options.onChange();
    },
    failed: (error) => silence.queries.failed(WRITES, error),
    log: options.log,
  });

  const standing = createStanding({
    store: rollupStore,
    write,
    onMoved: (agent, from, to, reason) => incidentPart.healthMoved(agent, from, to, reason),
    now,
  });

  const silence = createSilence({
    db: store.db,
    runtime: options.silence,
    snapshot: runtime.snapshot,
    rollups,
    isForeign: (agent) => foreign.agents().has(agent),
    refusedEvents: () => foreign.counts().dropped,
    write,
    keep,
    now,
    log: options.log,
  });

  const readings = createReadings({
    rollups,
    snapshot: runtime.snapshot,
    oldestQueued: queues.oldestQueued,
    overdueOf: overdue.of,
    failureOf: (agent) => objectiveOf(agent).failure,
    now,
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
      now: readings.ofNow,
    },
    history: (agent, from, until) => rollups.history('minute', agent, from, until),
    preview: (agent) => objectives.preview({ agent }),
    put: options.delivery.put,
    write,
    keep,
    commit,
  });
  const incidentPart = createIncidentPart({
    ...options,
    incidents,
    keep,
    touches: readings.touches,
    snapshot: runtime.snapshot,
    alertsOf: alertPart.ofIncident,
    alerts: alertPart.people,
    objectives: () =>
      runtime.snapshot().agents.map(({ name }) => ({ agent: name, success: objectiveOf(name).success })),
    minutes: readings.minutes,
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

  function countOverdue(): void {
    overdue.refresh(watchedAgents({ snapshot: runtime.snapshot(), foreign: foreign.agents() }));
    const reason = overdue.failed();
    if (reason !== null) throw new Error(reason);
  }

  /** Inside a commit. @returns what to do when it is durable */
  function flush(): () => void {
    const settles = [rollups.flush(now()), foreign.flush(), sampling.flush()];
    return () => {
      for (const settle of settles) settle();
    };
  }

  const listen = createListener({ snapshot: runtime.snapshot, silence, rollups, sampling, alertPart, incidentPart });

  /** Every second. */
  const tick = createTick({
    now,
    queries: silence.queries,
    chores: {
      objectives: learnAgents,
      samples: sampling.learn,
      'overdue tasks': countOverdue,
      'the board': () => standing.look(Object.values(agentRows('1h', boardOptions()))),
      incidents: incidentPart.tick,
      reports: reports.tick,
    },
    sources: {
      // What changed while the desk was down is judged, too.
      'rules on the runtime': {
        signals: (at) => [...signalsOf(runtime.snapshot()), ...limitSignals(runtime.snapshot(), at)],
      },
      'rules on objectives': objectives,
      'rules on correctness': sampling,
      'rules of files': alertPart,
      'rules on routes': options.delivery,
    },
    silence: silence.signals,
    judge: (signals) => alertPart.judge(signals, true),
    flush() {
      if (rollups.hasChanges() || sampling.hasChanges()) write(flush, (settle) => settle());
    },
  });

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
    rate: readings.rate,
    p95: readings.p95,
    oldest: readings.oldest,
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
      standing.load();
      stopWatching = runtime.watch(listen);
      timer = setInterval(tick, FLUSH_MS);
    },
    async close() {
      clearInterval(timer);
      stopWatching?.();
      tick();
      await incidentPart.close();
      await close();
    },
  };
}
