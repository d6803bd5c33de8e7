import type { AgentSummary, Objective } from '#contract/agent.ts';
import type { AgentHealth, BoardWindow, EndsBucket, Rate } from '#contract/health.ts';
import type { Lane, RuntimeSnapshot } from '#contract/runtime.ts';
import { type Bucket, countsOf, latencyAt, runningAt } from './bucket.ts';
import { FOREIGN_DEADLINE_MS, type ForeignAgent } from './foreign.ts';
import type { Watched } from './overdue.ts';
import { type Counted, DAY_MS, HOUR_MS, type LiveRollups, MINUTE_MS } from './rollups.ts';
import type { Stood } from './standing.ts';
import { judge } from './status.ts';
import { rateOf } from './wilson.ts';

/** How far a window looks back, from which rollups, how wide its bars are, and what holds it a week later. */
const WINDOWS: Record<BoardWindow, { ms: number; span: 'minute' | 'hour'; bars: number; past: 'hour' | 'day' }> = {
  '1h': { ms: HOUR_MS, span: 'minute', bars: 60, past: 'hour' },
  '24h': { ms: DAY_MS, span: 'hour', bars: 24, past: 'hour' },
  '7d': { ms: 7 * DAY_MS, span: 'hour', bars: 84, past: 'day' },
};
const WEEK_MS = 7 * DAY_MS;

/** What the board must know of an agent, of whatever runtime. */
export type BoardAgent = Pick<
  AgentSummary,
  'name' | 'team' | 'runtime' | 'schedule' | 'budgetDailyUsd' | 'deadlineMs' | 'expectEveryMs'
>;

export type BoardOptions = {
  rollups: LiveRollups;
  snapshot: Pick<RuntimeSnapshot, 'lanes'> & { agents: readonly BoardAgent[] };
  /** Agents of other runtimes. */
  foreign: ReadonlyMap<string, ForeignAgent>;
  /** Since when each agent stands as it does. */
  standing: ReadonlyMap<string, Stood>;
  /** What is in force for an agent. */
  objectiveOf(agent: string): Counted;
  /** Tasks in flight past their deadline; null when that could not be counted. */
  overdueOf(agent: string): number | null;
  startedAt: number;
  now: number;
  /** Why nothing is known of an agent, since when; undefined while something is. */
  unknownOf(agent: Pick<AgentSummary, 'name' | 'runtime'>): { since: number; reason: string } | undefined;
};

/** What of an agent is in flight. */
type Flight = Pick<Lane, 'intake' | 'intakeUntil' | 'queued' | 'running' | 'waiting'>;
const IDLE: Flight = { intake: 'open', intakeUntil: null, queued: 0, running: 0, waiting: 0 };

/** Every agent, with what of it is in flight: the runner's own first. */
function everyAgent({
  snapshot,
  foreign,
}: Pick<BoardOptions, 'snapshot' | 'foreign'>): { agent: BoardAgent; flight: Flight }[] {
  const lanes = new Map(snapshot.lanes.map((lane) => [lane.agent, lane]));
  const ours = snapshot.agents.map((agent) => ({ agent, flight: lanes.get(agent.name) ?? IDLE }));
  const others = [...foreign].map(([name, { runtime, queued, running }]) => ({
    agent: {
      name,
      team: null,
      runtime,
      schedule: null,
      budgetDailyUsd: null,
      deadlineMs: FOREIGN_DEADLINE_MS,
      expectEveryMs: null,
    },
    flight: { ...IDLE, queued, running },
  }));
  return [...ours, ...others];
}

/** Every agent whose tasks in flight may be overdue. */
export function watchedAgents(options: Pick<BoardOptions, 'snapshot' | 'foreign'>): Watched[] {
  return everyAgent(options).map(({ agent, flight }) => ({
    name: agent.name,
    isEmbedded: !options.foreign.has(agent.name),
    deadlineMs: agent.deadlineMs,
    inFlight: flight.queued + flight.running + flight.waiting,
  }));
}

/** One row an agent. */
export function agentRows(window: BoardWindow, options: BoardOptions): Record<string, AgentHealth> {
  return Object.fromEntries(
    everyAgent(options).map(({ agent, flight }) => [agent.name, rowOf(agent, flight, window, options)]),
  );
}

/** Rates of a bucket: good of all that ended, and of `overdue` tasks that did not; and of first attempts alone. */
export function ratesOf(bucket: Bucket, failure: Objective['failure'], overdue: number) {
  const { good, bad } = countsOf(bucket, failure);
  const total = good + bad + overdue;
  return { success: rateOf(good, total), firstAttempt: rateOf(countsOf(bucket, [...failure, 'retried']).good, total) };
}

/** Successes within the bound in force, exactly. */
export function withinOf(bucket: Bucket) {
  return rateOf(bucket.withinP95, bucket.withinP95 + bucket.marks.slow);
}

function rowOf(agent: BoardAgent, flight: Flight, window: BoardWindow, options: BoardOptions): AgentHealth {
  const { rollups, now } = options;
  const { ms, span } = WINDOWS[window];
  const objective = options.objectiveOf(agent.name);
  const overdue = options.overdueOf(agent.name);
  const sum = rollups.sum(span, agent.name, now - ms, now);
  const { success, firstAttempt } = ratesOf(sum, objective.failure, overdue ?? 0);
  const within = objective.p95Ms === null ? null : withinOf(sum);
  const silent = options.unknownOf(agent);
  const judged = judge({
    unknown: silent?.reason ?? (overdue === null ? 'tasks past their deadline cannot be counted' : null),
    success,
    objective,
    overdue: overdue ?? 0,
    within,
    lastSuccessAt: rollups.sum('hour', agent.name, now - WINDOWS['7d'].ms, now).lastSuccessAt,
    expectEveryMs: agent.expectEveryMs,
    knownSince: options.startedAt,
    now,
  });
  const standing = options.standing.get(agent.name);
  const today = new Date(now).setHours(0, 0, 0, 0);
  const { succeeded, failed, timedOut, rejected, cancelled, inDoubt, marks } = sum;
  const row: AgentHealth = {
    name: agent.name,
    team: agent.team,
    runtime: agent.runtime,
    schedule: agent.schedule,
    state: judged.state,
    since: silent?.since ?? (standing?.state === judged.state ? standing.since : now),
    reason: judged.reason,
    intake: flight.intake,
    intakeUntil: flight.intakeUntil,
    success,
    firstAttempt,
    retryLift:
      success.estimate === null || firstAttempt.estimate === null ? null : success.estimate - firstAttempt.estimate,
    counts: { succeeded, failed, timedOut, rejected, cancelled, inDoubt, overdue },
    marks,
    objective: { success: objective.success, p95Ms: objective.p95Ms, failure: [...objective.failure] },
    withinP95: within,
    p50Ms: latencyAt(sum, 0.5),
    p95Ms: latencyAt(sum, 0.95),
    p99Ms: latencyAt(sum, 0.99),
    fromStart: { p50Ms: runningAt(sum, 0.5), p95Ms: runningAt(sum, 0.95), p99Ms: runningAt(sum, 0.99) },
    availability: {
      goodMinutes: sum.goodMinutes,
      measuredMinutes: sum.measuredMinutes,
      coverage: Math.min(1, (sum.measuredMinutes * MINUTE_MS) / ms),
    },
    costUsd: sum.costUsd,
    costPerSuccessUsd: succeeded === 0 ? null : sum.costUsd / succeeded,
    tokens: { in: sum.tokensIn, out: sum.tokensOut },
    lastWeek: lastWeekOf(agent.name, window, objective, options),
    queued: flight.queued,
    running: flight.running,
    waiting: flight.waiting,
    retries: sum.retried,
    costTodayUsd: rollups.sum('hour', agent.name, today, now).costUsd,
    budgetDailyUsd: agent.budgetDailyUsd,
    lastSuccessAt: sum.lastSuccessAt,
    lastEndAt: sum.lastEndAt,
    spark: bars(window, [agent.name], options),
    rehearsal: sum.rehearsal,
  };
  return silent !== undefined || overdue === null ? unknownRow(row) : row;
}

/** The same hours a week ago; of seven days, the days. What was in flight then is not known any more. */
function lastWeekOf(
  agent: string,
  window: BoardWindow,
  { failure }: Counted,
  { rollups, now }: BoardOptions,
): AgentHealth['lastWeek'] {
  const { ms, past } = WINDOWS[window];
  const sum = rollups.past(past, agent, now - WEEK_MS - ms, now - WEEK_MS);
  return { success: ratesOf(sum, failure, 0).success, p95Ms: latencyAt(sum, 0.95) };
}

/** Ends per bar over these agents, oldest first. */
function bars(
  window: BoardWindow,
  agents: string[],
  { rollups, now, objectiveOf }: BoardOptions,
): AgentHealth['spark'] {
  const { ms, span, bars: count } = WINDOWS[window];
  const bucketMs = ms / count;
  const spanMs = span === 'minute' ? MINUTE_MS : HOUR_MS;
  const from = Math.floor(now / bucketMs) * bucketMs - (count - 1) * bucketMs;
  const good = new Array<number>(count).fill(0);
  const bad = new Array<number>(count).fill(0);
  for (const agent of agents) {
    const { failure } = objectiveOf(agent);
    for (let bar = 0; bar < count; bar += 1) {
      for (let start = from + bar * bucketMs; start < from + (bar + 1) * bucketMs; start += spanMs) {
        for (const bucket of rollups.buckets(span, agent, start)) {
          const counted = countsOf(bucket, failure);
          good[bar] = (good[bar] ?? 0) + counted.good;
          bad[bar] = (bad[bar] ?? 0) + counted.bad;
        }
      }
    }
  }
  return { bucketMs, from, good, bad };
}

/** Ends per bar over all agents, by the bar's start: those of the rows, and of agents whose file is gone. */
export function endsOf(
  window: BoardWindow,
  rows: Record<string, AgentHealth>,
  options: BoardOptions,
): { bucketMs: number; ends: Record<string, EndsBucket> } {
  const gone = [...options.rollups.agents()].filter((agent) => !(agent in rows));
  const all = bars(window, gone, options);
  for (const { spark } of Object.values(rows)) {
    for (let bar = 0; bar < all.good.length; bar += 1) {
      all.good[bar] = (all.good[bar] ?? 0) + (spark.good[bar] ?? 0);
      all.bad[bar] = (all.bad[bar] ?? 0) + (spark.bad[bar] ?? 0);
    }
  }
  const ends = Object.fromEntries(
    all.good.map((good, index) => {
      const from = all.from + index * all.bucketMs;
      return [String(from), { from, good, bad: all.bad[index] ?? 0 }];
    }),
  );
  return { bucketMs: all.bucketMs, ends };
}

/** A row of which nothing is known now: counts stand as they were, and nothing is drawn from them. */
function unknownRow(row: AgentHealth): AgentHealth {
  const nothing = (rate: Rate): Rate => ({ ...rate, estimate: null, low: 0, high: 1 });
  return {
    ...row,
    success: nothing(row.success),
    firstAttempt: nothing(row.firstAttempt),
    retryLift: null,
    withinP95: row.withinP95 && nothing(row.withinP95),
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    fromStart: { p50Ms: null, p95Ms: null, p99Ms: null },
    costPerSuccessUsd: null,
  };
}
