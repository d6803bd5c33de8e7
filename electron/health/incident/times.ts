import type { IncidentTimes, SpanStat } from '#contract/incident.ts';

/*
 * When an incident began to hurt, when it stopped, and what the times of many come to. Pure.
 */

const MINUTE_MS = 60_000;
/** So many good minutes, one measured after the other, end a run of bad ones. */
export const RECOVERED_MINUTES = 5;

/** How a minute went for the agents concerned. `quiet`: nothing ended. */
export type Minute = { start: number; state: 'bad' | 'good' | 'quiet' };

/** A minute is bad when it failed more than its objective allows. */
export function minuteState(good: number, bad: number, objective: number): Minute['state'] {
  if (good + bad === 0) return 'quiet';
  return bad / (good + bad) > 1 - objective ? 'bad' : 'good';
}

/** The same minute of several agents: bad when it was for one of them. */
export function worstOf(states: readonly Minute['state'][]): Minute['state'] {
  if (states.includes('bad')) return 'bad';
  return states.includes('good') ? 'good' : 'quiet';
}

/**
 * The first bad minute of the run that was going on when the incident was detected, or the first one after it; and the end
 * of the last bad one, once `RECOVERED_MINUTES` good ones followed.
 *
 * @param minutes oldest first, up to now
 */
export function impactOf(
  minutes: readonly Minute[],
  detectedAt: number,
): Pick<IncidentTimes, 'impactAt' | 'mitigatedAt'> {
  const before = minutes.filter((minute) => minute.start <= detectedAt);
  let impactAt: number | null = null;
  let good = 0;
  for (const minute of before.toReversed()) {
    if (minute.state === 'bad') {
      impactAt = minute.start;
      good = 0;
    } else if (minute.state === 'good') good += 1;
    if (good >= RECOVERED_MINUTES) break;
  }
  impactAt ??= minutes.find((minute) => minute.start > detectedAt && minute.state === 'bad')?.start ?? null;
  if (impactAt === null) return { impactAt: null, mitigatedAt: null };
  const last = minutes.findLast((minute) => minute.state === 'bad')?.start ?? impactAt;
  const since = minutes.filter((minute) => minute.start > last && minute.state === 'good').length;
  return { impactAt, mitigatedAt: since >= RECOVERED_MINUTES ? last + MINUTE_MS : null };
}

/** A span of one incident; `lasting`: it is not over, and is this long by now. Null: not measured. */
export type Span = { ms: number; lasting: boolean } | null;

/** The three spans of an incident. An alert before the first bad minute detected in no time. */
export function spansOf(times: IncidentTimes, now: number): { detect: Span; mitigate: Span; resolve: Span } {
  const { impactAt, detectedAt, mitigatedAt, resolvedAt } = times;
  const from = Math.min(impactAt ?? detectedAt, detectedAt);
  const until = (at: number | null): Span => ({ ms: Math.max(0, (at ?? now) - from), lasting: at === null });
  return {
    detect: impactAt === null ? null : { ms: Math.max(0, detectedAt - impactAt), lasting: false },
    mitigate: impactAt === null ? null : until(mitigatedAt),
    resolve: until(resolvedAt),
  };
}

/**
 * Median and 90th percentile. What lasts counts with what it is by now: a quantile that it may still move is a lower bound.
 */
export function statOf(spans: readonly Span[]): SpanStat {
  const known = spans.filter((span) => span !== null).toSorted((a, b) => a.ms - b.ms);
  const n = known.length;
  const at = (index: number): number | null => known[index]?.ms ?? null;
  // The mean of the two in the middle; the nearest rank for the 90th.
  const [low, high] = [at(Math.ceil(n / 2) - 1), at(Math.floor(n / 2))];
  const p90Ms = at(Math.ceil(n * 0.9) - 1);
  const movable = (bound: number | null): boolean =>
    bound !== null && known.some((span) => span.lasting && span.ms <= bound);
  return {
    n,
    lasting: known.filter((span) => span.lasting).length,
    unmeasured: spans.length - n,
    medianMs: low === null || high === null ? null : Math.round((low + high) / 2),
    medianAtLeast: movable(high),
    p90Ms,
    p90AtLeast: movable(p90Ms),
  };
}
