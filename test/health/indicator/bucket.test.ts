import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureSwitch } from '#contract/agent.ts';
import type { TaskEnd } from '#contract/health.ts';
import type { TaskMark } from '#contract/task.ts';
import {
  addBucket,
  type Bucket,
  countEnd,
  countsOf,
  emptyBucket,
  latencyAt,
  P99_FROM,
  packBucket,
  sameBucket,
  unpackBucket,
} from '../../../electron/health/indicator/bucket.ts';
import { countOf, RELATIVE_ERROR } from '../../../electron/health/indicator/spread.ts';
import { endedTask } from '../../support/ended.ts';

const NOW = 1_800_000_000_000;

function bucketOf(...ends: Parameters<typeof endedTask>[0][]): Bucket {
  const bucket = emptyBucket();
  for (const end of ends) countEnd(bucket, endedTask(end), null);
  return bucket;
}

function bucketOfLatencies(latencies: number[]): Bucket {
  return bucketOf(...latencies.map((ms) => ({ acceptedAt: NOW, endedAt: NOW + ms })));
}

/** What a bucket holds beside its sketches. */
function counts({ latency: _latency, running: _running, ...rest }: Bucket) {
  return rest;
}

/** The value at a rank of the sorted values, as DDSketch defines a quantile. */
function exactQuantile(values: number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(quantile * (sorted.length - 1))] ?? Number.NaN;
}

describe('a bucket', () => {
  it('counts each end once, by how it ended', () => {
    const bucket = bucketOf(
      {},
      { firstAttempt: false, marks: ['retried'] },
      { state: 'failed', firstAttempt: false },
      { state: 'in-doubt' },
      { state: 'cancelled' },
    );
    expect(counts(bucket)).toMatchObject({
      succeeded: 2,
      failed: 1,
      inDoubt: 1,
      cancelled: 1,
      firstAttempt: 1,
      retried: 2,
      tokensIn: 500,
      tokensOut: 50,
      rehearsal: false,
    });
    expect(bucket.costUsd).toBeCloseTo(0.05);
  });

  it('keeps a cancelled task out of the latencies: a person ended it', () => {
    expect(countOf(bucketOf({}, { state: 'cancelled' }).latency)).toBe(1);
    expect(latencyAt(bucketOf({ state: 'cancelled' }), 0.95)).toBeNull();
  });

  it('remembers the newest end and the newest success, in whatever order they came', () => {
    const bucket = bucketOf({ endedAt: NOW + 5 }, { endedAt: NOW + 9, state: 'failed' }, { endedAt: NOW + 2 });
    expect(bucket).toMatchObject({ lastSuccessAt: NOW + 5, lastEndAt: NOW + 9 });
  });

  it('is marked as rehearsal by one rehearsed task', () => {
    expect(bucketOf({}, { marks: ['rehearsal'] }, {}).rehearsal).toBe(true);
  });

  it('takes a clock that was set back for no latency, not for a negative one', () => {
    expect(latencyAt(bucketOf({ acceptedAt: NOW, endedAt: NOW - 60_000 }), 0.5)).toBe(0);
  });
});

describe('percentiles', () => {
  const latencies = fc.array(fc.integer({ min: 1, max: 3_600_000 }), { minLength: 1, maxLength: 300 });

  it.each([0.5, 0.95, 0.99])('at %d are within the promised relative error', (quantile) => {
    fc.assert(
      fc.property(latencies, (values) => {
        // A p99 is shown of many only.
        const many = quantile === 0.99 ? Array.from({ length: P99_FROM }, () => values).flat() : values;
        const exact = exactQuantile(many, quantile);
        const shown = latencyAt(bucketOfLatencies(many), quantile) ?? Number.NaN;
        // Shown in whole ms.
        expect(Math.abs(shown - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR + 0.5);
      }),
    );
  });

  it('of buckets added up are those of all their tasks together: never an average of percentiles', () => {
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 6 }), (parts) => {
        const sum = emptyBucket();
        for (const part of parts) addBucket(sum, bucketOfLatencies(part));
        const whole = bucketOfLatencies(parts.flat());
        expect(latencyAt(sum, 0.95)).toBe(latencyAt(whole, 0.95));
        const { costUsd, costOfSuccessUsd } = sum;
        expect(counts(sum)).toEqual(counts({ ...whole, costUsd, costOfSuccessUsd }));
        expect(sum.costUsd).toBeCloseTo(whole.costUsd);
      }),
      { numRuns: 30 },
    );
  });

  it('of nothing are nothing, not zero', () => {
    expect(latencyAt(emptyBucket(), 0.95)).toBeNull();
  });
});

describe('the switches of an objective', () => {
  it('make failures of the successes they name, in any combination, and of nothing else', () => {
    const task = fc.record({
      firstAttempt: fc.boolean(),
      slow: fc.boolean(),
      incorrect: fc.boolean(),
      end: fc.constantFrom<TaskEnd>(
        'succeeded',
        'succeeded',
        'failed',
        'timed-out',
        'rejected',
        'cancelled',
        'in-doubt',
      ),
    });
    const switches = fc.subarray<FailureSwitch>(['failed', 'incorrect', 'retried', 'slow']);
    fc.assert(
      fc.property(fc.array(task, { maxLength: 50 }), switches, (tasks, failure) => {
        const bucket = emptyBucket();
        const expected = { good: 0, bad: 0 };
        for (const { firstAttempt, slow, incorrect, end } of tasks) {
          const state = end === 'timed-out' || end === 'rejected' ? 'failed' : end;
          const took = slow ? 10_001 : 10_000;
          const marks: TaskMark[] = incorrect ? ['incorrect'] : [];
          countEnd(
            bucket,
            endedTask({ state, end, firstAttempt, marks, acceptedAt: NOW, endedAt: NOW + took }),
            10_000,
          );
          if (end === 'cancelled') continue;
          const faults = { retried: !firstAttempt, slow, incorrect, failed: false };
          const isGood = end === 'succeeded' && !failure.some((each) => faults[each]);
          expected[isGood ? 'good' : 'bad'] += 1;
        }
        expect(countsOf(bucket, failure)).toEqual(expected);
      }),
    );
  });
});

describe('an end that is taken back', () => {
  it('leaves the bucket as if it had never been counted, percentiles too', () => {
    const end = fc.record({
      state: fc.constantFrom<'succeeded' | 'failed' | 'in-doubt' | 'cancelled'>(
        'succeeded',
        'failed',
        'in-doubt',
        'cancelled',
      ),
      took: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 600_000 })),
      firstAttempt: fc.boolean(),
      marks: fc.subarray<'incorrect' | 'fallback' | 'partial'>(['incorrect', 'fallback', 'partial']),
    });
    fc.assert(
      fc.property(fc.array(end, { minLength: 1, maxLength: 30 }), fc.nat(), (ends, taken) => {
        const tasks = ends.map(({ took, ...rest }) => ({ ...rest, acceptedAt: NOW, endedAt: NOW + took }));
        const index = taken % tasks.length;
        const bucket = emptyBucket();
        for (const task of tasks) countEnd(bucket, endedTask(task), 10_000);
        countEnd(bucket, endedTask(tasks[index]), 10_000, -1);
        const without = emptyBucket();
        for (const [n, task] of tasks.entries()) if (n !== index) countEnd(without, endedTask(task), 10_000);
        // The newest moments stay.
        const { lastEndAt, lastSuccessAt } = bucket;
        expect(sameBucket(bucket, { ...without, lastEndAt, lastSuccessAt })).toBe(true);
      }),
    );
  });
});

describe('adding a bucket', () => {
  it('leaves the one that is added as it was, an empty one too', () => {
    const sum = emptyBucket();
    const part = bucketOf({}, { state: 'failed' });
    addBucket(sum, part);
    addBucket(sum, emptyBucket());
    addBucket(sum, part);
    expect(countOf(part.latency)).toBe(2);
    expect(countOf(sum.latency)).toBe(4);
    expect(sum).toMatchObject({ succeeded: 2, failed: 2, lastEndAt: part.lastEndAt });
  });
});

describe('a bucket on the disk', () => {
  it('is the same when it is read again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 100 }), (values) => {
        const bucket = bucketOfLatencies(values);
        const again = unpackBucket(packBucket(bucket));
        expect(counts(again)).toEqual(counts(bucket));
        for (const quantile of [0.5, 0.95]) expect(latencyAt(again, quantile)).toBe(latencyAt(bucket, quantile));
      }),
      { numRuns: 50 },
    );
  });

  it('goes on counting after it was read', () => {
    const again = unpackBucket(packBucket(bucketOfLatencies([100, 100, 100])));
    addBucket(again, bucketOfLatencies([10_000]));
    expect(latencyAt(again, 1)).toBeGreaterThan(9_800);
    expect(again.succeeded).toBe(4);
  });

  it('of the version before is read: its successes were retried or not, nothing else was known', () => {
    const body = JSON.stringify({
      succeeded: 10,
      failed: 2,
      cancelled: 1,
      inDoubt: 1,
      firstAttempt: 7,
      retried: 4,
      costUsd: 1,
      tokensIn: 5,
      tokensOut: 6,
      lastSuccessAt: NOW,
      lastEndAt: NOW,
      rehearsal: false,
    });
    const again = unpackBucket({ body, latency: packBucket(bucketOfLatencies([100])).latency, running: null });
    expect(countsOf(again, ['failed', 'incorrect'])).toEqual({ good: 10, bad: 3 });
    expect(countsOf(again, ['failed', 'retried'])).toEqual({ good: 7, bad: 6 });
    expect(again).toMatchObject({ timedOut: 0, rejected: 0, costOfSuccessUsd: 1, marks: { retried: 3 } });
    expect(latencyAt(again, 0.5)).toBeGreaterThan(98);
  });

  it('that does not fit is refused, never taken for zero', () => {
    const packed = packBucket(emptyBucket());
    expect(() => unpackBucket({ ...packed, body: '{"succeeded":1}' })).toThrow();
  });
});
