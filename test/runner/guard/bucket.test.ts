import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketAt, fullBucket, tokenInMs } from '../../../electron/runner/guard/bucket.ts';

const rates = fc.record({ count: fc.integer({ min: 1, max: 500 }), perMs: fc.constantFrom(1_000, 60_000, 3_600_000) });
const waits = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 300 });

describe('a token bucket', () => {
  it('never lets more start in a stretch of time than one span holds and the stretch fills', () => {
    fc.assert(
      fc.property(rates, waits, (rate, gaps) => {
        let now = 0;
        let bucket = fullBucket(rate, now);
        const starts: number[] = [];
        for (const gap of gaps) {
          now += gap;
          bucket = bucketAt(bucket, rate, now);
          while (bucket.tokens >= 1) {
            bucket = { ...bucket, tokens: bucket.tokens - 1 };
            starts.push(now);
          }
        }
        for (const [first, from] of starts.entries()) {
          const until = starts.at(-1) ?? from;
          const fills = ((until - from) * rate.count) / rate.perMs;
          expect(starts.length - first).toBeLessThanOrEqual(rate.count + fills + 1e-6);
        }
      }),
    );
  });

  it('has a token when it says so, and none before', () => {
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 0.999, noNaN: true }), (rate, tokens) => {
        const empty = { tokens, at: 50 };
        const wait = tokenInMs(empty, rate);
        expect(bucketAt(empty, rate, 50 + wait).tokens).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(bucketAt(empty, rate, 50 + wait - 2).tokens).toBeLessThan(1);
      }),
    );
  });

  it('gains nothing from a clock set back, and goes on filling', () => {
    const rate = { count: 10, perMs: 1_000 };
    const back = bucketAt({ tokens: 0, at: 1_000_000 }, rate, 5_000);
    expect(back).toEqual({ tokens: 0, at: 5_000 });
    expect(bucketAt(back, rate, 5_500).tokens).toBe(5);
  });
});
