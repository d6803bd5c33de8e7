/*
 * A Bernoulli CUSUM over verdicts: the sum of evidence that outputs are incorrect more often than the objective allows. Its
 * steps are whole numbers (Reynolds and Stoumbos, 1999), so that it is a finite Markov chain whose run lengths are computed
 * exactly, and its false alarms can be stated. Pure.
 */

export type Cusum = {
  /** Share of incorrect outputs that the objective allows, and the one it is tuned to find soonest. */
  p0: number;
  p1: number;
  /** A correct verdict takes 1 off, an incorrect one adds `up`; the sum never falls below 0. */
  up: number;
  /** It alarms at this sum. */
  limit: number;
  /** Verdicts to a false alarm, on average. */
  falseAlarmIn: number;
};

/** One false alarm in so many verdicts at least: at ten verdicts a day, one in more than a year. */
export const FALSE_ALARM_IN = 4_000;

/** @param p0 share of incorrect outputs in control, above 0 and below 0.5 */
export function designCusum(p0: number, falseAlarmIn = FALSE_ALARM_IN): Cusum {
  const wanted = Math.min(0.9, Math.max(3 * p0, p0 + 0.02));
  // r2 / r1 of the likelihood ratio, made whole: p1 moves a little with it.
  const up = Math.max(1, Math.round(ratio(p0, wanted)) - 1);
  const p1 = tunedTo(p0, up + 1);
  let low = 1;
  let high = 1;
  while (runLength({ up, limit: high }, p0) < falseAlarmIn) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (runLength({ up, limit: middle }, p0) < falseAlarmIn) low = middle + 1;
    else high = middle;
  }
  return { p0, p1, up, limit: low, falseAlarmIn: runLength({ up, limit: low }, p0) };
}

/** Good verdicts that weigh as much as one bad one takes: what a bad one adds, over what a good one takes off, plus 1. */
function ratio(p0: number, p1: number): number {
  const good = Math.log((1 - p0) / (1 - p1));
  return Math.log((p1 * (1 - p0)) / (p0 * (1 - p1))) / good;
}

/** The p1 at which the ratio is exactly `whole`: it falls as p1 rises. */
function tunedTo(p0: number, whole: number): number {
  let low = p0 * (1 + 1e-9);
  let high = 1 - 1e-9;
  for (let n = 0; n < 100; n += 1) {
    const middle = (low + high) / 2;
    if (ratio(p0, middle) > whole) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The sum after a verdict; it stays at the limit when it would go over it. */
export function stepCusum({ up, limit }: Pick<Cusum, 'up' | 'limit'>, sum: number, correct: boolean): number {
  return correct ? Math.max(0, sum - 1) : Math.min(limit, sum + up);
}

/**
 * Verdicts until it alarms, on average, from 0 on, when a share `p` of the outputs is incorrect. Exact: with E(i) the length
 * from sum i, E(i) = 1 + (1 - p) E(i - 1) + p E(i + up), solved from the limit down as E(i) = a(i) + b(i) E(i - 1).
 */
export function runLength({ up, limit }: Pick<Cusum, 'up' | 'limit'>, p: number): number {
  const a = new Float64Array(limit);
  const b = new Float64Array(limit);
  for (let i = limit - 1; i >= 1; i -= 1) {
    const above = chain(a, b, i, up, limit);
    const rest = 1 - p * above.factor;
    a[i] = (1 + p * above.constant) / rest;
    b[i] = (1 - p) / rest;
  }
  const above = chain(a, b, 0, up, limit);
  return (1 + p * above.constant) / (p - p * above.factor);
}

/** E(from + up) as constant + factor * E(from). */
function chain(a: Float64Array, b: Float64Array, from: number, up: number, limit: number) {
  if (from + up >= limit) return { constant: 0, factor: 0 };
  let constant = 0;
  let factor = 1;
  for (let i = from + up; i > from; i -= 1) {
    constant += factor * (a[i] ?? 0);
    factor *= b[i] ?? 0;
  }
  return { constant, factor };
}

/** Where the watch stands after these verdicts, oldest first: it alarms at the limit, and until the sum is back at half. */
export function watchOf(cusum: Cusum, verdicts: Iterable<boolean>): { level: number; alarm: boolean } {
  let sum = 0;
  let alarm = false;
  for (const correct of verdicts) {
    sum = stepCusum(cusum, sum, correct);
    if (sum >= cusum.limit) alarm = true;
    else if (sum <= cusum.limit / 2) alarm = false;
  }
  return { level: sum / cusum.limit, alarm };
}
