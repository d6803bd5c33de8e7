import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunbooksOptions } from '../types.ts';
import { compileUndo } from './compile.ts';
import { canUndo } from './lease.ts';
import { afterEvent, lookupIn, type RunRecord, type StepRecord } from './record.ts';

/** The same for one try of one step, whatever happens to the desk; never the same for two. */
export function keyOf(record: RunRecord, step: StepRecord, tries: number): string {
  return `run-${record.run.id}-${record.run.startedAt}-step-${step.serial}-try-${tries}`;
}

/** What the next try goes by: what may have landed goes out again under its key, so that the other side knows it for a repeat. */
export function nextTry(record: RunRecord, step: StepRecord): Pick<StepRecord, 'tries'> & { key: string } {
  const tries = step.inDoubt ? step.tries : step.tries + 1;
  return { tries, key: keyOf(record, step, tries) };
}

/** What would undo the action: the file's word before the plan's. */
export function undoFor(record: RunRecord, step: StepRecord): Pick<StepRecord, 'undo'> {
  return { undo: compileUndo(step.source.undo, lookupIn(record)) ?? step.plan?.undo ?? null };
}

/** Begins to undo a step: planned from live state, and sent on that plan only. */
export function undoStep(
  record: RunRecord,
  step: StepRecord,
  by: Actor,
  desk: Pick<RunbooksOptions, 'runtime' | 'now'>,
): Result<RunRecord> {
  if (step.undo === null || !canUndo(step, desk.runtime.snapshot().interventions)) {
    return fail('CONFLICT', 'There is nothing of this step to undo.', {
      kept: 'Nothing was changed.',
      todo: 'Look at what is in force on the agent.',
    });
  }
  const planned = desk.runtime.plan(step.undo);
  if (!planned.ok) return planned;
  const tries = step.tries + 1;
  const changes = {
    by,
    tries,
    key: keyOf(record, step, tries),
    action: planned.value.action,
    undoing: true,
    undoHash: planned.value.hash,
    startedAt: desk.now(),
    endedAt: null,
    seen: null,
  };
  return succeed(afterEvent(record, step.index, 'undo', changes));
}
