import type { BreakerState } from '#contract/provider.ts';

/*
 * The circuit breaker of a provider: a value and pure transitions, so that it can be stored, shown and tested against a
 * model. closed -(too many errors)-> open -(cool-down over)-> half-open -(probes succeed)-> closed, or -(one fails)-> open.
 */

/** Calls are judged over this span, ms. */
export const WINDOW_MS = 60_000;
/** Fewer calls in the window than this never open a breaker by rate. */
const MIN_CALLS = 10;
/** Share of errors in the window that opens it. */
const OPEN_AT = 0.5;
/** So many failures in a row open it at once, however few the calls. */
const CONSECUTIVE = 5;
/** First cool-down, ms; it doubles with each failed probe, up to the cap. */
const COOLDOWN_MS = 15_000;
const COOLDOWN_CAP_MS = 120_000;
/** Probes that must succeed in a row to close it. */
const PROBES = 2;
/** A probe that has not answered by then is given up (its worker may be gone), and another goes out. */
export const PROBE_TIMEOUT_MS = 60_000;
const BUCKET_MS = 1_000;

type Bucket = { second: number; calls: number; errors: number };

export type Breaker = {
  state: BreakerState;
  since: number;
  /** When an open breaker lets the next probe through; null unless open. */
  probeAt: number | null;
  cooldownMs: number;
  /** When the half-open probe went out that has not answered yet. */
  probingSince: number | null;
  probesHeld: number;
  consecutive: number;
  buckets: Bucket[];
};

export function closedBreaker(now: number): Breaker {
  return {
    state: 'closed',
    since: now,
    probeAt: null,
    cooldownMs: COOLDOWN_MS,
    probingSince: null,
    probesHeld: 0,
    consecutive: 0,
    buckets: [],
  };
}

/** Calls and errors in the window that ends now. */
export function tally(breaker: Breaker, now: number): { calls: number; errors: number } {
  const from = (now - WINDOW_MS) / BUCKET_MS;
  let calls = 0;
  let errors = 0;
  for (const bucket of breaker.buckets) {
    if (bucket.second <= from) continue;
    calls += bucket.calls;
    errors += bucket.errors;
  }
  return { calls, errors };
}

function count(breaker: Breaker, failed: boolean, now: number): Bucket[] {
  const second = Math.floor(now / BUCKET_MS);
  const kept = breaker.buckets.filter((bucket) => bucket.second > second - WINDOW_MS / BUCKET_MS);
  const last = kept.at(-1);
  const error = failed ? 1 : 0;
  if (last && last.second >= second) {
    return [...kept.slice(0, -1), { ...last, calls: last.calls + 1, errors: last.errors + error }];
  }
  return [...kept, { second, calls: 1, errors: error }];
}

function opened(breaker: Breaker, now: number, cooldownMs: number): Breaker {
  return {
    ...breaker,
    state: 'open',
    since: now,
    probeAt: now + cooldownMs,
    cooldownMs,
    probingSince: null,
    probesHeld: 0,
  };
}

/** A call answered well. */
export function onSuccess(breaker: Breaker, now: number): Breaker {
  const next = { ...breaker, buckets: count(breaker, false, now), consecutive: 0 };
  if (breaker.state !== 'half-open') return next;
  const probesHeld = breaker.probesHeld + 1;
  if (probesHeld < PROBES) return { ...next, probingSince: null, probesHeld };
  return { ...closedBreaker(now), buckets: next.buckets };
}

/** A call failed in a way that speaks against the provider (not against the request). */
export function onFailure(breaker: Breaker, now: number): Breaker {
  const next = { ...breaker, buckets: count(breaker, true, now), consecutive: breaker.consecutive + 1 };
  switch (breaker.state) {
    case 'open':
      return next;
    case 'half-open':
      return opened(next, now, Math.min(breaker.cooldownMs * 2, COOLDOWN_CAP_MS));
    case 'closed': {
      const { calls, errors } = tally(next, now);
      const byRate = calls >= MIN_CALLS && errors / calls >= OPEN_AT;
      return byRate || next.consecutive >= CONSECUTIVE ? opened(next, now, COOLDOWN_MS) : next;
    }
  }
}

/** A probe ended without an answer that speaks for or against the provider (cancelled, bad request). */
export function onInconclusive(breaker: Breaker): Breaker {
  return breaker.state === 'half-open' ? { ...breaker, probingSince: null } : breaker;
}

/** The clock was set back by so much: nothing of it lasts longer for that. */
export function setBack(breaker: Breaker, byMs: number): Breaker {
  return {
    ...breaker,
    since: breaker.since - byMs,
    probeAt: breaker.probeAt === null ? null : breaker.probeAt - byMs,
    probingSince: breaker.probingSince === null ? null : breaker.probingSince - byMs,
    buckets: breaker.buckets.map((bucket) => ({ ...bucket, second: bucket.second - Math.round(byMs / BUCKET_MS) })),
  };
}

/** Time passed: an open breaker whose cool-down is over goes half-open. */
export function onTime(breaker: Breaker, now: number): Breaker {
  if (breaker.state !== 'open' || breaker.probeAt === null || now < breaker.probeAt) return breaker;
  return { ...breaker, state: 'half-open', since: now, probeAt: null, probingSince: null, probesHeld: 0 };
}

/**
 * Whether a call may go out now; a half-open breaker lets one at a time through.
 * @returns the breaker after the decision
 */
export function admit(breaker: Breaker, now: number): { admitted: boolean; breaker: Breaker } {
  const current = onTime(breaker, now);
  switch (current.state) {
    case 'closed':
      return { admitted: true, breaker: current };
    case 'open':
      return { admitted: false, breaker: current };
    case 'half-open':
      return current.probingSince !== null && now - current.probingSince < PROBE_TIMEOUT_MS
        ? { admitted: false, breaker: current }
        : { admitted: true, breaker: { ...current, probingSince: now } };
  }
}
