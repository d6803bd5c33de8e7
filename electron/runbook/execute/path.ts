import { BLANK, currentStep, type RunRecord, type StepRecord, withStep, withSteps } from './record.ts';
import { isSettled, nextState } from './step-table.ts';

/**
 * Leads the run from one step to a section. Forward, the steps between are skipped with the reason; back, those from
 * there on stand open again. A section off the path comes onto it.
 * @param from index of the step that was answered
 * @param to anchor of the section
 * @returns the run, unchanged when no section has the anchor
 */
export function jump(record: RunRecord, from: number, to: string, reason: string, now: number): RunRecord {
  const target = record.steps.find((step) => step.sectionId === to)?.index;
  if (target === undefined) return record;
  const steps = record.steps.map((step): StepRecord => {
    const entered = step.sectionId === to ? { ...step, detour: false } : step;
    if (target > from) return step.index > from && step.index < target ? skipped(entered, reason, now) : entered;
    return step.index >= target && step.index <= from ? again(entered) : entered;
  });
  return withSteps(record, steps);
}

/** A step that is not behind, skipped. Used for what a jump or the end of a run leaves out. */
export function skipped(step: StepRecord, reason: string, now: number): StepRecord {
  const state = nextState(step.state, 'skip');
  return state === undefined ? step : { ...step, state, reason, endedAt: now };
}

/** A step that is behind, open again. A mitigation that is in force stays as it is. */
export function again(step: StepRecord): StepRecord {
  const inForce = step.state === 'passed' && step.until !== null;
  const state = isSettled(step.state) && !inForce ? nextState(step.state, 'again') : undefined;
  return state === undefined ? step : { ...step, ...BLANK, state };
}

/**
 * Passes over the steps that are next and whose `when=` does not hold. One that cannot be decided stands open: a person
 * decides it.
 */
export function passOver(record: RunRecord, holds: (when: string) => boolean | null, now: number): RunRecord {
  const step = currentStep(record);
  const when = step?.source.directive?.when ?? null;
  if (step === undefined || when === null || step.state !== 'todo' || holds(when) !== false) return record;
  return passOver(withStep(record, skipped(step, `not needed: ${when} does not hold`, now)), holds, now);
}
