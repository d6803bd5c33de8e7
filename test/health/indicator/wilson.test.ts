import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOf } from '../../../electron/health/indicator/wilson.ts';

describe('a rate', () => {
  // R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), Table I,
  // method 3 (score, without continuity correction).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i has the interval of the literature', (good, total, low, high) => {
    const rate = rateOf(good, total);
    expect(rate.low).toBeCloseTo(low, 4);
    expect(rate.high).toBeCloseTo(high, 4);
    expect(rate.estimate).toBe(good / total);
  });

  it('of nothing measured is no estimate and the whole interval', () => {
    expect(rateOf(0, 0)).toEqual({ good: 0, total: 0, estimate: null, low: 0, high: 1 });
  });

  it('does not collapse where all or none is good', () => {
    expect(rateOf(10, 10).low).toBeLessThan(0.75);
    expect(rateOf(0, 10).high).toBeGreaterThan(0.25);
  });
});

describe('for any counts, the interval', () => {
  const counts = fc
    .integer({ min: 1, max: 1_000_000 })
    .chain((total) => fc.tuple(fc.integer({ min: 0, max: total }), fc.constant(total)));

  it('lies within 0 and 1 and holds the estimate', () => {
    fc.assert(
      fc.property(counts, ([good, total]) => {
        const { low, high } = rateOf(good, total);
        const estimate = good / total;
        // A last bit of rounding may separate them at 0 and 1.
        return 0 <= low && low <= estimate + 1e-12 && estimate - 1e-12 <= high && high <= 1;
      }),
    );
  });

  it('of the bad is that of the good, mirrored', () => {
    fc.assert(
      fc.property(counts, ([good, total]) => {
        const right = rateOf(good, total);
        const wrong = rateOf(total - good, total);
        expect(wrong.low).toBeCloseTo(1 - right.high, 10);
        expect(wrong.high).toBeCloseTo(1 - right.low, 10);
      }),
    );
  });

  it('gets narrower with ten times the tasks at the same rate', () => {
    fc.assert(
      fc.property(counts, ([good, total]) => {
        const few = rateOf(good, total);
        const many = rateOf(good * 10, total * 10);
        return many.high - many.low < few.high - few.low;
      }),
    );
  });

  it('moves up with every good end', () => {
    fc.assert(
      fc.property(counts, ([good, total]) => {
        if (good === total) return true;
        const less = rateOf(good, total);
        const more = rateOf(good + 1, total);
        return more.low >= less.low && more.high >= less.high;
      }),
    );
  });
});
