import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureRunbook, measureSteps, median } from '../../../electron/runbook/metrics/measure.ts';
import type { RunCountRow, RunMetricRow, StepMetricRow } from '../../../electron/store/run-metrics.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 24);
const FILE = { name: 'a', hash: 'now', reviewed: '2026-11-01' };
const COUNTS: RunCountRow = { runbook: 'a', runs: 3, recovered: 1, ended: 1, open: 1, last_used_at: NOW - DAY };

const run = (id: number, changes: Partial<RunMetricRow> = {}): RunMetricRow => ({
  ...{ id, runbook: 'a', started_at: 1_000 * id, ended_at: null, outcome: null, hash: 'now', rehearsal: 0 },
  ...changes,
});
const proof = (at: number, changes: Partial<RunMetricRow> = {}): RunMetricRow =>
  run(9, { started_at: at - 60_000, ended_at: at, outcome: 'recovered', ...changes });
const step = (run: number, idx: number, changes: Partial<StepMetricRow> = {}): StepMetricRow => ({
  ...{ run, idx, state: 'passed', step: `s${idx}`, section: 'Mitigate', title: `Step ${idx}` },
  ...{ ended_at: null, failures: 0, ...changes },
});

describe('a runbook', () => {
  it('that was never used says so', () => {
    expect(measureRunbook(FILE, { counts: undefined, recovered: [], sums: undefined }, NOW)).toMatchObject({
      ...{ runs: 0, lastUsedAt: null, lastProven: null, recoveryMs: null, skipped: 0, failed: 0 },
      freshness: 'unproven',
    });
  });

  it('is proven by a run of its text that recovered, in a rehearsal too', () => {
    const recovered = [proof(NOW - DAY, { rehearsal: 1 })];
    const sums = { runbook: 'a', skipped: 2, failed: 1 };
    expect(measureRunbook(FILE, { counts: COUNTS, recovered, sums }, NOW)).toEqual({
      ...{ runbook: 'a', freshness: 'proven', runs: 3, recovered: 1, ended: 1, open: 1 },
      lastUsedAt: NOW - DAY,
      lastProven: { run: 9, at: NOW - DAY, rehearsal: true, sameText: true },
      reviewDueAt: Date.UTC(2026, 10, 1) + 90 * DAY,
      ...{ recoveryMs: 60_000, skipped: 2, failed: 1 },
    });
  });

  it.each([
    ['its text has changed since', [proof(NOW - DAY, { hash: 'before' })]],
    ['the proof is 90 days old', [proof(NOW - 90 * DAY)]],
    ['nothing recovered', []],
  ])('is not proven where %s', (_, recovered) => {
    expect(measureRunbook(FILE, { counts: COUNTS, recovered, sums: undefined }, NOW).freshness).toBe('unproven');
  });

  it.each([
    ['that nobody reviewed', null],
    ['whose review is no date', 'lately'],
    ['whose review is 90 days old', '2026-08-26'],
  ])('%s is due, whatever was proven', (_, reviewed) => {
    const runs = { counts: COUNTS, recovered: [proof(NOW - DAY)], sums: undefined };
    expect(measureRunbook({ ...FILE, reviewed }, runs, NOW).freshness).toBe('due');
  });
});

describe('the steps of a runbook', () => {
  const file = [0, 1].map((idx) => ({ step: `s${idx}`, section: 'Mitigate', title: `Step ${idx}` }));

  it('took from when the step before was behind, whatever their order', () => {
    const rows = [step(1, 0, { ended_at: 9_000 }), step(1, 1, { ended_at: 4_000 })];
    expect(measureSteps(file, [run(1)], rows).map(({ medianMs }) => medianMs)).toEqual([5_000, 3_000]);
  });

  it('that were skipped have no time, and give theirs to nobody', () => {
    const rows = [step(1, 0, { state: 'skipped', ended_at: 3_000 }), step(1, 1, { ended_at: 4_000 })];
    expect(measureSteps(file, [run(1)], rows)).toMatchObject([
      { passed: 0, skipped: 1, medianMs: null },
      { passed: 1, skipped: 0, medianMs: 1_000 },
    ]);
  });

  it('count each time that they failed', () => {
    const rows = [step(2, 0, { failures: 2, ended_at: 5_000 }), step(1, 0, { state: 'failed', failures: 1 })];
    expect(measureSteps(file, [run(2), run(1)], rows)[0]).toMatchObject({ passed: 1, failed: 3 });
  });

  it('that the file has no more come last, and are told apart', () => {
    const rows = [step(1, 0, { step: 'gone', title: 'Gone' })];
    expect(measureSteps(file, [run(1)], rows).at(-1)).toMatchObject({ step: 'gone', title: 'Gone', inFile: false });
  });

  it('together take no longer than their runs', () => {
    const ends = fc.array(fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: null }), { maxLength: 8 });
    fc.assert(
      fc.property(ends, (moments) => {
        const rows = moments.map((ended_at, idx) => step(1, idx, { ended_at }));
        const took = measureSteps([], [run(1, { started_at: 0 })], rows).map(({ medianMs }) => medianMs ?? 0);
        const last = Math.max(0, ...moments.map((at) => at ?? 0));
        expect(took.reduce((sum, ms) => sum + ms, 0)).toBe(last);
      }),
    );
  });
});

describe('the median', () => {
  it('lies between the least and the most, half on each side', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1 }), (values) => {
        const middle = median(values) ?? Number.NaN;
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
    expect(median([])).toBeNull();
  });
});
