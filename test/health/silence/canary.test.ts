import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import { differs } from '#contract/canary.ts';
import {
  afterVerdict,
  canaryFailed,
  judgeCanary,
  NO_CANARY,
  nextCanary,
} from '../../../electron/health/silence/canary.ts';

const NOW = Date.UTC(2026, 10, 24, 3);
const MINUTE = 60_000;
const keys = { every: 10 * MINUTE, input: 'known.json', expect: { total: 5, vendor: { name: 'ACME' } } };
const started = { ...NO_CANARY, task: 't7', startedAt: NOW, judged: false };
const ended = (output: Json) => ({ state: 'succeeded' as const, output, endedAt: NOW + 1_000, error: null });
const looked = { now: NOW + 2_000, since: NOW - MINUTE };

describe('the answer of a canary', () => {
  it('is right when it holds all that is expected, whatever else it holds', () => {
    expect(judgeCanary(ended({ total: 5, vendor: { name: 'ACME', id: 3 }, note: 'x' }), started, keys, looked)).toEqual(
      {
        passed: true,
        why: null,
      },
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, more) => {
        const json = value as Json;
        expect(differs(json, json, 'output')).toBeUndefined();
        expect(differs({ ...(more as Record<string, Json>), here: json }, { here: json }, 'output')).toBeUndefined();
      }),
    );
  });

  it('says where it is not', () => {
    const why = (output: Json) => judgeCanary(ended(output), started, keys, looked)?.why;
    expect(why({ total: 6, vendor: { name: 'ACME' } })).toBe('output.total is 6, expected 5');
    expect(why({ total: 5, vendor: null })).toBe('output.vendor is null, expected {"name":"ACME"}');
    expect(why('5')).toContain('output is "5"');
    expect(differs([1, 2], [1], 'output')).toBe('output is [1,2], expected [1]');
    expect(differs([1, { a: 1 }], [1, { a: 2 }], 'output')).toBe('output.1.a is 1, expected 2');
  });

  it('is a miss when the task failed or is gone', () => {
    const failed = {
      state: 'failed' as const,
      output: null,
      endedAt: NOW,
      error: { class: 'tool' as const, message: 'no' },
    };
    expect(judgeCanary(failed, started, keys, looked)).toEqual({ passed: false, why: 'it ended as failed: no' });
    expect(judgeCanary(undefined, started, keys, looked)).toMatchObject({ passed: false });
  });

  it('is waited for until the next one is due, a quarter of an hour at most, and sleep is no time to answer in', () => {
    const running = { state: 'running' as const, output: null, endedAt: null, error: null };
    const at = (ms: number, since = NOW - MINUTE) => judgeCanary(running, started, keys, { now: NOW + ms, since });
    expect(at(9 * MINUTE)).toBeUndefined();
    expect(at(10 * MINUTE)).toEqual({ passed: false, why: 'it did not end within 10 min' });
    expect(at(600 * MINUTE, NOW + 599 * MINUTE)).toBeUndefined();
    const daily = { ...keys, every: 1_440 * MINUTE };
    expect(judgeCanary(running, started, daily, { now: NOW + 15 * MINUTE, since: NOW })).toMatchObject({
      passed: false,
    });
  });
});

describe('the canary of an agent', () => {
  const missed = afterVerdict(started, { passed: false, why: 'no' });

  it('pages at the second miss in a row', () => {
    expect(canaryFailed('adder', missed, false).state).toBe('unsure');
    expect(canaryFailed('adder', afterVerdict(missed, { passed: false, why: 'no' }), false).state).toBe('holds');
    const between = afterVerdict(afterVerdict(missed, { passed: true, why: null }), { passed: false, why: 'no' });
    expect(canaryFailed('adder', between, false).state).toBe('unsure');
  });

  it('starts once when it is due, however many the desk slept through', () => {
    expect(nextCanary(NO_CANARY, keys, NOW)).toBe(NOW);
    expect(nextCanary(started, keys, NOW + MINUTE)).toBe(NOW + 10 * MINUTE);
    expect(nextCanary({ ...started, startedAt: NOW + 99 * MINUTE }, keys, NOW)).toBe(NOW);
  });
});
