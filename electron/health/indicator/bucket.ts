import { DDSketch } from '@datadog/sketches-js';
import { z } from 'zod';
import type { TaskEnded } from '#contract/runtime.ts';

/** Relative error of every percentile shown. */
export const RELATIVE_ERROR = 0.01;

const countsSchema = z.object({
  succeeded: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  inDoubt: z.number(),
  /** Successes of which the first attempt sufficed. */
  firstAttempt: z.number(),
  retried: z.number(),
  costUsd: z.number(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  lastSuccessAt: z.number().nullable(),
  lastEndAt: z.number().nullable(),
  rehearsal: z.boolean(),
});
type Counts = z.infer<typeof countsSchema>;

/** What ended in one span of time, of one agent: counts, and latencies from accepted to end. Buckets add up. */
export type Bucket = Counts & { latency: DDSketch };

export function emptyBucket(): Bucket {
  return {
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    inDoubt: 0,
    firstAttempt: 0,
    retried: 0,
    costUsd: 0,
    tokensIn: 0,
    tokensOut: 0,
    lastSuccessAt: null,
    lastEndAt: null,
    rehearsal: false,
    latency: new DDSketch({ relativeAccuracy: RELATIVE_ERROR }),
  };
}

/** Counts one end into a bucket, in place: this runs for every task. */
export function countEnd(bucket: Bucket, { task, firstAttempt }: TaskEnded): void {
  const endedAt = task.endedAt ?? task.acceptedAt;
  bucket.lastEndAt = Math.max(bucket.lastEndAt ?? 0, endedAt);
  bucket.costUsd += task.costUsd;
  bucket.tokensIn += task.tokensIn;
  bucket.tokensOut += task.tokensOut;
  if (!firstAttempt) bucket.retried += 1;
  if (task.marks.includes('rehearsal')) bucket.rehearsal = true;
  if (task.state === 'cancelled') {
    bucket.cancelled += 1;
    return;
  }
  // A clock set back must not make a negative latency.
  bucket.latency.accept(Math.max(0, endedAt - task.acceptedAt));
  if (task.state === 'succeeded') {
    bucket.succeeded += 1;
    if (firstAttempt) bucket.firstAttempt += 1;
    bucket.lastSuccessAt = Math.max(bucket.lastSuccessAt ?? 0, endedAt);
  } else if (task.state === 'in-doubt') bucket.inDoubt += 1;
  else bucket.failed += 1;
}

/** Adds `from` to `into`, in place. */
export function addBucket(into: Bucket, from: Bucket): void {
  into.succeeded += from.succeeded;
  into.failed += from.failed;
  into.cancelled += from.cancelled;
  into.inDoubt += from.inDoubt;
  into.firstAttempt += from.firstAttempt;
  into.retried += from.retried;
  into.costUsd += from.costUsd;
  into.tokensIn += from.tokensIn;
  into.tokensOut += from.tokensOut;
  into.lastSuccessAt = newest(into.lastSuccessAt, from.lastSuccessAt);
  into.lastEndAt = newest(into.lastEndAt, from.lastEndAt);
  into.rehearsal ||= from.rehearsal;
  if (from.latency.count > 0) into.latency.merge(from.latency);
}

function newest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** A percentile of the latencies in ms, null when there are none. */
export function latencyAt(bucket: Bucket, quantile: number): number | null {
  return bucket.latency.count === 0 ? null : Math.round(bucket.latency.getValueAtQuantile(quantile));
}

/** As it is stored: counts as JSON, the sketch as its protobuf. */
export function packBucket(bucket: Bucket): { body: string; sketch: Uint8Array } {
  const { latency, ...counts } = bucket;
  return { body: JSON.stringify(counts), sketch: latency.toProto() };
}

export function unpackBucket(body: string, sketch: Uint8Array): Bucket {
  return { ...countsSchema.parse(JSON.parse(body)), latency: DDSketch.fromProto(sketch) };
}
