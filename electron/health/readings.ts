import type { Objective } from '#contract/agent.ts';
import type { Rate } from '#contract/health.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import type { IncidentRow } from '../store/incident.ts';
import type { NowMeasure } from './alert/words.ts';
import { agentsOf } from './incident/incident.ts';
import { countsOf, latencyAt } from './indicator/bucket.ts';
import { HOUR_MS, type LiveRollups, MINUTE_MS } from './indicator/rollups.ts';
import { rateOf } from './indicator/wilson.ts';

/** What an incident costs is counted over this much of its end at most, ms. */
const TOUCHES_MS = 2 * HOUR_MS;

export type ReadingsOptions = {
  rollups: Pick<LiveRollups, 'sum' | 'history' | 'buckets'>;
  snapshot(): RuntimeSnapshot;
  /** The oldest task in an agent's queue. */
  oldestQueued(agent: string): { acceptedAt: number } | undefined;
  overdueOf(agent: string): number | null;
  /** What counts as a failure of an agent. */
  failureOf(agent: string): Objective['failure'];
  now(): number;
};

/** Single numbers of an agent or an incident, as runbooks, rules of files and cards ask for them. */
export function createReadings(options: ReadingsOptions) {
  const { rollups, now, failureOf } = options;

  /** What a rule of a file measures of this moment; null where it is not known. */
  function ofNow(agent: string, measure: NowMeasure, at: number): number | null {
    const lane = options.snapshot().lanes.find((each) => each.agent === agent);
    switch (measure) {
      case 'queued':
        return lane?.queued ?? null;
      case 'waiting':
        return lane?.waiting ?? null;
      case 'oldest': {
        if (lane === undefined) return null;
        const oldest = options.oldestQueued(agent);
        return oldest === undefined ? 0 : Math.max(0, at - oldest.acceptedAt) / 1_000;
      }
      case 'overdue':
        return options.overdueOf(agent);
    }
  }

  /** Bad ends of an agent in [from, until], by the minutes that memory holds. */
  function badBetween(agent: string, from: number, until: number): number {
    let bad = 0;
    for (let start = Math.floor(from / MINUTE_MS) * MINUTE_MS; start <= until; start += MINUTE_MS) {
      for (const bucket of rollups.buckets('minute', agent, start)) bad += countsOf(bucket, failureOf(agent)).bad;
    }
    return bad;
  }

  return {
    ofNow,
    /** Success in the last `windowMs`, to the minute. */
    rate(agent: string, windowMs: number): Rate {
      const { good, bad } = countsOf(rollups.sum('minute', agent, now() - windowMs, now()), failureOf(agent));
      return rateOf(good, good + bad);
    },
    /** Accepted to end of 95 of 100 tasks in the last `windowMs`, ms. */
    p95: (agent: string, windowMs: number): number | null =>
      latencyAt(rollups.sum('minute', agent, now() - windowMs, now()), 0.95),
    /** Age of the oldest task in its queue, ms. */
    oldest(agent: string): number | null {
      const seconds = ofNow(agent, 'oldest', now());
      return seconds === null ? null : seconds * 1_000;
    },
    /** Good and bad ends by minute in [from, to). */
    minutes: (agent: string, from: number, to: number): { start: number; good: number; bad: number }[] =>
      rollups
        .history('minute', agent, from, to)
        .map(({ start, bucket }) => ({ start, ...countsOf(bucket, failureOf(agent)) })),
    /** What an incident costs, in one line. */
    touches(row: IncidentRow): string {
      const agents = agentsOf(row);
      const until = row.resolved_at ?? now();
      const from = Math.max(row.opened_at, until - TOUCHES_MS);
      const failed = agents.reduce((sum, agent) => sum + badBetween(agent, from, until), 0);
      const lanes = options.snapshot().lanes.filter((lane) => agents.includes(lane.agent));
      const waiting = lanes.reduce((sum, lane) => sum + lane.queued + lane.waiting, 0);
      return `${failed} failed, ${waiting} waiting`;
    },
  };
}
