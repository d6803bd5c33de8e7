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
 * And Jitter"), never below what the provider asked for by Retry-After.
 * @param failures attempts that have failed so far, 1 or more
 * @param random in [0, 1)
 * @returns ms to wait
 */
export function backoffMs(policy: RetryPolicy, failures: number, error: TaskError, random: number): number {
  const bound = Math.min(policy.max, policy.initial * policy.factor ** (failures - 1));
  const drawn = policy.jitter === 'full' ? bound * random : bound;
  return Math.round(Math.max(drawn, error.retryAfterMs ?? 0));
}

/** What happens after a failed attempt. */
export function afterFailure(
  policy: RetryPolicy,
  failures: number,
  error: TaskError,
  random: number,
): { retry: true; backoffMs: number } | { retry: false } {
  if (!isRetryable(error.class) || failures >= policy.attempts) return { retry: false };
  return { retry: true, backoffMs: backoffMs(policy, failures, error, random) };
}
