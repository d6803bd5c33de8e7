import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertRuleFile, alertRuleSchema } from '#contract/alert.ts';
import { concerns, eventOf, fileSignals, measured, replay } from '../../../electron/health/alert/measure.ts';
import { type Bucket, countEnd, emptyBucket } from '../../../electron/health/indicator/bucket.ts';
import { endedTask } from '../../support/ended.ts';
import { MINUTE, NIGHT } from './harness.ts';

const OBJECTIVE = { success: 0.95, failure: ['failed' as const] };

function rule(change: Partial<Parameters<typeof alertRuleSchema.parse>[0] & object> = {}): AlertRuleFile {
  return alertRuleSchema.parse({ name: 'a-rule', measure: 'success-rate', below: 0.9, ...change });
}

function bucket(good: number, bad: number, change = {}): Bucket {
  const sum = emptyBucket();
  for (let n = 0; n < good + bad; n += 1) {
    const state = n < good ? 'succeeded' : 'failed';
    countEnd(sum, endedTask({ state, acceptedAt: NIGHT - 10_000, endedAt: NIGHT, ...change }), null);
  }
  return sum;
}

describe('a measure', () => {
  const of = (measure: AlertRuleFile['measure'], sum: Bucket, atLeast = 0) =>
    measured(rule({ measure, atLeast }), sum, OBJECTIVE);

  it('is made of the ends in its window', () => {
    const sum = bucket(8, 2, { costUsd: 0.5 });
    expect(of('success-rate', sum)).toBe(0.8);
    expect([of('failed', sum), of('ends', sum), of('retries', sum), of('unverified', sum)]).toEqual([2, 10, 0, 0]);
    expect(of('burn', sum)).toBeCloseTo(4);
    expect(of('p95', sum)).toBeCloseTo(10, 0);
    expect(of('cost', sum)).toBeCloseTo(5);
    expect(of('cost-per-success', sum)).toBeCloseTo(5 / 8);
  });

  it('says nothing where nothing ended that it could be of, or too little', () => {
    const none = emptyBucket();
    for (const measure of ['success-rate', 'burn', 'p95', 'cost-per-success'] as const) {
      expect([measure, of(measure, none)]).toEqual([measure, null]);
    }
    expect([of('ends', none), of('failed', none)]).toEqual([0, 0]);
    expect([of('success-rate', bucket(4, 5), 10), of('success-rate', bucket(5, 5), 10)]).toEqual([null, 0.5]);
  });

  it('holds beyond its bound, not at it', () => {
    const both = rule({ above: 5, below: 1 });
    expect([0.9, 1, 3, 5, 5.1].map((value) => eventOf(both, value))).toEqual([
      'holds',
      'cleared',
      'cleared',
      'cleared',
      'holds',
    ]);
    expect(eventOf(both, null)).toBe('no-data');
  });
});

describe('a rule of a file', () => {
  it('speaks of each agent it names, by name or beginning', () => {
    expect(['invoice-triage', 'reply'].filter((name) => concerns(rule({ agent: 'invoice-*' }), name))).toEqual([
      'invoice-triage',
    ]);
    const readings = {
      agents: () => ['invoice-triage', 'reply'],
      objective: () => OBJECTIVE,
      sum: (agent: string) => (agent === 'reply' ? bucket(1, 1) : emptyBucket()),
      now: () => 7,
    };
    expect(fileSignals([rule()], readings, NIGHT)).toMatchObject([
      { subject: 'invoice-triage', kind: 'file:a-rule', event: 'no-data', value: 'not enough data' },
      { subject: 'reply', event: 'holds', value: '50 %' },
    ]);
    expect(fileSignals([rule({ measure: 'queued', above: 6 })], readings, NIGHT)[0]).toMatchObject({
      event: 'holds',
      value: '7',
      title: 'invoice-triage: queued tasks of invoice-triage is above 6 or below 0.9',
    });
  });
});

describe('a replay', () => {
  const hour = 60 * MINUTE;
  const minutes = (...ends: [minute: number, good: number, bad: number][]) =>
    ends.map(([minute, good, bad]) => ({ start: NIGHT + minute * MINUTE, bucket: bucket(good, bad) }));
  const at = (minute: number) => NIGHT + minute * MINUTE;

  it('says when the rule would have fired and been over, and how many minutes it could judge', () => {
    const past = minutes([0, 10, 0], [10, 5, 5], [11, 5, 5], [30, 10, 0], [50, 0, 4]);
    expect(replay(rule({ window: '15m', atLeast: 4 }), past, OBJECTIVE, NIGHT, NIGHT + hour)).toEqual({
      judgedMinutes: 51,
      fired: [
        { from: at(11), to: at(31), value: '75 %' },
        { from: at(51), to: null, value: '0 %' },
      ],
    });
  });

  it('judges nothing before the first minute that is known of the agent', () => {
    const judged = (past: ReturnType<typeof minutes>) =>
      replay(rule({ measure: 'ends', below: 1, window: '5m' }), past, OBJECTIVE, NIGHT, NIGHT + hour);
    expect(judged([])).toEqual({ judgedMinutes: 0, fired: [] });
    expect(judged(minutes([30, 1, 0]))).toEqual({
      judgedMinutes: 30,
      fired: [{ from: at(36), to: null, value: '0' }],
    });
  });

  it('waits for as long as the rule must hold', () => {
    const past = minutes([0, 0, 10], [3, 100, 0], [20, 0, 10]);
    const { fired } = replay(rule({ window: '10m', for: '5m' }), past, OBJECTIVE, NIGHT, NIGHT + hour);
    expect(fired.map(({ from }) => from)).toEqual([at(26)]);
  });

  it('agrees with a look at every minute, one by one', () => {
    const past = fc.array(
      fc.record({
        gap: fc.integer({ min: 1, max: 12 }),
        good: fc.integer({ min: 0, max: 6 }),
        bad: fc.integer({ min: 0, max: 6 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(past, fc.constantFrom(1, 5, 15), fc.constantFrom(0, 3), (gaps, width, holds) => {
        let minute = 0;
        const ends = gaps.map(({ gap, good, bad }) => {
          minute += gap;
          return { minute, good, bad };
        });
        const judged = rule({ window: `${width}m`, for: `${holds}m`, atLeast: 1 });
        const series = minutes(...ends.map((one): [number, number, number] => [one.minute, one.good, one.bad]));
        let since: number | null = null;
        let fires = false;
        const begins: number[] = [];
        for (let end = 0; end <= 180; end += 1) {
          const seen = ends.filter((one) => one.minute < end && one.minute >= end - width);
          const good = seen.reduce((sum, one) => sum + one.good, 0);
          const total = seen.reduce((sum, one) => sum + one.good + one.bad, 0);
          if (total === 0) continue;
          if (good / total >= 0.9) {
            since = null;
            fires = false;
            continue;
          }
          since ??= end;
          if (!fires && end - since >= holds) {
            fires = true;
            begins.push(at(end));
          }
        }
        const { fired } = replay(judged, series, OBJECTIVE, NIGHT, at(180));
        expect(fired.map(({ from }) => from)).toEqual(begins);
      }),
      { numRuns: 60 },
    );
  });
});
