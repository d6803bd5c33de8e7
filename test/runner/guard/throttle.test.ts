import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish, freshThrottle, start, type ThrottleLimits } from '../../../electron/runner/guard/throttle.ts';

const T0 = 1_800_000_000_000;
const minute = (count: number): ThrottleLimits => ({ rate: { count, perMs: 60_000 } });

describe('the pace of a provider', () => {
  it('lets a span’s worth start at once, then one as each token comes', () => {
    let throttle = freshThrottle(minute(3), T0);
    for (let i = 0; i < 3; i += 1) {
      const answer = start(throttle, minute(3), T0);
      if (!answer.started) throw new Error('refused');
      throttle = answer.throttle;
    }
    expect(start(throttle, minute(3), T0)).toMatchObject({ started: false, waitMs: 20_000 });
    expect(start(throttle, minute(3), T0 + 19_999)).toMatchObject({ started: false, waitMs: 1 });
    expect(start(throttle, minute(3), T0 + 20_000).started).toBe(true);
  });

  it('lets no more than so many run at once, whatever the rate', () => {
    const limits = { concurrency: 1, ...minute(100) };
    const first = start(freshThrottle(limits, T0), limits, T0);
    if (!first.started) throw new Error('refused');
    expect(start(first.throttle, limits, T0)).toMatchObject({ started: false, waitMs: null });
    expect(start(finish(first.throttle), limits, T0).started).toBe(true);
  });

  it('goes on at its rate after the clock was set back', () => {
    const limits = minute(1);
    const first = start(freshThrottle(limits, T0), limits, T0);
    const back = start(first.throttle, limits, T0 - 3_600_000);
    expect(back).toMatchObject({ started: false, waitMs: 60_000 });
    expect(start(back.throttle, limits, T0 - 3_600_000 + 60_000).started).toBe(true);
  });

  it('does not save up a quiet hour, and a clock set back gives nothing', () => {
    let throttle = freshThrottle(minute(2), T0);
    let started = 0;
    for (let i = 0; i < 5; i += 1) {
      const answer = start(throttle, minute(2), T0 + 3_600_000 - i * 1_000);
      if (answer.started) {
        throttle = answer.throttle;
        started += 1;
      }
    }
    expect(started).toBe(2);
  });

  it('has a limit only where one is set', () => {
    let throttle = freshThrottle({}, T0);
    for (let i = 0; i < 10_000; i += 1) {
      const answer = start(throttle, {}, T0);
      if (!answer.started) throw new Error('refused');
      throttle = answer.throttle;
    }
    expect(throttle.inFlight).toBe(10_000);
  });

  it('never starts more than one span’s worth beyond what time gave, and holds its concurrency (any arrivals)', () => {
    const arrival = fc.record({ ms: fc.nat(5_000), ends: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(arrival, { maxLength: 120 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        (arrivals, count, concurrency) => {
          const limits = { concurrency, rate: { count, perMs: 10_000 } };
          let throttle = freshThrottle(limits, T0);
          let at = T0;
          let started = 0;
          let inFlight = 0;
          for (const { ms, ends } of arrivals) {
            at += ms;
            for (let i = 0; i < ends && inFlight > 0; i += 1) {
              throttle = finish(throttle);
              inFlight -= 1;
            }
            const answer = start(throttle, limits, at);
            throttle = answer.throttle;
            if (answer.started) {
              started += 1;
              inFlight += 1;
            } else if (answer.waitMs !== null) {
              // Whoever waits as long as it was told gets through.
              expect(start(throttle, limits, at + answer.waitMs).started).toBe(true);
            } else {
              expect(inFlight).toBe(concurrency);
            }
            expect(inFlight).toBeLessThanOrEqual(concurrency);
            expect(started).toBeLessThanOrEqual(count + ((at - T0) * count) / 10_000 + 1e-6);
          }
        },
      ),
    );
  });
});
