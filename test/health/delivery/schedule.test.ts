import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, LONGEST_BACKOFF_MS, outcomeOf, retryAfterMs } from '../../../electron/health/delivery/schedule.ts';
import { NIGHT } from '../../support/time.ts';

describe('the wait before the next attempt', () => {
  it('doubles from a second to a minute, and half of it is left to chance', () => {
    expect([1, 2, 3, 7, 50].map((attempt) => backoffMs(attempt, 0))).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const wait = backoffMs(attempt, random);
          expect(wait).toBeGreaterThanOrEqual(500);
          expect(wait).toBeLessThanOrEqual(LONGEST_BACKOFF_MS);
          expect(backoffMs(attempt + 1, random)).toBeGreaterThanOrEqual(wait);
        },
      ),
    );
  });

  it('is as long as Retry-After asks, in seconds or as a date, an hour at most', () => {
    expect(retryAfterMs('7', NIGHT)).toBe(7_000);
    expect(retryAfterMs(new Date(NIGHT + 90_000).toUTCString(), NIGHT)).toBe(90_000);
    expect(retryAfterMs(new Date(NIGHT - 90_000).toUTCString(), NIGHT)).toBe(0);
    expect(retryAfterMs('86400', NIGHT)).toBe(3_600_000);
    expect(retryAfterMs('soon', NIGHT)).toBeNull();
    expect(retryAfterMs(null, NIGHT)).toBeNull();
  });
});

describe('an answer', () => {
  it.each([200, 202, 204])('%i takes the message', (status) => {
    expect(outcomeOf(status, '', null, NIGHT)).toEqual({ kind: 'taken', note: null });
  });

  it.each([429, 500, 502, 503])('%i has it sent again, and says certainly that it was not taken', (status) => {
    expect(outcomeOf(status, 'busy', '3', NIGHT)).toEqual({
      kind: 'later',
      why: `it answered ${status}: busy`,
      doubt: false,
      retryAfterMs: 3_000,
    });
  });

  it.each([400, 401, 403, 404, 410, 302])('%i refuses it for good', (status) => {
    expect(outcomeOf(status, 'invalid', null, NIGHT).kind).toBe('refused');
  });
});
