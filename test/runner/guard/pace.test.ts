import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endsPerSecond, newPace, paceAfterEnd, placeInMs } from '../../../electron/runner/guard/pace.ts';

/** The pace of a lane that ends one task each `everyMs`, for `ends` of them, and the moment of the last. */
function steady(everyMs: number, ends: number) {
  let pace = newPace(0);
  for (let n = 1; n <= ends; n += 1) pace = paceAfterEnd(pace, n * everyMs);
  return { pace, at: everyMs * ends };
}

describe('the pace of a lane', () => {
  it('is the rate at which it ends tasks, from the first minute on', () => {
    for (const [everyMs, ends] of [
      [100, 200],
      [1_000, 60],
      [5_000, 100],
    ] as const) {
      const { pace, at } = steady(everyMs, ends);
      expect(endsPerSecond(pace, at) / (1_000 / everyMs)).toBeCloseTo(1, 0);
    }
  });

  it('tells who finds the queue full to wait for what one end takes', () => {
    const { pace, at } = steady(5_000, 100);
    expect(placeInMs(pace, at) / 5_000).toBeCloseTo(1, 0);
    expect(placeInMs(newPace(7), 7)).toBe(60_000);
  });

  it('forgets: a lane that has ended nothing for long asks for more patience', () => {
    const { pace, at } = steady(1_000, 60);
    expect(placeInMs(pace, at + 120_000)).toBeGreaterThan(placeInMs(pace, at));
  });

  it('never gives a rate below nothing, nor a wait outside one second to ten minutes, whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000 })),
        fc.integer({ min: 0, max: 10_000_000 }),
        (ends, at) => {
          const pace = ends.reduce(paceAfterEnd, newPace(1_000));
          expect(endsPerSecond(pace, at)).toBeGreaterThanOrEqual(0);
          expect(placeInMs(pace, at)).toBeGreaterThanOrEqual(1_000);
          expect(placeInMs(pace, at)).toBeLessThanOrEqual(600_000);
        },
      ),
    );
  });
});
