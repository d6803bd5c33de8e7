import type { RateLimit } from '#contract/basic.ts';

/*
 * A token bucket: it holds what may start in one span at most, and fills evenly. Pure. In any span no more than twice the
 * limit starts, over many spans no more than the limit.
 */

/** Tokens as they stood at `at`, ms. */
export type Bucket = { tokens: number; at: number };

/** A full bucket: a quiet span is saved up, and no more than that. */
export function fullBucket(rate: RateLimit, now: number): Bucket {
  return { tokens: rate.count, at: now };
}

/** The bucket now. A clock set back adds nothing, and does not stop the filling. */
export function bucketAt(bucket: Bucket, rate: RateLimit, now: number): Bucket {
  const gained = (Math.max(0, now - bucket.at) * rate.count) / rate.perMs;
  return { tokens: Math.min(rate.count, bucket.tokens + gained), at: now };
}

/** How long until the next whole token, ms; 0 when there is one. */
export function tokenInMs(bucket: Bucket, rate: RateLimit): number {
  if (bucket.tokens >= 1) return 0;
  return Math.max(1, Math.ceil(((1 - bucket.tokens) * rate.perMs) / rate.count));
}
