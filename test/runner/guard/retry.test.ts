import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorClassSchema, type TaskError } from '#contract/task.ts';
import { afterFailure, backoffMs, type RetryPolicy } from '../../../electron/runner/guard/retry.ts';

const policy: RetryPolicy = { attempts: 5, initial: 1_000, factor: 2, max: 60_000, jitter: 'full' };
const transient: TaskError = { class: 'transient', message: '529 overloaded' };

describe('the wait before the next attempt', () => {
  it('is drawn from zero to a bound that doubles up to the cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const ms = backoffMs(policy, failures, transient, random, false);
          return ms >= 0 && ms <= Math.min(60_000, 1_000 * 2 ** (failures - 1));
        },
      ),
    );
  });

  it('is never shorter than the provider asked for, unless another one can serve meanwhile', () => {
    const asked: TaskError = { ...transient, class: 'rate-limited', retryAfterMs: 30_000 };
    expect(backoffMs(policy, 1, asked, 0.1, false)).toBe(30_000);
    expect(backoffMs(policy, 1, asked, 0.1, true)).toBe(100);
    expect(backoffMs(policy, 1, { ...asked, class: 'tool' }, 0.1, true)).toBe(30_000);
  });

  it('is the bound itself without jitter', () => {
    expect([1, 2, 3, 7, 8].map((n) => backoffMs({ ...policy, jitter: 'none' }, n, transient, 0.5, false))).toEqual([
      1_000, 2_000, 4_000, 60_000, 60_000,
    ]);
  });
});

describe('whether an attempt is followed by another', () => {
  it('ends at the policy’s attempts', () => {
    expect(afterFailure(policy, 4, transient, 0.5, true).retry).toBe(true);
    expect(afterFailure(policy, 5, transient, 0.5, true).retry).toBe(false);
  });

  it('retries only what another attempt can mend', () => {
    const retried = (elsewhere: boolean) =>
      errorClassSchema.options.filter(
        (name) => afterFailure(policy, 1, { class: name, message: '' }, 0, elsewhere).retry,
      );
    expect(retried(false)).toEqual(['transient', 'rate-limited', 'timeout', 'tool', 'worker-lost']);
    // A key that one provider refuses is no reason to fail where the route leads to another.
    expect(retried(true)).toEqual(['transient', 'rate-limited', 'auth', 'timeout', 'tool', 'worker-lost']);
  });

  it('does what a simple model does: so many tries, each wait within its bounds (any run of errors)', () => {
    const error = fc.record({
      class: fc.constantFrom(...errorClassSchema.options),
      message: fc.constant('it failed'),
      retryAfterMs: fc.integer({ min: 0, max: 200_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(error, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (errors, attempts, random) => {
          const mendable = ['transient', 'rate-limited', 'timeout', 'tool', 'worker-lost'];
          const fatal = errors.findIndex((each) => !mendable.includes(each.class));
          const expected = Math.min(attempts, fatal < 0 ? errors.length + 1 : fatal + 1);
          let tries = 1;
          for (const each of errors) {
            const next = afterFailure({ ...policy, attempts }, tries, each, random, false);
            if (!next.retry) break;
            const bound = Math.min(60_000, 1_000 * 2 ** (tries - 1));
            expect(next.backoffMs).toBeGreaterThanOrEqual(each.retryAfterMs);
            expect(next.backoffMs).toBeLessThanOrEqual(Math.max(bound, each.retryAfterMs));
            tries += 1;
          }
          expect(tries).toBe(expected);
        },
      ),
    );
  });
});
