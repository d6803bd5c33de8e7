import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RollBackPlan } from '#contract/runbook.ts';
import type { RunbooksOptions } from '../types.ts';
import { canUndo } from './lease.ts';
import { again } from './path.ts';
import { type RunRecord, type StepRecord, withSteps } from './record.ts';
import { isInProgress } from './step-table.ts';
import { undoStep } from './undo.ts';
import { isAct } from './verb.ts';
import { clockTime } from './words.ts';

type Desk = Pick<RunbooksOptions, 'runtime' | 'now'>;

/** The steps from one on that can be undone, the last that was done first. */
function undoable(record: RunRecord, from: StepRecord, { runtime }: Desk): StepRecord[] {
  const inForce = runtime.snapshot().interventions;
  return record.steps
    .filter((step) => step.index >= from.index && canUndo(step, inForce))
    .toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0) || b.index - a.index);
}

/** What rolling back to a step would do: each undo planned from the state as it is now; and what stays done. */
export function planRollBack(
  record: RunRecord,
  step: StepRecord,
  desk: Desk,
  titleOf: (step: StepRecord) => string,
): RollBackPlan {
  const back = undoable(record, step, desk);
  const planned = back.map((one) => {
    const plan = one.undo === null ? null : desk.runtime.plan(one.undo);
    return {
      step: one.source.id,
      title: titleOf(one),
      plan: plan?.ok === true ? plan.value : null,
      says: plan === null || plan.ok ? 'is undone' : plan.error.message,
    };
  });
  const stays = record.steps
    .filter((one) => one.index >= step.index && isAct(one) && one.state === 'passed' && !back.includes(one))
    .map((one) => ({ step: one.source.id, title: titleOf(one), plan: null, says: whyNot(one, desk.now()) }));
  return [...planned, ...stays];
}

/** Why a step that was done has no part in a roll back. */
function whyNot({ undo, until }: StepRecord, now: number): string {
  if (until !== null && until <= now) return 'has ended by itself: there is nothing to undo';
  return undo === null ? 'stays done: nothing undoes it' : 'is no longer in force: there is nothing to undo';
}

/** Begins to roll back: the last step that was done is undone first, the others follow as each is seen to be undone. */
export function beginRollBack(record: RunRecord, step: StepRecord, by: Actor, desk: Desk): Result<RunRecord> {
  const kept = 'Nothing was changed.';
  if (record.steps.some((one) => isInProgress(one.state))) {
    return fail('CONFLICT', 'A step is under way.', { kept, todo: 'Wait for its end, or cancel it.' });
  }
  const back = undoable(record, step, desk);
  const [first, ...others] = back;
  if (first === undefined) {
    return fail('CONFLICT', `Nothing was done from "${step.source.title}" on that can be undone.`, {
      kept,
      todo: 'Look at what is in force on the agent.',
    });
  }
  // An undo that failed before is none of this one's.
  const fresh = withSteps(
    record,
    record.steps.map((one) => (one.undoHash === null ? one : { ...one, undoHash: null })),
  );
  const begun = undoStep(fresh, { ...first, undoHash: null }, by, desk);
  if (!begun.ok) return begun;
  const left = others.map((one) => one.source.id);
  return succeed({ ...begun.value, rollBack: { to: step.source.id, by, left } });
}

/**
 * Goes on with a roll back once its last undo came to an end: with the next one, or by opening the steps again. It stops
 * where an undo was not seen.
 */
export function goOnRollingBack(record: RunRecord, desk: Desk): RunRecord {
  const { rollBack } = record;
  if (rollBack === null || record.steps.some((step) => isInProgress(step.state))) return record;
  const target = record.steps.find((step) => step.source.id === rollBack.to);
  if (target === undefined) return { ...record, rollBack: null };
  const inForce = desk.runtime.snapshot().interventions;
  const stuck = record.steps.some(
    (step) => step.index >= target.index && step.state === 'failed' && step.undoHash !== null,
  );
  if (stuck) return { ...record, rollBack: null };
  const [next, ...left] = rollBack.left;
  if (next === undefined) {
    const now = desk.now();
    const steps = record.steps.map((step) => {
      if (step.index < target.index) return step;
      const open = again(step.until !== null && step.until <= now ? { ...step, until: null } : step);
      return step.state === 'undone' ? { ...open, seen: `rolled back at ${clockTime(now)}` } : open;
    });
    return withSteps({ ...record, rollBack: null }, steps);
  }
  const step = record.steps.find((one) => one.source.id === next);
  const rest = { ...record, rollBack: { ...rollBack, left } };
  // What ended by itself meanwhile has nothing left to undo.
  if (step === undefined || !canUndo(step, inForce)) return goOnRollingBack(rest, desk);
  const begun = undoStep(rest, step, rollBack.by, desk);
  return begun.ok ? { ...begun.value, rollBack: rest.rollBack } : { ...record, rollBack: null };
}
