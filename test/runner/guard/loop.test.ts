import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import { chants, type LoopVerdict, NO_TURNS, seeTurn, type Turn } from '../../../electron/runner/guard/loop.ts';

const thresholds = { nudge: 3, stop: 5 };

function call(tool: string, input: Json, result: Json, refused = false): Turn {
  return { text: `Let me look. ${Math.random()}`, calls: [{ tool, input, result, refused }] };
}
const say = (text: string): Turn => ({ text, calls: [] });

function judge(turns: Turn[], limits = thresholds): LoopVerdict[] {
  let state = NO_TURNS;
  return turns.map((turn) => {
    const seen = seeTurn(state, turn, limits);
    state = seen.state;
    return seen.verdict;
  });
}
const levels = (turns: Turn[]): string[] => judge(turns).map((verdict) => verdict.level);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('a model that repeats itself', () => {
  it('with the same call and the same result is told at the third and stopped at the fifth', () => {
    const turns = times(5, () => call('orders.find', { id: 7, open: true }, null));
    expect(levels(turns)).toEqual(['fine', 'fine', 'nudge', 'fine', 'stop']);
    expect(judge(turns).at(-1)).toMatchObject({ kind: 'same call', repeats: 5 });
  });

  it('is seen through the order of keys and of calls side by side', () => {
    const a = { tool: 'a', input: { x: 1, y: 2 }, result: 1, refused: false };
    const b = { tool: 'b', input: {}, result: 2, refused: false };
    const turned = { ...a, input: { y: 2, x: 1 } };
    expect(levels(times(3, (i) => ({ text: '', calls: i % 2 === 0 ? [a, b] : [b, turned] }))).at(-1)).toBe('nudge');
  });

  it('in cycles of two and of three is told, then stopped', () => {
    for (const period of [2, 3]) {
      const seen = judge(times(period * 5, (i) => call('t', { n: i % period }, 'same')));
      expect(seen[period * 3 - 1]).toMatchObject({ level: 'nudge', kind: 'cycle', period });
      expect(seen.at(-1)).toMatchObject({ level: 'stop', kind: 'cycle', period });
      expect(seen.filter((verdict) => verdict.level === 'nudge')).toHaveLength(1);
    }
  });

  it('with calls that a tool refuses for the same reason, whatever is in them', () => {
    const turns = times(5, (i) => call('orders.find', { wrong: i }, { error: 'id is missing' }, true));
    expect(levels(turns)).toEqual(['fine', 'fine', 'nudge', 'fine', 'stop']);
    expect(judge(turns).at(-1)).toMatchObject({ kind: 'same error' });
  });

  it('with the same answer, or with one that says the same over and over', () => {
    expect(levels(times(5, () => say('I cannot.')))).toEqual(['fine', 'fine', 'nudge', 'fine', 'stop']);
    expect(levels([say('and so on. '.repeat(30)), say('and so forth. '.repeat(30))])).toEqual(['nudge', 'stop']);
  });

  it('is told again when it falls back into it after progress', () => {
    const stuck = times(3, () => call('t', {}, 'same'));
    expect(levels([...stuck, call('t', {}, 'new'), ...stuck]).filter((level) => level === 'nudge')).toHaveLength(2);
  });
});

describe('work that goes on', () => {
  it('over different arguments is never halted, whatever the results (any batch)', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.jsonValue(), {
          minLength: 1,
          maxLength: 60,
          comparator: (a, b) => JSON.stringify(a) === JSON.stringify(b),
          selector: (value) => value,
        }),
        fc.jsonValue(),
        (inputs, result) =>
          judge(
            inputs.map((input, index) => call('vendors.lookup', { index, input: input as Json }, result as Json)),
          ).every((verdict) => verdict.level === 'fine'),
      ),
    );
  });

  it('with the same call and progressing results is never halted (any number of polls)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (polls) =>
        judge(times(polls, (done) => call('job.status', { id: 1 }, { done }))).every(
          (verdict) => verdict.level === 'fine',
        ),
      ),
    );
  });

  it('with a repeated call beside one that differs is never halted', () => {
    const turns = times(
      50,
      (i): Turn => ({
        text: '',
        calls: [
          { tool: 'policy.read', input: {}, result: 'the policy', refused: false },
          { tool: 'ledger.post', input: { i }, result: { entry: i }, refused: false },
        ],
      }),
    );
    expect(new Set(levels(turns))).toEqual(new Set(['fine']));
  });

  it('is judged by a simple model: stopped exactly when a tail of 1, 2 or 3 turns stands `stop` times (any log)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 }),
        fc.integer({ min: 2, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (log, nudge, more) => {
          const limits = { nudge, stop: nudge + more };
          const seen = judge(
            log.map((n) => call('t', { n }, 'r')),
            limits,
          );
          for (const [index, verdict] of seen.entries()) {
            const upTo = log.slice(0, index + 1).join('');
            const stuck = [1, 2, 3].some((period) => {
              const tail = upTo.slice(-period);
              return tail.length === period && upTo.endsWith(tail.repeat(limits.stop));
            });
            expect(verdict.level === 'stop').toBe(stuck);
          }
        },
      ),
    );
  });

  it('writes lists, tables and rules without being taken for a chant', () => {
    const list = times(40, (i) => `- item ${i}: ok`).join('\n');
    expect([list, `${'-'.repeat(400)}\n`, 'Done.'].map(chants)).toEqual([false, false, false]);
  });
});
