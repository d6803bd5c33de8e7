import type { RunStepState } from '#contract/runbook.ts';

/**
 * What can happen to a step of a run.
 * act: its action was confirmed and journaled. check: a measurement begins. done: checked off, answered or sent.
 * applied: the effect was seen. undone: the effect of the undo was seen. refused: the runtime did not take the action.
 * diverged: the effect is not there and will not come. held, not-held, no-data: how a check ended. skip: a person goes
 * past it. retry: a person tries again. undo: its undo was confirmed and journaled. reopen: the effect is gone while it
 * should be in force. again: a jump or a roll back leads over it once more. cancel: a person stopped it. renew: its lease
 * begins anew; kept: that was refused, and the lease is as it was.
 */
export type StepEvent =
  | 'act'
  | 'check'
  | 'done'
  | 'applied'
  | 'undone'
  | 'refused'
  | 'diverged'
  | 'held'
  | 'not-held'
  | 'no-data'
  | 'skip'
  | 'retry'
  | 'undo'
  | 'reopen'
  | 'again'
  | 'cancel'
  | 'renew'
  | 'kept';

/** The state machine of a step: state x event -> state. What is not here cannot happen. */
export const STEP_TABLE: Record<RunStepState, Partial<Record<StepEvent, RunStepState>>> = {
  todo: { act: 'acting', check: 'checking', done: 'passed', skip: 'skipped' },
  acting: {
    applied: 'passed',
    done: 'passed',
    check: 'checking',
    refused: 'todo',
    diverged: 'failed',
    undone: 'undone',
    cancel: 'failed',
    kept: 'passed',
  },
  checking: { held: 'passed', 'not-held': 'failed', 'no-data': 'no-data', skip: 'skipped', cancel: 'failed' },
  passed: { undo: 'acting', reopen: 'failed', again: 'todo', renew: 'acting' },
  failed: { check: 'checking', retry: 'todo', undo: 'acting', skip: 'skipped', again: 'todo' },
  'no-data': { check: 'checking', retry: 'todo', undo: 'acting', skip: 'skipped', again: 'todo' },
  skipped: { again: 'todo' },
  undone: { again: 'todo' },
};

/** @returns the next state, or undefined when this cannot happen to a step that stands so */
export function nextState(state: RunStepState, event: StepEvent): RunStepState | undefined {
  return STEP_TABLE[state][event];
}

/** Whether a step in this state is behind: the next one opens. */
export function isSettled(state: RunStepState): boolean {
  return state === 'passed' || state === 'skipped' || state === 'undone';
}

/** Whether the desk is at work on a step in this state. */
export function isInProgress(state: RunStepState): boolean {
  return state === 'acting' || state === 'checking';
}
