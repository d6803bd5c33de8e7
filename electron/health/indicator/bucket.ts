import { z } from 'zod';
import type { FailureSwitch } from '#contract/agent.ts';
import type { MarkCounts } from '#contract/health.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import {
  addSpread,
  addValue,
  countOf,
  emptySpread,
  packSpread,
  type Spread,
  takeValue,
  unpackSpread,
  valueAt,
} from './spread.ts';

/** A p99 of fewer tasks is the word of a handful. */
export const P99_FROM = 500;

/** Bits of a success's combination, by the switch of an objective that makes it a failure. */
const COMBO_BITS = { failed: 0, retried: 1, slow: 2, incorrect: 4 } as const satisfies Record<FailureSwitch, number>;
const COMBOS = 8;

const NO_MARKS: MarkCounts = {
  retried: 0,
  slow: 0,
  deferred: 0,
  fallback: 0,
  partial: 0,
  unverified: 0,
  reviewed: 0,
  incorrect: 0,
};
const MARKS = Object.keys(NO_MARKS) as (keyof MarkCounts)[];

const count = z.number().default(0);
const storedSchema = z
  .object({
    succeeded: z.number(),
    failed: z.number(),
    timedOut: count,
    rejected: count,
    cancelled: z.number(),
    inDoubt: z.number(),
    firstAttempt: z.number(),
    retried: z.number(),
    combos: z.array(z.number()).length(COMBOS).optional(),
    marks: z
      .object(Object.fromEntries(MARKS.map((mark) => [mark, count])) as Record<keyof MarkCounts, typeof count>)
      .optional(),
    withinP95: count,
    toolless: count,
    costUsd: z.number(),
    costOfSuccessUsd: z.number().optional(),
    tokensIn: z.number(),
    tokensOut: z.number(),
    measuredMinutes: count,
    goodMinutes: count,
    lastSuccessAt: z.number().nullable(),
    lastEndAt: z.number().nullable(),
    rehearsal: z.boolean(),
  })
  // Version 0.2 stored fewer counts: what it knew of successes is whether they were retried.
  .transform(({ combos, marks, costOfSuccessUsd, ...rest }) => ({
    ...rest,
    combos: combos ?? [rest.firstAttempt, rest.succeeded - rest.firstAttempt, 0, 0, 0, 0, 0, 0],
    marks: marks ?? { ...NO_MARKS, retried: rest.succeeded - rest.firstAttempt },
    costOfSuccessUsd: costOfSuccessUsd ?? rest.costUsd,
  }));

/** What ended in one span of time, of one agent and type: counts, and latencies. Buckets add up. */
export type Bucket = {
  succeeded: number;
  /** Failed otherwise than by a time limit. */
  failed: number;
  timedOut: number;
  rejected: number;
  cancelled: number;
  /** Ended in doubt, and no person has said yet what became of it. */
  inDoubt: number;
  /** Successes of which the first attempt sufficed. */
  firstAttempt: number;
  /** Ends of any kind that took more than one attempt. */
  retried: number;
  /** Successes by what could be said against them: a sum of the bits retried 1, slow 2, incorrect 4. */
  combos: number[];
  /** Successes by mark; one may have several. */
  marks: MarkCounts;
  /** Successes within the latency bound that was in force; those beyond it have the mark slow. */
  withinP95: number;
  /** Successes that called no tool, where it is known. */
  toolless: number;
  /** Of all ends, US dollars. */
  costUsd: number;
  costOfSuccessUsd: number;
  tokensIn: number;
  tokensOut: number;
  /** Minutes in which something ended that counts, and those that were within the objective in force. */
  measuredMinutes: number;
  goodMinutes: number;
  lastSuccessAt: number | null;
  lastEndAt: number | null;
  rehearsal: boolean;
  /** From accepted to end, ms: what those wait who asked. */
  latency: Spread;
  /** From the first start to end, ms. */
  running: Spread;
};

/** A bucket without its latencies. */
export type Counts = Omit<Bucket, 'latency' | 'running'>;

export function emptyBucket(): Bucket {
  return {
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    rejected: 0,
    cancelled: 0,
    inDoubt: 0,
    firstAttempt: 0,
    retried: 0,
    combos: new Array<number>(COMBOS).fill(0),
    marks: { ...NO_MARKS },
    withinP95: 0,
    toolless: 0,
    costUsd: 0,
    costOfSuccessUsd: 0,
    tokensIn: 0,
    tokensOut: 0,
    measuredMinutes: 0,
    goodMinutes: 0,
    lastSuccessAt: null,
    lastEndAt: null,
    rehearsal: false,
    latency: emptySpread(),
    running: emptySpread(),
  };
}

/**
 * Counts one end into a bucket, in place: this runs for every task.
 *
 * @param boundMs the latency bound in force, null for none
 * @param weight -1 takes back one that was counted; the moments of the newest ends stay
 */
export function countEnd(bucket: Bucket, ended: TaskEnded, boundMs: number | null, weight: 1 | -1 = 1): void {
  const { task, firstAttempt } = ended;
  const endedAt = task.endedAt ?? task.acceptedAt;
  bucket.costUsd += weight * task.costUsd;
  bucket.tokensIn += weight * task.tokensIn;
  bucket.tokensOut += weight * task.tokensOut;
  if (!firstAttempt) bucket.retried += weight;
  if (ended.end === 'in-doubt') {
    bucket.inDoubt += weight;
    return;
  }
  if (weight === 1) bucket.lastEndAt = Math.max(bucket.lastEndAt ?? 0, endedAt);
  if (task.marks.includes('rehearsal')) bucket.rehearsal = true;
  if (ended.end === 'cancelled') {
    bucket.cancelled += weight;
    return;
  }
  // A clock set back must not make a negative latency.
  const tookMs = Math.max(0, endedAt - task.acceptedAt);
  const change = weight === 1 ? addValue : takeValue;
  change(bucket.latency, tookMs);
  if (task.startedAt !== null) change(bucket.running, Math.max(0, endedAt - task.startedAt));
  switch (ended.end) {
    case 'succeeded':
      countSuccess(bucket, ended, boundMs !== null && tookMs > boundMs, weight);
      if (boundMs !== null && tookMs <= boundMs) bucket.withinP95 += weight;
      if (weight === 1) bucket.lastSuccessAt = Math.max(bucket.lastSuccessAt ?? 0, endedAt);
      return;
    case 'failed':
      bucket.failed += weight;
      return;
    case 'timed-out':
      bucket.timedOut += weight;
      return;
    case 'rejected':
      bucket.rejected += weight;
      return;
  }
}

function countSuccess(
  bucket: Bucket,
  { task, firstAttempt, toolless }: TaskEnded,
  slow: boolean,
  weight: 1 | -1,
): void {
  const incorrect = task.marks.includes('incorrect');
  bucket.succeeded += weight;
  bucket.costOfSuccessUsd += weight * task.costUsd;
  if (firstAttempt) bucket.firstAttempt += weight;
  else bucket.marks.retried += weight;
  if (slow) bucket.marks.slow += weight;
  if (toolless === true) bucket.toolless += weight;
  const combo =
    (firstAttempt ? 0 : COMBO_BITS.retried) | (slow ? COMBO_BITS.slow : 0) | (incorrect ? COMBO_BITS.incorrect : 0);
  bucket.combos[combo] = (bucket.combos[combo] ?? 0) + weight;
  for (const mark of task.marks) {
    // These two are counted by what is known of the end itself.
    if (mark !== 'rehearsal' && mark !== 'retried' && mark !== 'slow') bucket.marks[mark] += weight;
  }
}

/**
 * Good and bad ends, by what an objective takes for a failure. A person's cancel is neither; what is overdue has not ended,
 * and is added to the bad ones by who knows it.
 */
export function countsOf(bucket: Counts, failure: readonly FailureSwitch[]): { good: number; bad: number } {
  const mask = failure.reduce((bits, each) => bits | COMBO_BITS[each], 0);
  let good = 0;
  for (let combo = 0; combo < COMBOS; combo += 1) if ((combo & mask) === 0) good += bucket.combos[combo] ?? 0;
  const bad = bucket.failed + bucket.timedOut + bucket.rejected + bucket.inDoubt + bucket.succeeded - good;
  return { good, bad };
}

/** Adds `from` to `into`, in place. */
export function addBucket(into: Bucket, from: Bucket): void {
  into.succeeded += from.succeeded;
  into.failed += from.failed;
  into.timedOut += from.timedOut;
  into.rejected += from.rejected;
  into.cancelled += from.cancelled;
  into.inDoubt += from.inDoubt;
  into.firstAttempt += from.firstAttempt;
  into.retried += from.retried;
  for (let combo = 0; combo < COMBOS; combo += 1) {
    into.combos[combo] = (into.combos[combo] ?? 0) + (from.combos[combo] ?? 0);
  }
  for (const mark of MARKS) into.marks[mark] += from.marks[mark];
  into.withinP95 += from.withinP95;
  into.toolless += from.toolless;
  into.costUsd += from.costUsd;
  into.costOfSuccessUsd += from.costOfSuccessUsd;
  into.tokensIn += from.tokensIn;
  into.tokensOut += from.tokensOut;
  into.measuredMinutes += from.measuredMinutes;
  into.goodMinutes += from.goodMinutes;
  into.lastSuccessAt = newest(into.lastSuccessAt, from.lastSuccessAt);
  into.lastEndAt = newest(into.lastEndAt, from.lastEndAt);
  into.rehearsal ||= from.rehearsal;
  addSpread(into.latency, from.latency);
  addSpread(into.running, from.running);
}

/** Whether two buckets say the same: sums of money to a millionth, for they were added in another order. */
export function sameBucket(a: Bucket, b: Bucket): boolean {
  return comparable(a) === comparable(b);
}

function comparable({ latency, running, costUsd, costOfSuccessUsd, ...counts }: Bucket): string {
  const money = [costUsd, costOfSuccessUsd].map((usd) => Math.round(usd * 1e6));
  const sketches = [latency, running].flatMap((spread) => [
    countOf(spread),
    ...(countOf(spread) === 0 ? [] : [0.1, 0.5, 0.9, 0.95, 0.99].map((at) => Math.round(valueAt(spread, at)))),
  ]);
  return JSON.stringify([Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)), money, sketches]);
}

function newest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** A percentile of the latencies from accepted to end, ms; null when there are none. p99: only of enough. */
export function latencyAt(bucket: Bucket, quantile: number): number | null {
  return quantileOf(bucket.latency, quantile);
}

/** A percentile of the times from start to end, ms; null when there are none. p99: only of enough. */
export function runningAt(bucket: Bucket, quantile: number): number | null {
  return quantileOf(bucket.running, quantile);
}

function quantileOf(spread: Spread, quantile: number): number | null {
  const count = countOf(spread);
  if (count === 0 || (quantile === 0.99 && count < P99_FROM)) return null;
  return Math.round(valueAt(spread, quantile));
}

/** As it is stored: counts as JSON, latencies packed. */
export type PackedBucket = { body: string; latency: Uint8Array; running: Uint8Array | null };

export function packBucket(bucket: Bucket): PackedBucket {
  const { latency, running, ...counts } = bucket;
  return { body: JSON.stringify(counts), latency: packSpread(latency), running: packSpread(running) };
}

/** @param packed `running` is null where an older version stored it */
export function unpackBucket({ body, latency, running }: PackedBucket): Bucket {
  return {
    ...storedSchema.parse(JSON.parse(body)),
    latency: unpackSpread(latency),
    running: running === null ? emptySpread() : unpackSpread(running),
  };
}

/** The counts of a stored bucket alone: its sketches are dear to read. */
export function unpackCounts(body: string): Counts {
  return storedSchema.parse(JSON.parse(body));
}
