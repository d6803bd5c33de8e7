import type { AlertRuleFile, Replay } from '#contract/alert.ts';
import type { FailureSwitch, Objective } from '#contract/objective.ts';
import { addBucket, type Bucket, countsOf, emptyBucket, latencyAt } from '../indicator/bucket.ts';
import type { AlertEvent } from './life.ts';
import type { Signal } from './rules.ts';
import { isOfNow, type NowMeasure, ruleWhen, valueText } from './words.ts';

/** What a rule of a file is judged by. */
export type Readings = {
  agents(): readonly string[];
  objective(agent: string): Pick<Objective, 'success' | 'failure'>;
  /** All that ended in [from, now]. */
  sum(agent: string, from: number, now: number): Bucket;
  /** Of this moment; null where it is not known. */
  now(agent: string, measure: NowMeasure, at: number): number | null;
};

/** Whether an agent is one of those that a rule names. */
export function concerns({ agent: pattern }: AlertRuleFile, agent: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith('*') ? agent.startsWith(pattern.slice(0, -1)) : agent === pattern;
}

/** @returns null where nothing can be said: nothing ended that it could be measured by, or too little */
export function measured(
  { measure, atLeast }: AlertRuleFile,
  sum: Bucket,
  { success, failure }: { success: number; failure: readonly FailureSwitch[] },
): number | null {
  const { good, bad } = countsOf(sum, failure);
  const ends = good + bad;
  if (ends < atLeast) return null;
  switch (measure) {
    case 'success-rate':
      return ends === 0 ? null : good / ends;
    case 'failed':
      return bad;
    case 'burn':
      return ends === 0 ? null : bad / ends / (1 - success);
    case 'p95': {
      const ms = latencyAt(sum, 0.95);
      return ms === null ? null : ms / 1_000;
    }
    case 'retries':
      return sum.retried;
    case 'cost':
      return sum.costUsd;
    case 'cost-per-success':
      return sum.succeeded === 0 ? null : sum.costUsd / sum.succeeded;
    case 'unverified':
      return sum.marks.unverified;
    case 'ends':
      return ends;
    case 'queued':
    case 'waiting':
    case 'oldest':
    case 'overdue':
      return null;
  }
}

export function eventOf({ above, below }: AlertRuleFile, value: number | null): AlertEvent {
  if (value === null) return 'no-data';
  return (above !== undefined && value > above) || (below !== undefined && value < below) ? 'holds' : 'cleared';
}

/** What the rules of files say of every agent they concern. */
export function fileSignals(rules: readonly AlertRuleFile[], readings: Readings, now: number): Signal[] {
  const agents = readings.agents();
  return rules.flatMap((rule) =>
    agents
      .filter((agent) => concerns(rule, agent))
      .map((agent) => {
        const value = isOfNow(rule.measure)
          ? readings.now(agent, rule.measure, now)
          : measured(rule, readings.sum(agent, now - rule.window, now), readings.objective(agent));
        return signalOf(rule, agent, value);
      }),
  );
}

function signalOf(rule: AlertRuleFile, agent: string, value: number | null): Signal {
  const text = value === null ? 'not enough data' : valueText(rule.measure, value);
  return {
    rule: rule.name,
    kind: `file:${rule.name}`,
    severity: rule.severity,
    forMs: rule.for,
    subject: agent,
    event: eventOf(rule, value),
    title: `${agent}: ${rule.description ?? ruleWhen({ ...rule, agent })}`,
    fires: `${rule.name} of ${agent}: ${text}`,
    clears: `${rule.name} of ${agent}: ${text}`,
    agents: [agent],
    labels: { agent, measure: rule.measure },
    value: text,
    error: null,
  };
}

const MINUTE_MS = 60_000;

/**
 * What a rule would have done over past minutes, each judged at its end by the window up to it. Minutes without data change
 * nothing, as in life.
 * @param minutes of [from - window, to), oldest first, empty ones left out
 */
export function replay(
  rule: AlertRuleFile,
  minutes: readonly { start: number; bucket: Bucket }[],
  objective: { success: number; failure: readonly FailureSwitch[] },
  from: number,
  to: number,
): Pick<Replay['rules'][number], 'judgedMinutes' | 'fired'> {
  const fired: Replay['rules'][number]['fired'] = [];
  const widest = Math.max(MINUTE_MS, rule.window);
  let judgedMinutes = 0;
  let since: number | null = null;
  let open: Replay['rules'][number]['fired'][number] | undefined;
  let first = 0;
  let next = 0;
  // Before its first minute nothing is known of an agent: that is no quiet.
  const known = (minutes[0]?.start ?? Number.POSITIVE_INFINITY) + MINUTE_MS;
  for (let end = Math.max(known, Math.ceil(from / MINUTE_MS) * MINUTE_MS); end <= to; end += MINUTE_MS) {
    while (next < minutes.length && (minutes[next]?.start ?? 0) < end) next += 1;
    while (first < next && (minutes[first]?.start ?? 0) < end - widest) first += 1;
    const sum = emptyBucket();
    for (const { bucket } of minutes.slice(first, next)) addBucket(sum, bucket);
    const value = measured(rule, sum, objective);
    const event = eventOf(rule, value);
    if (event === 'no-data') continue;
    judgedMinutes += 1;
    if (event === 'cleared') {
      if (open) open.to = end;
      open = undefined;
      since = null;
      continue;
    }
    since ??= end;
    if (open === undefined && end - since >= rule.for) {
      open = { from: end, to: null, value: value === null ? '' : valueText(rule.measure, value) };
      fired.push(open);
    }
  }
  return { judgedMinutes, fired };
}
