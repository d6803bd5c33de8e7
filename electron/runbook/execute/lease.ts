import type { Action, Intervention } from '#contract/action.ts';
import type { StepRecord } from './record.ts';

/*
 * Mitigations that end by themselves, as the runtime has them in force. Pure.
 */

/** The lease that an action began, while it is in force. */
export function leaseOf(action: Action, inForce: Intervention[]): Intervention | undefined {
  if (!isLease(action)) return undefined;
  return inForce.find(
    (one) =>
      one.agent === action.agent &&
      one.verb === action.verb &&
      // A route that takes a share of the tasks says so behind its name.
      (action.verb !== 'reroute' || one.to?.split(' ')[0] === action.to),
  );
}

function isLease(action: Action): action is Extract<Action, { verb: 'pause' | 'drain' | 'reroute' | 'set' }> {
  if (action.verb === 'reroute') return action.to !== 'default';
  return action.verb === 'pause' || action.verb === 'drain' || action.verb === 'set';
}

/** Whether a step can be undone from where it stands. */
export function canUndo(step: StepRecord, inForce: Intervention[]): boolean {
  if (step.undo === null || step.receipt === null || step.undoing) return false;
  if (step.state !== 'passed' && step.state !== 'failed' && step.state !== 'no-data') return false;
  return !isLease(step.receipt.action) || leaseOf(step.receipt.action, inForce) !== undefined;
}

/** Whether a step's lease is in force and ends by itself, so that it can begin anew. */
export function canRenew(step: StepRecord, inForce: Intervention[]): boolean {
  if (step.state !== 'passed' || step.receipt === null || step.source.directive?.forMs == null) return false;
  return leaseOf(step.receipt.action, inForce) !== undefined;
}
