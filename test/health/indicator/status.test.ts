import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthStateSchema } from '#contract/health.ts';
import { ENOUGH, judge, type Signs } from '../../../electron/health/indicator/status.ts';
import { rateOf } from '../../../electron/health/indicator/wilson.ts';

const HOUR = 3_600_000;
const NOW = 1_800_000_000_000;

/** An agent that does well, with what a test says otherwise. */
function signs(change: Partial<Signs> = {}): Signs {
  return {
    unknown: null,
    success: rateOf(100, 100),
    objective: { success: 0.95, p95Ms: 30_000 },
    overdue: 0,
    within: rateOf(98, 100),
    lastSuccessAt: NOW - 1_000,
    expectEveryMs: null,
    knownSince: NOW - 24 * HOUR,
    now: NOW,
    ...change,
  };
}

describe('the health of an agent', () => {
  it.each<[string, Partial<Signs>, string, string]>([
    ['all is well', {}, 'met', 'within its objective'],
    ['nothing ended yet', { success: rateOf(0, 0) }, 'not-enough-data', '0 of 20 tasks'],
    ['few ended, all well', { success: rateOf(19, 19) }, 'not-enough-data', '19 of 20 tasks'],
    ['few ended, some not well', { success: rateOf(1, 12) }, 'not-enough-data', '12 of 20 tasks'],
    ['few ended and none of them well', { success: rateOf(0, 5) }, 'failing', '5 of 5 failed'],
    ['it is surely below its objective', { success: rateOf(60, 100) }, 'failing', '40 of 100 failed'],
    ['it is below it, as chance may have it', { success: rateOf(94, 100) }, 'met', 'within its objective'],
    ['it is well and surely slow', { within: rateOf(85, 100) }, 'slow', '15 of 100 took over 30 s'],
    ['it is a little slow, as chance may have it', { within: rateOf(93, 100) }, 'met', 'within its objective'],
    ['few tell how slow it is', { within: rateOf(0, 19) }, 'met', 'within its objective'],
    ['it fails and is slow', { success: rateOf(60, 100), within: rateOf(10, 60) }, 'failing', '40 of 100 failed'],
    ['tasks hang', { success: rateOf(60, 100), overdue: 40 }, 'failing', '40 of 100 overdue'],
    ['tasks fail and hang', { success: rateOf(60, 100), overdue: 30 }, 'failing', '10 failed and 30 overdue of 100'],
    ['its numbers cannot be known, however good they were', { unknown: 'the query failed' }, 'unknown', 'query failed'],
    [
      'it is slow and has no objective for it',
      { within: rateOf(1, 100), objective: { success: 0.95, p95Ms: null } },
      'met',
      'within',
    ],
  ])('when %s', (_when, change, state, reason) => {
    const judged = judge(signs(change));
    expect(judged.state).toBe(state);
    expect(judged.reason).toContain(reason);
  });

  it('is unknown when it went quiet, however well it did before', () => {
    const quiet = { expectEveryMs: HOUR, lastSuccessAt: NOW - 90 * 60_000 };
    expect(judge(signs(quiet))).toEqual({ state: 'unknown', reason: 'no success for 90 min, expected every 60 min' });
    expect(judge(signs({ ...quiet, lastSuccessAt: NOW - 59 * 60_000 })).state).toBe('met');
    const often = { expectEveryMs: 5_000, lastSuccessAt: NOW - 20_000 };
    expect(judge(signs(often)).reason).toBe('no success for less than a minute, expected every 5 s');
  });

  it('is unknown when an agent never succeeded within the expected span of being known', () => {
    const never = { expectEveryMs: 24 * HOUR, lastSuccessAt: null, success: rateOf(0, 0) };
    expect(judge(signs({ ...never, knownSince: NOW - 25 * HOUR })).state).toBe('unknown');
    expect(judge(signs({ ...never, knownSince: NOW - 23 * HOUR })).state).toBe('not-enough-data');
  });

  it('is one of the contract’s words and says why, whatever the signs', () => {
    const span = fc.integer({ min: 0, max: 30 * 24 * HOUR });
    const any = fc.record({
      total: fc.integer({ min: 0, max: 500 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      within: fc.double({ min: 0, max: 1, noNaN: true }),
      limitMs: fc.option(span),
      every: fc.option(span),
      silent: fc.option(span),
    });
    fc.assert(
      fc.property(any, ({ total, share, within, limitMs, every, silent }) => {
        const judged = judge(
          signs({
            success: rateOf(Math.round(total * share), total),
            within: rateOf(Math.round(total * share * within), Math.round(total * share)),
            objective: { success: 0.99, p95Ms: limitMs },
            expectEveryMs: every,
            lastSuccessAt: silent === null ? null : NOW - silent,
          }),
        );
        expect(healthStateSchema.options).toContain(judged.state);
        expect(judged.reason).not.toBe('');
        // Never green without enough ends.
        if (total < ENOUGH) expect(['met', 'slow']).not.toContain(judged.state);
      }),
    );
  });
});
