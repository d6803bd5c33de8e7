import { type Freshness, REVIEW_DAYS, type RunbookMetrics, type StepMetrics } from '#contract/runbook-metrics.ts';
import type { RunCountRow, RunMetricRow, StepMetricRow, StepSumRow } from '../../store/run-metrics.ts';

/*
 * What the runs in the store say of a runbook. Pure.
 */

const DAY_MS = 86_400_000;

/** A runbook as far as it is measured. `reviewed` is a date, or null. */
export type Measured = { name: string; hash: string; reviewed: string | null };

/** What the store holds of a runbook's runs. `recovered`: the newest first. */
export type Runs = {
  counts: RunCountRow | undefined;
  recovered: readonly RunMetricRow[];
  sums: StepSumRow | undefined;
};

/** Runs, outcomes and freshness of one runbook. */
export function measureRunbook(file: Measured, runs: Runs, now: number): RunbookMetrics {
  const reviewDueAt = reviewDueOf(file.reviewed);
  const lastProven = provenOf(file, runs.recovered[0]);
  const { counts } = runs;
  return {
    runbook: file.name,
    freshness: freshnessOf(reviewDueAt, lastProven, now),
    runs: counts?.runs ?? 0,
    recovered: counts?.recovered ?? 0,
    ended: counts?.ended ?? 0,
    open: counts?.open ?? 0,
    lastUsedAt: counts?.last_used_at ?? null,
    lastProven,
    reviewDueAt,
    recoveryMs: median(runs.recovered.flatMap(({ started_at, ended_at }) => spanOf(started_at, ended_at))),
    skipped: runs.sums?.skipped ?? 0,
    failed: runs.sums?.failed ?? 0,
  };
}

/** When a review of that date is too old; null for none, or for what is no date. */
function reviewDueOf(reviewed: string | null): number | null {
  const at = reviewed === null ? Number.NaN : Date.parse(reviewed);
  return Number.isNaN(at) ? null : at + REVIEW_DAYS * DAY_MS;
}

function provenOf(file: Measured, run: RunMetricRow | undefined): RunbookMetrics['lastProven'] {
  if (run === undefined) return null;
  const { id, ended_at, started_at, rehearsal, hash } = run;
  return { run: id, at: ended_at ?? started_at, rehearsal: rehearsal === 1, sameText: hash === file.hash };
}

function freshnessOf(reviewDueAt: number | null, proven: RunbookMetrics['lastProven'], now: number): Freshness {
  if (reviewDueAt === null || now >= reviewDueAt) return 'due';
  return proven?.sameText === true && now - proven.at < REVIEW_DAYS * DAY_MS ? 'proven' : 'unproven';
}

/**
 * Each step that the file or its runs have, in the file's order, then those that the file has no more.
 * @param file its steps as they are now
 * @param runs the runs that the rows belong to
 * @param rows steps of these runs, the newest run first
 */
export function measureSteps(
  file: readonly { step: string; section: string; title: string }[],
  runs: readonly RunMetricRow[],
  rows: readonly StepMetricRow[],
): StepMetrics[] {
  const spans = spansOf(runs, rows);
  const byStep = Map.groupBy(rows, ({ step }) => step);
  const inFile = new Set(file.map(({ step }) => step));
  const gone = [...byStep].flatMap(([step, [newest]]) =>
    inFile.has(step) || newest === undefined ? [] : [{ step, section: newest.section, title: newest.title }],
  );
  return [...file, ...gone].map(({ step, section, title }) => {
    const own = byStep.get(step) ?? [];
    return {
      ...{ step, section, title },
      inFile: inFile.has(step),
      passed: own.filter(({ state }) => state === 'passed').length,
      skipped: own.filter(({ state }) => state === 'skipped').length,
      failed: own.reduce((sum, { failures }) => sum + failures, 0),
      medianMs: median(spans.get(step) ?? []),
    };
  });
}

/**
 * How long each step took in each run, from when the step before it was behind: by when they ended, since jumps and
 * steps done by hand keep no other order. What was read, thought and waited for a person counts.
 */
function spansOf(runs: readonly RunMetricRow[], rows: readonly StepMetricRow[]): Map<string, number[]> {
  const spans = new Map<string, number[]>();
  const byRun = Map.groupBy(rows, ({ run }) => run);
  for (const run of runs) {
    let before = run.started_at;
    const ended = (byRun.get(run.id) ?? [])
      .flatMap((row) => (row.ended_at === null ? [] : [{ ...row, at: row.ended_at }]))
      .sort((a, b) => a.at - b.at || a.idx - b.idx);
    for (const { step, state, at } of ended) {
      if (state === 'passed') spans.set(step, [...(spans.get(step) ?? []), Math.max(0, at - before)]);
      before = Math.max(before, at);
    }
  }
  return spans;
}

function spanOf(from: number, to: number | null): number[] {
  return to === null ? [] : [Math.max(0, to - from)];
}

/** The middle one, or between the two in the middle; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}
