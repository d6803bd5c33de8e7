import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt, Step } from '#contract/task.ts';
import { layTimeline, type TimelineRow } from '../../../renderer/tasks/timeline.ts';
import { ACCEPTED, attempt, detail, step } from './fixtures.ts';

const ids = (rows: TimelineRow[]) => rows.map((row) => row.id);

describe('the waterfall of a task', () => {
  it('puts the steps under the attempt that ran them, in the order in which they began', () => {
    const steps = [
      step({ seq: 2, startedAt: ACCEPTED + 500 }),
      step({ seq: 1, startedAt: ACCEPTED + 100 }),
      step({ seq: 3, attempt: 2, startedAt: ACCEPTED + 1_500 }),
    ];
    const attemptList = [
      attempt({ number: 2, startedAt: ACCEPTED + 1_400, endedAt: ACCEPTED + 2_000 }),
      attempt({ number: 1, outcome: 'lost' }),
    ];
    const { rows } = layTimeline(detail({ steps, attemptList }), ACCEPTED);
    expect(ids(rows)).toEqual(['attempt-1', 'step-1', 'step-2', 'attempt-2', 'step-3']);
  });

  it('shows once, at the start of an attempt, what that attempt found in the journal', () => {
    const steps = [step({ seq: 1, replayedBy: [2] }), step({ seq: 2, replayedBy: [2] })];
    const attemptList = [
      attempt({ outcome: 'lost' }),
      attempt({ number: 2, startedAt: ACCEPTED + 2_000, endedAt: ACCEPTED + 4_000 }),
    ];
    const { rows } = layTimeline(detail({ steps, attemptList, endedAt: ACCEPTED + 4_000 }), ACCEPTED);
    const replay = rows.find((row) => row.kind === 'replay');
    expect(replay).toMatchObject({ x: 0.5, width: 0, steps: [{ seq: 1 }, { seq: 2 }] });
    expect(ids(rows)).toEqual(['attempt-1', 'step-1', 'step-2', 'attempt-2', 'replay-2']);
  });

  it('shows the backoff between two attempts as a wait of its own', () => {
    const attemptList = [
      attempt({ outcome: 'retried', backoffMs: 1_000 }),
      attempt({ number: 2, startedAt: ACCEPTED + 2_000, endedAt: ACCEPTED + 4_000 }),
    ];
    const { rows } = layTimeline(detail({ attemptList, endedAt: ACCEPTED + 4_000 }), ACCEPTED);
    expect(rows[1]).toMatchObject({ id: 'wait-1', x: 0.25, width: 0.25, spanMs: 1_000, wait: { over: true } });
  });

  it('shows no wait after the last attempt of a task that has ended', () => {
    const attemptList = [attempt({ outcome: 'retried', backoffMs: 500 })];
    expect(ids(layTimeline(detail({ state: 'cancelled', attemptList }), ACCEPTED).rows)).toEqual(['attempt-1']);
  });

  it('lets what is running reach the present', () => {
    const attemptList = [attempt({ outcome: 'running', endedAt: null })];
    const steps = [step({ state: 'intent', kind: 'effect', startedAt: ACCEPTED + 1_000, endedAt: null })];
    const task = detail({ state: 'running', endedAt: null, attemptList, steps });
    const { lengthMs, rows } = layTimeline(task, ACCEPTED + 4_000);
    expect(lengthMs).toBe(4_000);
    expect(rows[1]).toMatchObject({ x: 0.25, width: 0.75 });
  });

  it('ends a step that was cut off where its attempt ended', () => {
    const attemptList = [
      attempt({ outcome: 'lost' }),
      attempt({ number: 2, startedAt: ACCEPTED + 3_000, endedAt: ACCEPTED + 4_000 }),
    ];
    const steps = [step({ state: 'in-doubt', kind: 'effect', startedAt: ACCEPTED + 600, endedAt: null })];
    const { rows } = layTimeline(detail({ attemptList, steps, endedAt: ACCEPTED + 4_000 }), ACCEPTED);
    expect(rows[1]?.spanMs).toBe(400);
  });

  it('begins at the acceptance of a task that has no attempt yet', () => {
    const { startAt, lengthMs, rows } = layTimeline(
      detail({ state: 'queued', startedAt: null, endedAt: null, attemptList: [] }),
      ACCEPTED + 5_000,
    );
    expect({ startAt, lengthMs, rows }).toEqual({ startAt: ACCEPTED, lengthMs: 5_000, rows: [] });
  });

  it('cuts the axis at round numbers', () => {
    const attemptList = [attempt({ endedAt: ACCEPTED + 41_600 })];
    const { ticks } = layTimeline(detail({ attemptList, endedAt: ACCEPTED + 41_600 }), ACCEPTED);
    expect(ticks.map((tick) => tick.ms)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
  });
});

const offset = fc.integer({ min: -5_000, max: 90_000_000 });
const anyStep = fc
  .record({ attempt: fc.integer({ min: 1, max: 4 }), start: offset, length: fc.option(offset), replayed: fc.boolean() })
  .map(
    ({ attempt: number, start, length, replayed }): Partial<Step> => ({
      attempt: number,
      startedAt: ACCEPTED + start,
      endedAt: length === null ? null : ACCEPTED + start + length,
      replayedBy: replayed ? [number + 1] : [],
    }),
  );
const anyAttempt = fc
  .record({
    start: offset,
    length: fc.option(offset),
    outcome: fc.constantFrom<Attempt['outcome']>('running', 'retried', 'deferred', 'lost', 'succeeded'),
  })
  .map(({ start, length, outcome }): Partial<Attempt> => {
    const endedAt = length === null ? null : ACCEPTED + start + length;
    return { startedAt: ACCEPTED + start, endedAt, outcome };
  });
/** Any task at all: also one whose clocks disagree, as after a change of the machine's time. */
const anyTask = fc
  .record({
    attempts: fc.array(anyAttempt, { maxLength: 4 }),
    steps: fc.array(anyStep, { maxLength: 12 }),
    state: fc.constantFrom('running' as const, 'retrying' as const, 'succeeded' as const),
  })
  .map(({ attempts, steps, state }) =>
    detail({
      state,
      endedAt: state === 'succeeded' ? ACCEPTED : null,
      attemptList: attempts.map((one, index) => attempt({ ...one, number: index + 1 })),
      steps: steps.map((one, index) => step({ ...one, seq: index })),
    }),
  );

describe('any task', () => {
  it('has every row within the axis', () => {
    fc.assert(
      fc.property(anyTask, offset, (task, now) => {
        for (const { x, width, spanMs } of layTimeline(task, ACCEPTED + now).rows) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(width).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(1 + 1e-9);
          expect(spanMs).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('shows each attempt once, each step of a known attempt once, and no id twice', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const { rows } = layTimeline(task, ACCEPTED);
        const known = new Set(task.attemptList.map((one) => one.number));
        expect(rows.filter((row) => row.kind === 'attempt')).toHaveLength(known.size);
        const expected = task.steps.filter((one) => known.has(one.attempt)).map((one) => one.seq);
        const shown = rows.flatMap((row) => (row.kind === 'step' ? [row.step.seq] : []));
        expect(shown.toSorted((a, b) => a - b)).toEqual(expected);
        expect(new Set(ids(rows)).size).toBe(rows.length);
      }),
    );
  });

  it('has two to seven ticks from its start on, evenly spaced', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 * 86_400_000 }), (length) => {
        const attemptList = [attempt({ endedAt: ACCEPTED + length })];
        const { ticks } = layTimeline(detail({ attemptList, endedAt: ACCEPTED + length }), ACCEPTED);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks[0]).toEqual({ x: 0, ms: 0 });
        const step = ticks[1]?.ms ?? 0;
        for (const [index, tick] of ticks.entries()) expect(tick.ms).toBe(index * step);
        expect(ticks.at(-1)?.x).toBeLessThanOrEqual(1);
      }),
    );
  });
});
