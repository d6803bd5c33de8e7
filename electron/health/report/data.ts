import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '#contract/basic.ts';
import type { IncidentStats } from '#contract/incident.ts';
import type { ObjectiveInForce } from '#contract/objective.ts';
import type { ReportAgent, ReportData, ReportSpan } from '#contract/report.ts';
import { ratesOf, withinOf } from '../indicator/board.ts';
import { type Bucket, countsOf, latencyAt } from '../indicator/bucket.ts';
import { MINUTE_MS } from '../indicator/rollups.ts';
import { rateOf } from '../indicator/wilson.ts';
import { latencyVerdict, verdictOf } from '../objective/verdict.ts';
import { daysOf, weeksBefore } from './week.ts';

export type ReportAlert = { rule: string; isPage: boolean; told: boolean; answered: boolean };

/** What a report is made of, as it stands at its cut-off. */
export type ReportSources = {
  agents: { name: string; team: string | null; runtime: string }[];
  objectiveOf(agent: string): ObjectiveInForce;
  /** Everything of an agent that ended in [from, to). */
  sum(agent: string, from: number, to: number): Bucket;
  /** In flight past their deadline now; null when that cannot be counted. */
  overdueOf(agent: string): number | null;
  /** Why nothing is known of an agent now; undefined while something is. */
  unknownOf(agent: { name: string; runtime: string }): string | undefined;
  correctness: Map<string, NonNullable<ReportAgent['correctness']>>;
  incidents(from: number, to: number): ReportData['incidents'];
  times(from: number, to: number): IncidentStats;
  alerts(from: number, to: number): ReportAlert[];
  changes(from: number, to: number): ReportData['changes'];
  /** Canary ends in the span, which count nowhere; null when they are not counted. */
  dropped: number;
};

export type ReportFrame = {
  tool: string;
  environment: string;
  rehearsal: boolean;
  week: string;
  zone: string;
  /** Only these, where it is given. */
  only: string[] | undefined;
  now: number;
};

/** The one data set of a report. Everything that any format shows is in it. */
export function reportData(frame: ReportFrame, sources: ReportSources): ReportData {
  const { week, zone, now } = frame;
  const days = daysOf(week, zone);
  const [from = 0] = days;
  const to = days.at(-1) ?? 0;
  const cutOffAt = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const agents = sources.agents.filter(({ name }) => frame.only === undefined || frame.only.includes(name));
  const before = weeksBefore(week, 1, zone);
  const weeks4 = weeksBefore(week, 3, zone);
  // What is in flight now is overdue in the newest week; in older ones it has ended since, or counts here.
  const isNewest = cutOffAt - to < to - from;

  const rows = agents.map((agent): ReportAgent => {
    const objective = sources.objectiveOf(agent.name);
    const overdue = isNewest ? sources.overdueOf(agent.name) : 0;
    const stale = to > cutOffAt && sources.unknownOf(agent) !== undefined;
    const span = (start: number, end: number, late: number | null): ReportSpan =>
      spanOf(sources.sum(agent.name, start, Math.min(end, cutOffAt)), {
        objective,
        overdue: late,
        stale: stale || late === null,
        ms: end - start,
      });
    return {
      ...agent,
      objective: {
        success: objective.success,
        p95Ms: objective.p95Ms,
        windowMs: objective.windowMs,
        failure: [...objective.failure],
        from: objective.from,
      },
      week: span(from, to, overdue),
      before: span(before, from, 0),
      weeks4: span(weeks4, to, overdue),
      days: days.slice(0, -1).map((start, index) => {
        const until = Math.min(days[index + 1] ?? start, cutOffAt);
        return start >= until
          ? { from: start, good: 0, bad: 0 }
          : { from: start, ...countsOf(sources.sum(agent.name, start, until), objective.failure) };
      }),
      correctness: sources.correctness.get(agent.name) ?? null,
    };
  });

  return {
    version: 1,
    tool: frame.tool,
    environment: frame.environment,
    rehearsal: frame.rehearsal,
    week,
    zone,
    from,
    to,
    cutOffAt,
    agents: rows,
    incidents: sources.incidents(from, to),
    times: sources.times(weeks4, to),
    alerts: alertsOf(sources.alerts(from, to)),
    drills: [],
    changes: sources.changes(from, to),
    exclusions: exclusionsOf(rows, sources, { from, to, cutOffAt, only: frame.only }),
  };
}

/** SHA-256 of a data set, hex: the same data is the same report. */
export function hashOf(data: ReportData): string {
  return createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(data)) as Json))
    .digest('hex');
}

type SpanFrame = { objective: ObjectiveInForce; overdue: number | null; stale: boolean; ms: number };

function spanOf(bucket: Bucket, { objective, overdue, stale, ms }: SpanFrame): ReportSpan {
  const { success, firstAttempt } = ratesOf(bucket, objective.failure, overdue ?? 0);
  const within = objective.p95Ms === null ? null : withinOf(bucket);
  const { succeeded, failed, timedOut, rejected, cancelled, inDoubt } = bucket;
  const allowed = success.total * (1 - objective.success);
  return {
    verdict: verdictOf(success, objective.success, stale),
    success,
    firstAttempt,
    retryLift:
      success.estimate === null || firstAttempt.estimate === null ? null : success.estimate - firstAttempt.estimate,
    overdue: overdue ?? 0,
    ends: { succeeded, failed, timedOut, rejected, cancelled, inDoubt, overdue },
    marks: { ...bucket.marks },
    latency: {
      p50Ms: latencyAt(bucket, 0.5),
      p95Ms: latencyAt(bucket, 0.95),
      p99Ms: latencyAt(bucket, 0.99),
      within,
      verdict: within === null ? null : latencyVerdict(within, stale),
    },
    budgetSpent: success.total === 0 ? null : (success.total - success.good) / allowed,
    availability: {
      goodMinutes: bucket.goodMinutes,
      measuredMinutes: bucket.measuredMinutes,
      coverage: Math.min(1, (bucket.measuredMinutes * MINUTE_MS) / ms),
    },
    costUsd: bucket.costUsd,
    costPerSuccessUsd: succeeded === 0 ? null : bucket.costUsd / succeeded,
    tokens: { in: bucket.tokensIn, out: bucket.tokensOut },
  };
}

function alertsOf(alerts: ReportAlert[]): ReportData['alerts'] {
  const pages = alerts.filter((alert) => alert.isPage && alert.told);
  const byRule = Map.groupBy(alerts, ({ rule }) => rule);
  return {
    fired: alerts.length,
    pages: pages.length,
    precision: rateOf(pages.filter(({ answered }) => answered).length, pages.length),
    rules: [...byRule]
      .map(([rule, of]) => ({ rule, fired: of.length, pages: of.filter((each) => each.isPage && each.told).length }))
      .toSorted((a, b) => b.fired - a.fired || a.rule.localeCompare(b.rule)),
  };
}

function exclusionsOf(
  rows: ReportAgent[],
  sources: ReportSources,
  { from, to, cutOffAt, only }: { from: number; to: number; cutOffAt: number; only: string[] | undefined },
): ReportData['exclusions'] {
  const cancelled = rows.reduce((sum, row) => sum + row.week.ends.cancelled, 0);
  const uncounted = rows.filter((row) => row.week.ends.overdue === null).map((row) => row.name);
  const left = sources.agents.filter(({ name }) => only !== undefined && !only.includes(name));
  return [
    { what: 'tasks that a person cancelled', count: cancelled, why: 'a cancel is neither good nor bad' },
    { what: 'canaries', count: null, why: 'they are the desk’s own tasks, and watched apart' },
    ...(sources.dropped > 0
      ? [
          {
            what: 'events refused at ingest',
            count: sources.dropped,
            why: 'they could not be read; since the desk’s first day',
          },
        ]
      : []),
    ...(to > cutOffAt ? [{ what: 'the rest of the week', count: null, why: 'it is not over' }] : []),
    ...(uncounted.length > 0
      ? [{ what: `overdue tasks of ${uncounted.join(', ')}`, count: null, why: 'they could not be counted' }]
      : []),
    ...(left.length > 0
      ? [
          {
            what: `agents ${left.map(({ name }) => name).join(', ')}`,
            count: left.length,
            why: 'this report was made without them',
          },
        ]
      : []),
    ...rows
      .filter((row) => row.week.success.total === 0)
      .map((row) => ({
        what: `a verdict on ${row.name}`,
        count: null,
        why: `nothing of it ended from ${iso(from)} on`,
      })),
  ];
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
