import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ramp, shareAt, startRamp, takeShare } from '../../../electron/runner/guard/failback.ts';

const T0 = 1_800_000_000_000;

describe('failback', () => {
  it('gives a provider a tenth of its traffic, then half, then all', () => {
    const ramp = startRamp(T0);
    expect([0, 59_999, 60_000, 119_999, 120_000].map((ms) => shareAt(ramp, T0 + ms))).toEqual([0.1, 0.1, 0.5, 0.5, 1]);
    expect(shareAt(null, T0)).toBe(1);
  });

  it('sends the first call to it, and is over when all of it is back', () => {
    expect(takeShare(startRamp(T0), T0).mine).toBe(true);
    expect(takeShare(startRamp(T0), T0 + 120_000)).toEqual({ mine: true, ramp: null });
  });

  it('gives exactly its share of any number of calls', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom(0, 60_000), (calls, ms) => {
        let ramp: Ramp | null = startRamp(T0);
        let mine = 0;
        for (let i = 0; i < calls; i += 1) {
          const taken = takeShare(ramp, T0 + ms);
          ramp = taken.ramp;
          if (taken.mine) mine += 1;
        }
        const share = shareAt(startRamp(T0), T0 + ms);
        return Math.abs(mine - calls * share) <= 1.000001;
      }),
    );
  });
});
