import type { Action, Receipt } from '#contract/action.ts';
import type { Actor } from '#contract/basic.ts';
import type { Rate } from '#contract/health.ts';
import type { Run, RunbookStep, RunStepState, StepPlan } from '#contract/runbook.ts';
import type { SectionKind } from '../parse/section.ts';
import type { CheckProgress } from './check-progress.ts';
import { isSettled, nextState, type StepEvent } from './step-table.ts';

/** A step of a run as the store keeps it. */
export type StepRecord = {
  index: number;
  /** The same for as long as the run lasts, also when steps come in before it: part of its keys. */
  serial: number;
  /** As it was parsed when the run began; `${name}` still stands in it. */
  source: RunbookStep;
  section: string;
  sectionId: string;
  sectionKind: SectionKind;
  /** Reached by a jump only: its section answers a choice or an else, and is none of the five. */
  detour: boolean;
  state: RunStepState;
  startedAt: number | null;
  endedAt: number | null;
  by: Actor | null;
  /** Whose presses count towards `approve=`. */
  approvers: string[];
  /** Idempotency key of the action in progress; a repeat after a crash uses the same. */
  key: string | null;
  /** How often it was begun: part of the key. */
  tries: number;
  /** How often it failed, also where a later try passed. */
  failures: number;
  plan: StepPlan | null;
  action: Action | null;
  /** True while the action in progress is the undo. */
  undoing: boolean;
  /** Of the plan that the undo goes out on. */
  undoHash: string | null;
  /** True while the action in progress begins the lease anew. */
  renewing: boolean;
  /** How far a ramp has come: index of the share that was sent last. */
  stage: number;
  /** Until when that share is watched; null before its effect was seen. */
  stageUntil: number | null;
  /** The task of a `run` step. */
  task: string | null;
  /** True when it is not known whether the last try landed: the next one goes out under the same key. */
  inDoubt: boolean;
  /** What came back, for reading; and the part of it that later steps get as `${steps.id.value}`. */
  output: string | null;
  value: string | null;
  receipt: Receipt | null;
  progress: CheckProgress | null;
  seen: string | null;
  answer: string | null;
  reason: string | null;
  until: number | null;
  undo: Action | null;
  /** Tasks running when a pause was seen to hold: more than that reopens the step. */
  runningSeen: number | null;
  before: Rate | null;
  after: Rate | null;
};

/** A run as the store keeps it. `values` is everything `${name}` may stand for, fixed when the run began. */
export type RunRecord = {
  run: Run;
  values: Record<string, string>;
  steps: StepRecord[];
  heldSince: number;
  /** How it came to its holder; null as long as who started it holds it. */
  handedOver: string | null;
  /** A roll back under way: where it leads, who wants it, and the ids of the steps that are still to be undone, in order. */
  rollBack: { to: string; by: Actor; left: string[] } | null;
  /** Differences of the file that somebody chose to ignore: `HASH STEP`. */
  ignored: string[];
};

/** What a run holds before anything happened to it. */
export const FRESH_RUN = { handedOver: null, rollBack: null, ignored: [] } satisfies Partial<RunRecord>;

/** A step that has not been begun. */
export function freshStep(
  place: Pick<StepRecord, 'index' | 'serial' | 'source' | 'section' | 'sectionId' | 'sectionKind' | 'detour'>,
): StepRecord {
  return { ...place, state: 'todo', tries: 0, failures: 0, ...BLANK };
}

/** What a step holds before it is begun. */
export const BLANK = {
  startedAt: null,
  endedAt: null,
  by: null,
  approvers: [],
  key: null,
  plan: null,
  action: null,
  undoing: false,
  undoHash: null,
  renewing: false,
  stage: 0,
  stageUntil: null,
  task: null,
  inDoubt: false,
  output: null,
  value: null,
  receipt: null,
  progress: null,
  seen: null,
  answer: null,
  reason: null,
  until: null,
  undo: null,
  runningSeen: null,
  before: null,
  after: null,
} satisfies Partial<StepRecord>;

/** The step that is next: the first on the path that is not behind. */
export function currentStep(record: RunRecord): StepRecord | undefined {
  if (record.run.endedAt !== null) return undefined;
  return record.steps.find((step) => !step.detour && !isSettled(step.state));
}

/**
 * The run after something happened to one of its steps.
 * @throws when the table does not allow it: callers ask `nextState` before they act for a person
 */
export function afterEvent(
  record: RunRecord,
  index: number,
  event: StepEvent,
  changes: Partial<StepRecord> = {},
): RunRecord {
  const step = record.steps[index];
  const state = step === undefined ? undefined : nextState(step.state, event);
  if (step === undefined || state === undefined) {
    throw new Error(`a step that is ${step?.state ?? 'not there'} cannot take ${event}`);
  }
  const failures = step.failures + (state === 'failed' || state === 'no-data' ? 1 : 0);
  return withStep(record, { ...step, ...changes, failures, state });
}

/** The run with one step replaced, and its `current` kept true. */
export function withStep(record: RunRecord, step: StepRecord): RunRecord {
  return withSteps(
    record,
    record.steps.map((one) => (one.index === step.index ? step : one)),
  );
}

/** The run with its steps replaced, and its `current` kept true. */
export function withSteps(record: RunRecord, steps: StepRecord[]): RunRecord {
  const next = { ...record, steps };
  return { ...next, run: { ...record.run, current: currentStep(next)?.source.id ?? null } };
}

/** Whether the recovery is proven: there are verify steps in the section for it, and all of them held. */
export function isRecovered(record: RunRecord): boolean {
  const proofs = record.steps.filter(
    (step) => step.sectionKind === 'verify' && step.source.directive?.verb === 'verify',
  );
  return proofs.length > 0 && proofs.every((step) => step.state === 'passed');
}

/** What `${name}` stands for in a run, answers of earlier steps included. */
export function lookupIn(record: RunRecord): (name: string) => string | undefined {
  return (name) => {
    if (Object.hasOwn(record.values, name)) return record.values[name];
    for (const step of record.steps) {
      const value = step.answer ?? step.value;
      if (value === null) continue;
      if (name === `steps.${step.source.id}.value`) return value;
      if (step.answer !== null && name === step.source.directive?.positional[1]) return value;
    }
    return undefined;
  };
}
