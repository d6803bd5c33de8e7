import { type Result, succeed } from '#contract/errors.ts';
import type { Runbook } from '#contract/runbook.ts';
import type { RunbookMetrics, RunbookStepsMetrics } from '#contract/runbook-metrics.ts';
import type { Database } from '../../store/open.ts';
import { prepareRunMetrics } from '../../store/run-metrics.ts';
import type { Runbooks } from '../types.ts';
import { measureRunbook, measureSteps } from './measure.ts';

/** How many of a runbook's newest runs its times, skips and failures are counted over. */
const RUNS_READ = 50;

/** What the runs in the store say of the runbooks on file. */
export type RunbookUse = {
  all(): RunbookMetrics[];
  one(name: string): Result<RunbookStepsMetrics>;
};

/** Metrics of runbooks, read from the store when they are asked for. */
export function createRunbookUse(
  db: Database,
  runbooks: Pick<Runbooks, 'list' | 'get'>,
  now: () => number,
): RunbookUse {
  const rows = prepareRunMetrics(db);

  function measure(runbook: Runbook, counts: ReturnType<typeof rows.counts>): RunbookMetrics {
    const { name } = runbook;
    const own = counts.find((row) => row.runbook === name);
    const runs =
      own === undefined
        ? { counts: own, recovered: [], sums: undefined }
        : { counts: own, recovered: rows.recovered(name, RUNS_READ), sums: rows.sums(name, RUNS_READ) };
    return measureRunbook(runbook, runs, now());
  }

  return {
    all: () => {
      const counts = rows.counts();
      return runbooks.list().flatMap(({ name }) => {
        const found = runbooks.get(name);
        return found.ok ? [measure(found.value, counts)] : [];
      });
    },
    one: (name) => {
      const found = runbooks.get(name);
      if (!found.ok) return found;
      const runs = rows.newest(name, RUNS_READ);
      const steps = found.value.sections.flatMap((section) =>
        section.steps.map((step) => ({ step: step.id, section: section.title, title: step.title })),
      );
      return succeed({
        ...measure(found.value, rows.counts()),
        runsRead: runs.length,
        steps: measureSteps(steps, runs, rows.steps(name, RUNS_READ)),
      });
    },
  };
}
