import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOf } from '../../../electron/health/indicator/wilson.ts';
import {
  judgeLatency,
  judgeSuccess,
  pageThresholds,
  type WindowCounts,
} from '../../../electron/health/objective/burn.ts';
import { forecastCost } from '../../../electron/health/objective/forecast.ts';
import { forecastSignal } from '../../../electron/health/objective/signals.ts';
import { burnDownOf, errorBudgetOf, verdictOf } from '../../../electron/health/objective/verdict.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 24, 12);
const NOTHING = { good: 0, bad: 0 };

function counts(change: Partial<WindowCounts>): WindowCounts {
  return {
    '5m': NOTHING,
    '15m': NOTHING,
    '30m': NOTHING,
    '1h': NOTHING,
    '2h': NOTHING,
    '6h': NOTHING,
    '1d': NOTHING,
    '3d': NOTHING,
    ...change,
  };
}

/** The same counts in every window from the shortest on. */
function everywhere(good: number, bad: number): WindowCounts {
  const both = { good, bad };
  return { '5m': both, '15m': both, '30m': both, '1h': both, '2h': both, '6h': both, '1d': both, '3d': both };
}

describe('a verdict', () => {
  it.each([
    ['met', 1_000, 1_000],
    ['missed', 950, 1_000],
    // 99.0 %, with an interval of 98.2 to 99.5 %: chance can make it of either.
    ['insufficient-data', 990, 1_000],
    ['insufficient-data', 19, 19],
    ['unknown', 0, 0],
  ])('is %s for %i good of %i against 99 %%', (verdict, good, total) => {
    expect(verdictOf(rateOf(good, total), 0.99)).toBe(verdict);
  });

  it('is unknown where the newest numbers are missing, however good the old ones are', () => {
    expect(verdictOf(rateOf(1_000, 1_000), 0.99, true)).toBe('unknown');
  });

  it('never says met where the estimate misses, nor missed where it keeps', () => {
    fc.assert(
      fc.property(
        fc.nat(5_000),
        fc.nat(500),
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (good, bad, objective) => {
          const rate = rateOf(good, good + bad);
          const verdict = verdictOf(rate, objective);
          if (verdict === 'met') expect(rate.estimate).toBeGreaterThanOrEqual(objective);
          if (verdict === 'missed') expect(rate.estimate).toBeLessThan(objective);
        },
      ),
    );
  });
});

describe('the burn rules', () => {
  it('page at thresholds that the budget allows to be reached', () => {
    expect(pageThresholds(0.1)).toEqual({ fast: 3.5, slow: 2.5 });
    expect(pageThresholds(0.05).fast).toBeCloseTo(7);
    expect(pageThresholds(0.05).slow).toBeCloseTo(4);
    expect(pageThresholds(0.001)).toEqual({ fast: 14.4, slow: 6 });
  });

  it('want three failures: two of two in an hour wake nobody', () => {
    const of = (bad: number) => judgeSuccess(everywhere(0, bad), 0.01)['success-burn-fast'].event;
    expect([of(2), of(3)]).toEqual(['uncertain', 'holds']);
  });

  it('want it to go on: an hour that burns with a good last 5 minutes is over', () => {
    const burning = { '1h': { good: 40, bad: 60 }, '2h': { good: 40, bad: 60 }, '6h': { good: 40, bad: 60 } };
    const calm = { '5m': { good: 20, bad: 0 }, '15m': { good: 30, bad: 10 }, '30m': { good: 40, bad: 30 } };
    const judged = judgeSuccess(counts({ ...burning, ...calm, '30m': { good: 40, bad: 0 } }), 0.01);
    expect(judged['success-burn-fast'].event).toBe('cleared');
    expect(
      judgeSuccess(counts({ ...burning, ...calm, '30m': { good: 0, bad: 30 } }), 0.01)['success-burn-fast'].event,
    ).toBe('holds');
  });

  it('are never over because nothing ended: without data they say so, and an empty hour after a bad one is not calm', () => {
    expect(Object.values(judgeSuccess(counts({}), 0.01)).map(({ event }) => event)).toEqual([
      'no-data',
      'no-data',
      'no-data',
    ]);
    expect(judgeLatency(counts({})).event).toBe('no-data');
    // 10 of 10 failed two hours ago, after 100 that went well; then nothing.
    const silent = counts({ '6h': { good: 100, bad: 10 }, '2h': { good: 0, bad: 10 }, '1d': { good: 100, bad: 10 } });
    expect(judgeSuccess(silent, 0.05)['success-burn-fast'].event).toBe('uncertain');
  });

  it('call it a collapse when five failed in a quarter of an hour, and certainly more than 30 %', () => {
    const of = (good: number, bad: number) => judgeSuccess(everywhere(good, bad), 0.05)['success-collapse'].event;
    expect([of(0, 4), of(0, 5), of(10, 10), of(100, 1)]).toEqual(['uncertain', 'holds', 'uncertain', 'cleared']);
    expect(of(40, 40)).toBe('holds');
  });

  it('hold a latency bound by exact counting: 35 % beyond it is a ticket, 5 % is not', () => {
    expect(judgeLatency(everywhere(60, 40)).event).toBe('holds');
    expect(judgeLatency(everywhere(95, 5)).event).toBe('cleared');
  });

  it('judge the same counts the same, and never hold and be over at once, for any counts', () => {
    const pair = fc.record({ good: fc.nat(200), bad: fc.nat(200) });
    const grown = fc.array(pair, { minLength: 8, maxLength: 8 }).map((steps) => {
      // Windows contain each other.
      let sum = NOTHING;
      const sums = steps.map((step) => {
        sum = { good: sum.good + step.good, bad: sum.bad + step.bad };
        return sum;
      });
      const [a = sum, b = sum, c = sum, d = sum, e = sum, f = sum, g = sum, h = sum] = sums;
      return { '5m': a, '15m': b, '30m': c, '1h': d, '2h': e, '6h': f, '1d': g, '3d': h };
    });
    fc.assert(
      fc.property(grown, fc.constantFrom(0.1, 0.05, 0.01, 0.001), (windows, budget) => {
        const judged = judgeSuccess(windows, budget);
        const fast = judged['success-burn-fast'];
        if (fast.event !== 'holds') return;
        expect(windows[fast.window].bad).toBeGreaterThanOrEqual(3);
        expect(fast.burn).toBeGreaterThan(Math.min(...Object.values(pageThresholds(budget))));
      }),
    );
  });
});

describe('the error budget', () => {
  const of = (window: { good: number; bad: number }, last: { good: number; bad: number }) =>
    errorBudgetOf(0.99, { window, '1h': last, '6h': last }, 30 * DAY, NOON);

  it('is what the window allows, what was used of it, and how fast', () => {
    const budget = of({ good: 990, bad: 10 }, { good: 90, bad: 10 });
    expect(budget).toMatchObject({ bad: 10 });
    expect(budget.allowed).toBeCloseTo(10);
    expect(budget.spent).toBeCloseTo(1);
    expect(budget.burn1h).toBeCloseTo(10);
    expect(of(NOTHING, NOTHING)).toMatchObject({ spent: null, burn1h: null, burn6h: null, exhaustedAt: null });
  });

  it('is used up when the pace of 6 hours says so, now when it is, and never at a pace within it', () => {
    // 100 allowed, 50 left; 6 hours used 12 and brought 2: 10 in 6 hours.
    const at = of({ good: 9_950, bad: 50 }, { good: 188, bad: 12 }).exhaustedAt;
    expect((at ?? 0) - NOON).toBeCloseTo(30 * HOUR, -3);
    expect(of({ good: 900, bad: 100 }, { good: 9, bad: 1 }).exhaustedAt).toBe(NOON);
    expect(of({ good: 9_950, bad: 50 }, { good: 199, bad: 1 }).exhaustedAt).toBeNull();
  });

  it('burns down part by part, with a gap where nothing ended', () => {
    const parts = [
      { at: 1, good: 9, bad: 1 },
      { at: 2, good: 0, bad: 0 },
      { at: 3, good: 8, bad: 2 },
    ];
    expect(burnDownOf(parts, 4)).toEqual([
      { at: 1, left: 0.75 },
      { at: 2, left: null },
      { at: 3, left: 0.25 },
    ]);
  });
});

describe('the forecast of a day', () => {
  it('goes on as the last hours went where few days are known', () => {
    const costAt = (hour: number) => (hour >= NOON - 6 * HOUR && hour < NOON ? 1 : undefined);
    const forecast = forecastCost(costAt, 6, 15, NOON);
    expect(forecast).toMatchObject({ basis: 'last-hours' });
    expect(forecast.forecastUsd).toBeCloseTo(18);
    expect(forecast.reachedAt).toBe(NOON + 9 * HOUR);
  });

  it('knows that evenings are quiet, and that today goes twice as fast', () => {
    const usual = (hour: number) => (new Date(hour).getUTCHours() < 18 ? 1 : 0.1);
    const today = NOON - 12 * HOUR;
    const costAt = (hour: number) =>
      hour < NOON - 7 * DAY - 12 * HOUR || hour >= NOON ? undefined : hour >= today ? 2 * usual(hour) : usual(hour);
    const forecast = forecastCost(costAt, 24, 40, NOON);
    // Six more hours of 2, then six of 0.2.
    expect(forecast).toMatchObject({ basis: 'past-days', reachedAt: null });
    expect(forecast.forecastUsd).toBeCloseTo(24 + 12 + 1.2);
    expect(forecastCost(costAt, 24, 30, NOON).reachedAt).toBe(NOON + 3 * HOUR);
  });

  it('says nothing from next to nothing', () => {
    expect(forecastCost(() => undefined, 0, 10, NOON)).toMatchObject({ forecastUsd: null, reachedAt: null });
  });

  it('is a ticket of the rule budget-forecast, until it is spent: then another rule speaks', () => {
    const hourly = (usd: number) => (hour: number) => (hour >= NOON - 6 * HOUR && hour < NOON ? usd : undefined);
    const said = (spentUsd: number, budgetUsd: number, costAt: (hour: number) => number | undefined) =>
      forecastSignal('triage', budgetUsd, forecastCost(costAt, spentUsd, budgetUsd, NOON));
    expect(said(6, 15, hourly(1))).toMatchObject({
      rule: 'budget-forecast',
      severity: 'ticket',
      subject: 'agent:triage',
      event: 'holds',
      title: 'The budget of triage will not last: $18.00 of $15.00 by the end of the day',
    });
    expect(said(6, 20, hourly(1)).event).toBe('cleared');
    expect(said(20, 20, hourly(1)).event).toBe('uncertain');
    expect(said(0, 20, () => undefined).event).toBe('uncertain');
  });
});
