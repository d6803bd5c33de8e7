import type { AgentSummary, FailureSwitch } from '#contract/agent.ts';
import type { AgentHealth, BoardWindow, EndsBucket, HealthState } from '#contract/health.ts';
import type { Lane, RuntimeSnapshot } from '#contract/runtime.ts';
import { countsOf, latencyAt } from './bucket.ts';
import { HOUR_MS, type LiveRollups, MINUTE_MS } from './rollups.ts';
import { judge } from './status.ts';
import { rateOf } from './wilson.ts';

/** How far a window looks back, from which rollups, and how wide its bars are. */
const WINDOWS: Record<BoardWindow, { ms: number; span: 'minute' | 'hour'; bars: number }> = {
  '1h': { ms: HOUR_MS, span: 'minute', bars: 60 },
  '24h': { ms: 24 * HOUR_MS, span: 'hour', bars: 24 },
  '7d': { ms: 7 * 24 * HOUR_MS, span: 'hour', bars: 84 },
};

/** Since when each agent's health stands as it does. */
export type Standing = Map<string, { state: HealthState; since: number }>;

export type BoardOptions = {
  rollups: LiveRollups;
  snapshot: RuntimeSnapshot;
  standing: Standing;
  /** What counts as a failure of an agent beside a failed task. */
  failureOf(agent: string): readonly FailureSwitch[];
  startedAt: number;
  now: number;
};

/** One row an agent. */
export function agentRows(window: BoardWindow, options: BoardOptions): Record<string, AgentHealth> {
  const lanes = new Map(options.snapshot.lanes.map((lane) => [lane.agent, lane]));
  return Object.fromEntries(
    options.snapshot.agents.map((agent) => [agent.name, rowOf(agent, lanes.get(agent.name), window, options)]),
  );
}

function rowOf(agent: AgentSummary, lane: Lane | undefined, window: BoardWindow, options: BoardOptions): AgentHealth {
  const { rollups, now } = options;
  const { ms, span } = WINDOWS[window];
  const sum = rollups.sum(span, agent.name, now - ms, now);
  const { good, bad } = countsOf(sum, options.failureOf(agent.name));
  const success = rateOf(good, good + bad);
  const p95Ms = latencyAt(sum, 0.95);
  const inFlight = (lane?.queued ?? 0) + (lane?.running ?? 0) + (lane?.waiting ?? 0);
  const judged = judge({
    success,
    objective: agent.objective,
    p95Ms,
    inFlight,
    lastEndAt: sum.lastEndAt,
    lastSuccessAt: rollups.sum('hour', agent.name, now - WINDOWS['7d'].ms, now).lastSuccessAt,
    expectEveryMs: agent.expectEveryMs,
    knownSince: options.startedAt,
    now,
  });
  const standing = options.standing.get(agent.name);
  const today = new Date(now).setHours(0, 0, 0, 0);
  return {
    name: agent.name,
    team: agent.team,
    runtime: agent.runtime,
    schedule: agent.schedule,
    state: judged.state,
    since: standing?.state === judged.state ? standing.since : now,
    reason: judged.reason,
    intake: lane?.intake ?? 'open',
    intakeUntil: lane?.intakeUntil ?? null,
    success,
    firstAttempt: rateOf(sum.firstAttempt, good + bad),
    objective: agent.objective,
    p50Ms: latencyAt(sum, 0.5),
    p95Ms,
    queued: lane?.queued ?? 0,
    running: lane?.running ?? 0,
    waiting: lane?.waiting ?? 0,
    retries: sum.retried,
    costTodayUsd: rollups.sum('hour', agent.name, today, now).costUsd,
    budgetDailyUsd: agent.budgetDailyUsd,
    lastSuccessAt: sum.lastSuccessAt,
    lastEndAt: sum.lastEndAt,
    spark: bars(window, [agent.name], options),
    rehearsal: sum.rehearsal,
  };
}

/** Ends per bar over these agents, oldest first. */
function bars(window: BoardWindow, agents: string[], { rollups, now, failureOf }: BoardOptions): AgentHealth['spark'] {
  const { ms, span, bars: count } = WINDOWS[window];
  const bucketMs = ms / count;
  const spanMs = span === 'minute' ? MINUTE_MS : HOUR_MS;
  const from = Math.floor(now / bucketMs) * bucketMs - (count - 1) * bucketMs;
  const good: number[] = [];
  const bad: number[] = [];
  for (let bar = 0; bar < count; bar += 1) {
    let ok = 0;
    let failed = 0;
    for (const agent of agents) {
      for (let start = from + bar * bucketMs; start < from + (bar + 1) * bucketMs; start += spanMs) {
        for (const bucket of rollups.buckets(span, agent, start)) {
          const counted = countsOf(bucket, failureOf(agent));
          ok += counted.good;
          failed += counted.bad;
        }
      }
    }
    good.push(ok);
    bad.push(failed);
  }
  return { bucketMs, from, good, bad };
}

/** Ends per bar over all agents, by the bar's start. */
export function endsOf(
  window: BoardWindow,
  options: BoardOptions,
): { bucketMs: number; ends: Record<string, EndsBucket> } {
  const all = bars(window, [...options.rollups.agents()], options);
  const ends = Object.fromEntries(
    all.good.map((good, index) => {
      const from = all.from + index * all.bucketMs;
      return [String(from), { from, good, bad: all.bad[index] ?? 0 }];
    }),
  );
  return { bucketMs: all.bucketMs, ends };
}
