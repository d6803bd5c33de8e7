import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check } from '#contract/runbook.ts';
import {
  beginCheck,
  judge,
  nextReadingAt,
  type Reading,
  type Verdict,
} from '../../../electron/runbook/execute/check-progress.ts';

const CHECK: Check = {
  measure: 'queued_tasks',
  args: { agent: 'a' },
  operator: '==',
  expected: '0',
  holdMs: 20_000,
  withinMs: 60_000,
  everyMs: 5_000,
};
const HOLDS: Reading = { kind: 'data', holds: true, text: '0 queued' };
const FAILS: Reading = { kind: 'data', holds: false, text: '9 queued' };
const NOTHING: Reading = { kind: 'no-data', text: 'nothing' };

/** Polls a check as the engine does. @returns how and when it ended, ms after it began */
function poll(check: Check, readingAt: (ms: number) => Reading): { verdict: Verdict; at: number } {
  let progress = beginCheck(check, 0);
  let now = 0;
  for (let poll = 0; poll < 10_000; poll += 1) {
    const judged = judge(check, progress, readingAt(now), now);
    if (judged.verdict !== null) return { verdict: judged.verdict, at: now };
    progress = judged.progress;
    const next = nextReadingAt(check, progress, now);
    expect(next).toBeGreaterThan(now);
    now = next;
  }
  throw new Error('the check never ends');
}

describe('a check', () => {
  it('holds when it held for as long as it says', () => {
    expect(poll(CHECK, () => HOLDS)).toEqual({ verdict: 'held', at: 20_000 });
  });

  it('holds at once when it names no hold', () => {
    expect(poll({ ...CHECK, holdMs: 0 }, () => HOLDS)).toEqual({ verdict: 'held', at: 0 });
  });

  it('begins to hold anew after each time it did not', () => {
    expect(poll(CHECK, (ms) => (ms === 15_000 ? FAILS : HOLDS))).toEqual({ verdict: 'held', at: 40_000 });
  });

  it('does not count a time without data as holding', () => {
    expect(poll(CHECK, (ms) => (ms === 15_000 ? NOTHING : HOLDS))).toEqual({ verdict: 'held', at: 40_000 });
  });

  it('fails at its deadline', () => {
    expect(poll(CHECK, () => FAILS)).toEqual({ verdict: 'not-held', at: 60_000 });
  });

  it('fails when it began to hold too late', () => {
    expect(poll(CHECK, (ms) => (ms < 45_000 ? FAILS : HOLDS))).toEqual({ verdict: 'not-held', at: 60_000 });
  });

  it('ends without data when the last measurement gave none', () => {
    expect(poll(CHECK, () => NOTHING)).toEqual({ verdict: 'no-data', at: 60_000 });
  });

  it('does not count a gap in which nobody measured', () => {
    const first = judge(CHECK, beginCheck(CHECK, 0), HOLDS, 0);
    const afterSleep = judge(CHECK, first.progress, HOLDS, 30_000);
    expect(afterSleep.verdict).toBeNull();
    expect(judge(CHECK, afterSleep.progress, HOLDS, 35_000).verdict).toBeNull();
  });

  it('always ends by its deadline, and holds only on readings that held', () => {
    const spans = fc.tuple(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 400 }),
    );
    const readings = fc.array(fc.constantFrom(HOLDS, FAILS, NOTHING), { minLength: 1 });
    fc.assert(
      fc.property(spans, readings, ([holdMs, withinMs, everyMs], list) => {
        let taken = 0;
        let last: Reading = NOTHING;
        const ended = poll({ ...CHECK, holdMs, withinMs, everyMs }, () => {
          last = list[taken++ % list.length] ?? NOTHING;
          return last;
        });
        expect(ended.at).toBeLessThanOrEqual(withinMs);
        if (ended.verdict === 'held') expect(last).toBe(HOLDS);
        if (ended.verdict === 'no-data') expect(last).toBe(NOTHING);
      }),
    );
  });
});
