import type { RateLimit } from '#contract/basic.ts';
import { bucketAt, tokenInMs } from './bucket.ts';

/*
 * The pace of a provider, shared by all agents: so many calls at once, so many started in a span. Pure; the engine holds
 * one a provider and keeps the calls that must wait in the order in which they came.
 */

/** Calls under way, and a token bucket as it stood at `at`. */
export type Throttle = { inFlight: number; tokens: number; at: number };

export type ThrottleLimits = { concurrency?: number | undefined; rate?: RateLimit | undefined };

/** A full bucket holds what may start in one span: a quiet minute is not saved up beyond it. */
export function freshThrottle(limits: ThrottleLimits, now: number): Throttle {
  return { inFlight: 0, tokens: limits.rate?.count ?? 0, at: now };
}

function refilled(throttle: Throttle, rate: RateLimit, now: number): Throttle {
  return { ...throttle, ...bucketAt(throttle, rate, now) };
}

/**
 * Whether a call may start now; the throttle has it counted then.
 * @returns how long to wait otherwise, ms; null: until a call under way ends
 */
export function start(
  throttle: Throttle,
  limits: ThrottleLimits,
  now: number,
): { throttle: Throttle } & ({ started: true } | { started: false; waitMs: number | null }) {
  const { concurrency, rate } = limits;
  if (concurrency !== undefined && throttle.inFlight >= concurrency) return { started: false, waitMs: null, throttle };
  if (rate === undefined) return { started: true, throttle: { ...throttle, inFlight: throttle.inFlight + 1 } };
  const next = refilled(throttle, rate, now);
  if (next.tokens < 1) return { started: false, waitMs: tokenInMs(next, rate), throttle: next };
  return { started: true, throttle: { ...next, inFlight: next.inFlight + 1, tokens: next.tokens - 1 } };
}

/** A call ended. */
export function finish(throttle: Throttle): Throttle {
  return { ...throttle, inFlight: Math.max(0, throttle.inFlight - 1) };
}
