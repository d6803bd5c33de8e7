import type { Action } from '#contract/action.ts';
import type { AgentDetail } from '#contract/agent.ts';

/*
 * What a person asked for, and the action it becomes with what was chosen in the dialog. Pure.
 */

/** What a person asked for; what is still open is chosen in its dialog. */
export type Asked = ActionAsked | TaskAsked | ObjectiveAsked;

/** An objective of an agent, tried on its past before it is set. */
export type ObjectiveAsked = { verb: 'objective'; agent: string };

/** Something to do with one task that is no action: it makes a new one, or has it tried now. */
export type TaskAsked =
  | { verb: 'resubmit' | 'retry'; task: string }
  /** `step`: the finished step to go on from; null when the dialog asks. */
  | { verb: 'fork'; task: string; step: string | null };

/** An action, planned before it is done. */
export type ActionAsked =
  | { verb: 'pause' | 'drain' | 'reroute' | 'set'; agent: string }
  /** An action with nothing left to choose. */
  | { verb: 'undo' | 'cancel' | 'reset' | 'requeue'; action: Action };

/** What stands in the fields of `set`; an empty one is as the agent's file says. */
export type SetFields = { concurrency: string; budget: string };

/** What is chosen in the dialog. */
export type Chosen = {
  /** How long it stands, ms; null without an end. */
  lease: number | null;
  /** The provider of a reroute; null as long as none is known. */
  to: string | null;
  set: SetFields;
};

const MINUTE_MS = 60_000;
/** How long a mitigation may stand; one without an end is chosen on purpose, last. */
export const LEASES: readonly { ms: number | null; text: string }[] = [
  { ms: 30 * MINUTE_MS, text: '30 min' },
  { ms: 2 * 60 * MINUTE_MS, text: '2 h' },
  { ms: 8 * 60 * MINUTE_MS, text: '8 h' },
  { ms: null, text: 'until undone' },
];

/** Whether an action is asked for, with its plan. */
export function isAction(asked: ActionAsked | TaskAsked): asked is ActionAsked {
  return asked.verb !== 'resubmit' && asked.verb !== 'retry' && asked.verb !== 'fork';
}

/** Whether the action ends by itself. */
export function hasLease(asked: ActionAsked, { to, set }: Chosen): boolean {
  switch (asked.verb) {
    case 'undo':
    case 'cancel':
    case 'reset':
    case 'requeue':
      return false;
    case 'reroute':
      return to !== 'default';
    case 'set':
      return set.concurrency.trim() !== '' || set.budget.trim() !== '';
    case 'pause':
    case 'drain':
      return true;
  }
}

/** The fields as they stand before anyone types: what is in force. */
export function fieldsOf({ inForce }: Pick<AgentDetail, 'inForce'>): SetFields {
  return {
    concurrency: String(inForce.concurrency),
    budget: inForce.budgetUsd === null ? '' : String(inForce.budgetUsd),
  };
}

/** What is wrong with the fields; null when nothing is. */
export function faultOfFields({ concurrency, budget }: SetFields): string | null {
  const count = Number(concurrency);
  if (concurrency.trim() !== '' && !(Number.isInteger(count) && count >= 1 && count <= 10_000)) {
    return 'At a time: a whole number from 1 to 10,000, or nothing for what its file says.';
  }
  if (budget.trim() !== '' && !(Number(budget) > 0 && Number.isFinite(Number(budget)))) {
    return 'Budget: US dollars a day above 0, or nothing for what its file says.';
  }
  return null;
}

/**
 * The action to plan; null while something is missing, wrong, or nothing is changed.
 * @param before the fields as they stood at first
 */
export function actionOf(asked: ActionAsked, chosen: Chosen, before: SetFields | null): Action | null {
  const { lease, to, set } = chosen;
  const forMs = lease === null || !hasLease(asked, chosen) ? {} : { forMs: lease };
  switch (asked.verb) {
    case 'undo':
    case 'cancel':
    case 'reset':
    case 'requeue':
      return asked.action;
    case 'pause':
    case 'drain':
      return { verb: asked.verb, agent: asked.agent, ...forMs };
    case 'reroute':
      return to === null ? null : { verb: 'reroute', agent: asked.agent, to, ...forMs };
    case 'set': {
      if (before === null || faultOfFields(set) !== null) return null;
      const changed = {
        ...(set.concurrency.trim() === before.concurrency ? {} : { concurrency: numberOrOwn(set.concurrency) }),
        ...(set.budget.trim() === before.budget ? {} : { budgetUsd: numberOrOwn(set.budget) }),
      };
      return Object.keys(changed).length === 0 ? null : { verb: 'set', agent: asked.agent, ...changed, ...forMs };
    }
  }
}

function numberOrOwn(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}

export function titleOf(asked: ActionAsked): string {
  switch (asked.verb) {
    case 'pause':
      return `Pause ${asked.agent}`;
    case 'drain':
      return `Drain ${asked.agent}`;
    case 'reroute':
      return `Reroute ${asked.agent}`;
    case 'set':
      return `Change the limits of ${asked.agent}`;
    case 'undo':
      return asked.action.verb === 'resume' ? `Resume ${asked.action.agent}` : `Undo: ${asked.action.verb}`;
    case 'reset':
      return asked.action.verb === 'reset' ? `Reset the breaker of ${asked.action.breaker}` : 'Reset';
    case 'requeue':
      return asked.action.verb === 'requeue' && asked.action.tasks?.length === 1
        ? `Requeue ${asked.action.tasks[0]}`
        : 'Requeue what matches';
    case 'cancel':
      return 'Cancel the task';
  }
}

/** What stands on the button. */
export function verbOf(asked: ActionAsked): string {
  switch (asked.verb) {
    case 'pause':
      return 'Pause';
    case 'drain':
      return 'Drain';
    case 'reroute':
      return 'Reroute';
    case 'set':
      return 'Change';
    case 'undo':
      return asked.action.verb === 'resume' ? 'Resume' : 'Undo';
    case 'reset':
      return 'Reset';
    case 'requeue':
      return 'Requeue';
    case 'cancel':
      return 'Cancel task';
  }
}
