import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Amount,
  dayOf,
  emptyPurse,
  fits,
  levelOf,
  nextDay,
  type Purse,
  reserve,
  settleCall,
  shareOf,
  turnDay,
} from '../../../electron/runner/guard/budget.ts';

const T0 = Date.UTC(2026, 10, 24, 12);
const spentOf = (usd: number, tokens = 0): Purse => ({ ...emptyPurse(T0), spent: { usd, tokens } });

describe('a daily budget', () => {
  it('is warned of at 80 % and reached at 100 %, by money or by tokens, whichever is further', () => {
    expect([7.9, 8, 9.99, 10, 12].map((usd) => levelOf(spentOf(usd), { daily: 10 }))).toEqual([
      'fine',
      'warned',
      'warned',
      'reached',
      'reached',
    ]);
    expect(shareOf({ usd: 1, tokens: 900 }, { daily: 10, tokens: 1_000 })).toBe(0.9);
    expect(shareOf({ usd: 1, tokens: 900 }, {})).toBeNull();
    expect(levelOf(spentOf(1_000_000), {})).toBe('fine');
  });

  it('refuses a call whose worst case would pass it, counting the worst of those under way', () => {
    const purse = reserve(spentOf(8), { usd: 1, tokens: 100 });
    expect(fits(purse, { daily: 10 }, { usd: 1, tokens: 0 })).toBe(true);
    expect(fits(purse, { daily: 10 }, { usd: 1.01, tokens: 0 })).toBe(false);
    expect(fits(purse, { tokens: 150 }, { usd: 0, tokens: 51 })).toBe(false);
  });

  it('lets nothing begin once it is reached, not even what costs nothing', () => {
    expect(fits(spentOf(10), { daily: 10 }, { usd: 0, tokens: 0 })).toBe(false);
  });

  it('begins again at midnight UTC; calls under way stay reserved, and a clock set back opens no old day', () => {
    const purse = reserve(spentOf(8), { usd: 1, tokens: 5 });
    expect(nextDay(T0)).toBe(Date.UTC(2026, 10, 25));
    expect(turnDay(purse, nextDay(T0) - 1)).toEqual(purse);
    expect(turnDay(purse, nextDay(T0))).toEqual({
      day: '2026-11-25',
      spent: { usd: 0, tokens: 0 },
      reserved: { usd: 1, tokens: 5 },
    });
    expect(turnDay(purse, T0 - 86_400_000)).toEqual(purse);
  });

  it('is never passed by calls that cost at most what was reserved for them (any order of calls and ends)', () => {
    // Cents, so that sums are exact.
    const event = fc.oneof(
      fc.record({ kind: fc.constant('call' as const), worst: fc.integer({ min: 0, max: 500 }) }),
      fc.record({
        kind: fc.constant('end' as const),
        which: fc.nat(),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), fc.integer({ min: 100, max: 2_000 }), (events, daily) => {
        let purse = emptyPurse(T0);
        // The model: a list of calls under way, and a sum.
        const underWay: Amount[] = [];
        let sum = 0;
        for (const each of events) {
          if (each.kind === 'call') {
            const worst = { usd: each.worst, tokens: 0 };
            const reserved = underWay.reduce((total, one) => total + one.usd, 0);
            const expected = sum < daily && sum + reserved + each.worst <= daily;
            expect(fits(purse, { daily }, worst)).toBe(expected);
            if (!expected) continue;
            purse = reserve(purse, worst);
            underWay.push(worst);
          } else if (underWay.length > 0) {
            const [worst] = underWay.splice(each.which % underWay.length, 1);
            if (worst === undefined) continue;
            const cost = Math.floor(worst.usd * each.part);
            sum += cost;
            purse = settleCall(purse, worst, { usd: cost, tokens: 0 });
          }
          expect(purse.spent.usd).toBe(sum);
          expect(purse.reserved.usd).toBe(underWay.reduce((total, one) => total + one.usd, 0));
          expect(purse.spent.usd).toBeLessThanOrEqual(daily);
        }
      }),
    );
  });

  it('knows the day of any moment, and the next one is after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
        const next = nextDay(at);
        return next > at && next - at <= 86_400_000 && dayOf(next) > dayOf(at) && dayOf(next - 1) === dayOf(at);
      }),
    );
  });
});
