import { describe, expect, it } from 'vitest';
import { type RunStepState, runStepStateSchema } from '#contract/runbook.ts';
import { isInProgress, isSettled, nextState, STEP_TABLE } from '../../../electron/runbook/execute/step-table.ts';

const states = runStepStateSchema.options;

/** Every state that can be reached from one, by any events. */
function reachable(from: RunStepState): Set<RunStepState> {
  const found = new Set<RunStepState>([from]);
  for (const state of found) for (const next of Object.values(STEP_TABLE[state])) found.add(next);
  return found;
}

describe('the state machine of a step', () => {
  it('reaches every state from todo', () => {
    expect([...reachable('todo')].sort()).toEqual([...states].sort());
  });

  it('has no dead end but a step that is behind', () => {
    for (const state of states) expect([...reachable(state)].some(isSettled)).toBe(true);
  });

  it('never passes an action that was only accepted', () => {
    const waysToPass = states.flatMap((state) =>
      Object.entries(STEP_TABLE[state]).flatMap(([event, next]) => (next === 'passed' ? [`${state} ${event}`] : [])),
    );
    expect(waysToPass.sort()).toEqual(['acting applied', 'acting done', 'acting kept', 'checking held', 'todo done']);
  });

  it('never passes without data', () => {
    expect(nextState('checking', 'no-data')).toBe('no-data');
    expect(Object.values(STEP_TABLE['no-data'])).not.toContain('passed');
  });

  it('does not go past an action on its way', () => {
    expect(nextState('acting', 'skip')).toBeUndefined();
    expect(states.filter(isInProgress)).toEqual(['acting', 'checking']);
  });

  it('opens a passed step again when its effect is gone', () => {
    expect(nextState('passed', 'reopen')).toBe('failed');
  });
});
