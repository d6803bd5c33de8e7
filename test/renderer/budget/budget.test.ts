import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetWord, dayEnd, forecastUsd } from '../../../renderer/budget/budget.ts';

const DAY = '2026-11-24';
const DAWN = Date.parse(`${DAY}T00:00:00Z`);
const HOUR_MS = 3_600_000;

describe('where a budget leads at the pace of the day', () => {
  it('is never less than what is spent, and just that at the end of the day', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: HOUR_MS, max: 24 * HOUR_MS }),
        (usd, ms) => {
          const forecast = forecastUsd({ usd, day: DAY }, DAWN + ms);
          expect(forecast).toBeGreaterThanOrEqual(usd);
        },
      ),
    );
    expect(forecastUsd({ usd: 3, day: DAY }, DAWN + 24 * HOUR_MS)).toBe(3);
  });

  it('is twice what is spent at noon', () => {
    expect(forecastUsd({ usd: 3, day: DAY }, DAWN + 12 * HOUR_MS)).toBe(6);
  });

  it('is not told in the first half hour', () => {
    expect(forecastUsd({ usd: 3, day: DAY }, DAWN + 60_000)).toBeNull();
  });

  it('starts anew at midnight, UTC', () => {
    expect(dayEnd(DAWN)).toBe(DAWN + 24 * HOUR_MS);
    expect(dayEnd(DAWN - 1)).toBe(DAWN);
  });

  it('says reached in red, and nothing of a budget that is none', () => {
    expect(budgetWord({ level: 'reached', share: 1 }).tone).toBe('now');
    expect(budgetWord({ level: 'warned', share: 0.9 }).tone).toBe('soon');
    expect(budgetWord({ level: 'fine', share: null }).word).toBe('No budget');
  });
});
