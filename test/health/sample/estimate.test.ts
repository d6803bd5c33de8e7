import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOf } from '../../../electron/health/indicator/wilson.ts';
import { type ClassVerdicts, estimateOf, moreToSettle } from '../../../electron/health/sample/estimate.ts';
import { randomFrom } from '../../support/storm/schedule.ts';

function evenly(correct: number, incorrect: number): ClassVerdicts {
  const verdicts = [...Array(correct).fill(true), ...Array(incorrect).fill(false)];
  return { successes: 10_000, verdicts: verdicts.map((each: boolean) => ({ correct: each, chance: 0.02 })) };
}

describe('the estimate of correctness', () => {
  it('is Wilson on the plain counts when all were drawn alike', () => {
    const estimate = estimateOf([evenly(97, 3)]);
    const plain = rateOf(97, 100);
    expect(estimate?.estimate).toBeCloseTo(0.97, 12);
    expect(estimate?.effective).toBeCloseTo(100, 9);
    expect(estimate?.low).toBeCloseTo(plain.low, 9);
    expect(estimate?.high).toBeCloseTo(plain.high, 9);
  });

  it('is nothing without a verdict, and says of how many successes it speaks', () => {
    expect(estimateOf([])).toBeNull();
    expect(estimateOf([{ successes: 500, verdicts: [] }])).toBeNull();
    const half = estimateOf([
      { successes: 600, verdicts: [{ correct: true, chance: 0.1 }] },
      { successes: 400, verdicts: [] },
    ]);
    expect(half?.coverage).toBeCloseTo(0.6);
    expect(half?.low).toBeLessThan(0.3);
  });

  it('has no bias although marked ends are drawn five times as often and are worse; its interval holds the truth', () => {
    const random = randomFrom(20_261_124);
    const kinds = [
      { successes: 4_000, chance: 0.02, correct: 0.98 },
      { successes: 1_000, chance: 0.1, correct: 0.8 },
    ];
    const truth = (4_000 * 0.98 + 1_000 * 0.8) / 5_000;
    let sum = 0;
    let naive = 0;
    let held = 0;
    const runs = 1_000;
    for (let run = 0; run < runs; run += 1) {
      const classes = kinds.map(({ successes, chance, correct }): ClassVerdicts => {
        const verdicts = [];
        for (let n = 0; n < successes; n += 1) {
          if (random() < chance) verdicts.push({ correct: random() < correct, chance });
        }
        return { successes, verdicts };
      });
      const estimate = estimateOf(classes);
      if (estimate === null) throw new Error('nothing was drawn');
      sum += estimate.estimate;
      const all = classes.flatMap(({ verdicts }) => verdicts);
      naive += all.filter(({ correct }) => correct).length / all.length;
      if (estimate.low <= truth && truth <= estimate.high) held += 1;
    }
    // The estimate's own standard error over 1,000 runs is below 0.0006; the plain share is off by 0.044.
    expect(Math.abs(sum / runs - truth)).toBeLessThan(0.0025);
    expect(truth - naive / runs).toBeGreaterThan(0.03);
    // 95 % wanted; four standard errors of 1,000 runs are 2.8 points.
    expect(held / runs).toBeGreaterThan(0.922);
  });
});

describe('how many more verdicts would settle it', () => {
  it('is none when the interval leaves the objective out, and no number when the estimate stands on it', () => {
    expect(moreToSettle({ estimate: 0.9, effective: 400 }, 400, 0.99)).toBe(0);
    expect(moreToSettle({ estimate: 0.99, effective: 100 }, 100, 0.99)).toBeNull();
  });

  it('is what it takes and no more, if the estimate stays', () => {
    const shares = fc.double({ min: 0.5, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(shares, shares, fc.integer({ min: 5, max: 5_000 }), (estimate, objective, verdicts) => {
        fc.pre(Math.abs(estimate - objective) > 0.002);
        const more = moreToSettle({ estimate, effective: verdicts }, verdicts, objective);
        if (more === null) throw new Error('some number settles it');
        const settled = (n: number): boolean => {
          const { low, high } = rateOf(estimate * n, n);
          return objective < low || objective > high;
        };
        expect(settled(verdicts + more + 1)).toBe(true);
        if (more > 1) expect(settled(verdicts + more - 1)).toBe(false);
        else if (more === 0) expect(settled(verdicts)).toBe(true);
      }),
    );
  });

  it('asks for 380 verdicts without a fault for an objective of 99 %', () => {
    expect(moreToSettle({ estimate: 1, effective: 20 }, 20, 0.99)).toBe(361);
  });
});
