import type { AgentDefinition } from '#contract/agent.ts';
import type { ErrorClass, TaskError } from '#contract/task.ts';

export type RetryPolicy = AgentDefinition['nightdesk']['retry'];

/** Whether another attempt can help. Everything else would fail the same way again. */
export function isRetryable(errorClass: ErrorClass): boolean {
  switch (errorClass) {
    case 'transient':
    case 'rate-limited':
    case 'timeout':
    case 'tool':
    case 'worker-lost':
      return true;
    case 'auth':
    case 'bad-request':
    case 'content':
    case 'context-length':
    case 'incorrect':
    case 'diverged':
    case 'cancelled':
    case 'definition':
    case 'loop':
    case 'limit':
      return false;
  }
}

/** Whether an error speaks against the provider that answered with it, and so counts for its breaker. */
export function blamesProvider(errorClass: ErrorClass): boolean {
  return (
    errorClass === 'transient' || errorClass === 'rate-limited' || errorClass === 'timeout' || errorClass === 'auth'
  );
}

/**
 * Exponential backoff with full jitter (a uniform draw from 0 to the exponential bound, as in AWS's "Exponential Backoff
 * And Jitter"), never below what was asked for by Retry-After where nobody else can serve.
 * @param failures attempts that have failed so far, 1 or more
 * @param random in [0, 1)
 * @param elsewhere the route leads to another provider; the one that asked to wait is left alone by its cooldown
 * @returns ms to wait
 */
export function backoffMs(
  policy: RetryPolicy,
  failures: number,
  error: TaskError,
  random: number,
  elsewhere: boolean,
): number {
  const bound = Math.min(policy.max, policy.initial * policy.factor ** (failures - 1));
  const drawn = policy.jitter === 'full' ? bound * random : bound;
  const asked = elsewhere && error.class === 'rate-limited' ? 0 : (error.retryAfterMs ?? 0);
  return Math.round(Math.max(drawn, asked));
}

/**
 * What happens after a failed attempt.
 * @param elsewhere the route leads to another provider: one that refuses our key does not speak for it
 */
export function afterFailure(
  policy: RetryPolicy,
  failures: number,
  error: TaskError,
  random: number,
  elsewhere: boolean,
): { retry: true; backoffMs: number } | { retry: false } {
  const mendable = isRetryable(error.class) || (error.class === 'auth' && elsewhere);
  if (!mendable || failures >= policy.attempts) return { retry: false };
  return { retry: true, backoffMs: backoffMs(policy, failures, error, random, elsewhere) };
}
