import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf, classOf, type DrawPlan } from '../../../electron/health/sample/draw.ts';
import { randomFrom } from '../../support/storm/schedule.ts';

const PLAN: DrawPlan = { rate: 0.02, minimum: 5, most: 50 };

/** Draws day after day, as the desk does. @returns of each day what was drawn, and the sum of the weights */
function drawDays(plan: DrawPlan, volumes: number[], random: () => number) {
  let dayBefore = 0;
  return volumes.map((volume) => {
    let taken = 0;
    let weights = 0;
    for (let seen = 0; seen < volume; seen += 1) {
      const chance = chanceOf(plan, 'usual', { seen, taken, dayBefore });
      if (random() >= chance) continue;
      taken += 1;
      weights += 1 / chance;
    }
    const day = { volume, dayBefore, taken, weights };
    dayBefore = volume;
    return day;
  });
}

describe('drawing what a person sees', () => {
  it('gives each success a chance above 0 and at most 1, whatever the day brought before', () => {
    const plan = fc.record({
      rate: fc.double({ min: 0.0001, max: 1, noNaN: true }),
      minimum: fc.nat(50),
      most: fc.integer({ min: 1, max: 500 }),
    });
    const day = fc.record({ seen: fc.nat(1e6), taken: fc.nat(1_000), dayBefore: fc.nat(1e6) });
    fc.assert(
      fc.property(plan, day, fc.constantFrom('usual', 'new', 'marked'), (given, count, of) => {
        const chance = chanceOf(given, of, count);
        expect(chance).toBeGreaterThan(0);
        expect(chance).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('draws the minimum on every day that has as many successes as the one before', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 12 }),
        (seed, days) => {
          for (const { volume, dayBefore, taken } of drawDays(PLAN, days, randomFrom(seed))) {
            if (volume >= dayBefore) expect(taken).toBeGreaterThanOrEqual(Math.min(PLAN.minimum, volume));
          }
        },
      ),
    );
  });

  it('draws about the rate, and no more than about the most, on a day of any size', () => {
    const days = drawDays(PLAN, [1_000, 1_000, 1_000, 20_000, 20_000, 200_000, 200_000], randomFrom(7));
    for (const { taken } of days.slice(0, 3)) expect(Math.abs(taken - 20)).toBeLessThan(16);
    for (const { taken } of days.slice(3)) expect(taken).toBeLessThan(PLAN.most * 2);
  });

  it('weighs each by the inverse of its chance: on average the weights sum to all successes', () => {
    const volumes = [40, 300, 120, 900, 5_000, 60];
    const runs = Array.from({ length: 3_000 }, (_, seed) =>
      drawDays(PLAN, volumes, randomFrom(seed)).reduce((sum, day) => sum + day.weights, 0),
    );
    const mean = runs.reduce((sum, each) => sum + each, 0) / runs.length;
    const deviation = Math.sqrt(runs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / runs.length);
    const all = volumes.reduce((sum, each) => sum + each, 0);
    // Four standard errors of 3,000 runs.
    expect(Math.abs(mean - all)).toBeLessThan((4 * deviation) / Math.sqrt(runs.length));
  });

  it('draws new definitions and marked ends more often, and nothing where the plan says so', () => {
    const day = { seen: 100, taken: 20, dayBefore: 1_000 };
    const plan = { ...PLAN, most: 500 };
    expect(chanceOf(plan, 'usual', day)).toBeCloseTo(0.02);
    expect(chanceOf(plan, 'new', day)).toBeCloseTo(0.1);
    expect(chanceOf(plan, 'marked', day)).toBeCloseTo(0.1);
    expect(chanceOf({ rate: 0, minimum: 0, most: 50 }, 'usual', day)).toBe(0);
  });

  it('tells the class by the marks first', () => {
    expect(classOf({ marks: [] }, false)).toBe('usual');
    expect(classOf({ marks: ['retried'] }, true)).toBe('new');
    expect(classOf({ marks: ['retried', 'fallback'] }, true)).toBe('marked');
    expect(classOf({ marks: ['partial'] }, false)).toBe('marked');
  });
});
