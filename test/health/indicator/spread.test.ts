import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSpread,
  addValue,
  countOf,
  emptySpread,
  packSpread,
  RELATIVE_ERROR,
  type Spread,
  takeValue,
  unpackSpread,
  valueAt,
} from '../../../electron/health/indicator/spread.ts';

const values = fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 120 });
const QUANTILES = [0, 0.1, 0.5, 0.9, 0.95, 0.99, 1];

function spreadOf(list: number[]): Spread {
  const spread = emptySpread();
  for (const value of list) addValue(spread, value);
  return spread;
}

const quantiles = (spread: Spread): number[] => QUANTILES.map((quantile) => valueAt(spread, quantile));

describe('a spread', () => {
  it('gives the value at a rank within 1 %, few values or many', () => {
    fc.assert(
      fc.property(values, (list) => {
        const spread = spreadOf(list);
        const sorted = list.toSorted((a, b) => a - b);
        expect(countOf(spread)).toBe(list.length);
        for (const quantile of QUANTILES) {
          const exact = sorted[Math.floor(quantile * (list.length - 1))] ?? 0;
          expect(Math.abs(valueAt(spread, quantile) - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR + 1e-6);
        }
      }),
    );
  });

  it('is the same of the same values, in whatever parts they came', () => {
    fc.assert(
      fc.property(values, fc.nat(), (list, at) => {
        const cut = at % (list.length + 1);
        const merged = spreadOf(list.slice(cut));
        addSpread(merged, spreadOf(list.slice(0, cut)));
        expect(countOf(merged)).toBe(list.length);
        expect(quantiles(merged)).toEqual(quantiles(spreadOf(list)));
      }),
    );
  });

  it('comes back from the disk as it was', () => {
    fc.assert(
      fc.property(values, (list) => {
        const spread = spreadOf(list);
        const again = unpackSpread(packSpread(spread));
        expect(countOf(again)).toBe(list.length);
        expect(quantiles(again)).toEqual(quantiles(spread));
      }),
    );
    expect(countOf(unpackSpread(packSpread(emptySpread())))).toBe(0);
  });

  it('gives a value back that it held', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 5_000_000 }), (list, more) => {
        const spread = spreadOf([...list, more]);
        takeValue(spread, more);
        expect(countOf(spread)).toBe(list.length);
        for (const [index, quantile] of QUANTILES.entries()) {
          const plain = quantiles(spreadOf(list))[index] ?? 0;
          expect(Math.abs(valueAt(spread, quantile) - plain)).toBeLessThanOrEqual(plain * 2 * RELATIVE_ERROR + 1e-6);
        }
      }),
    );
  });
});
