import { type DeadLetters, REQUEUE_MAX } from '#contract/action.ts';
import { hasEnded, type Step, type Task, type TaskDetail, type TaskFilter } from '#contract/task.ts';

/*
 * Which tasks may be tried again, and how: what the buttons of the task views offer. Pure; the desk decides in the end.
 */

/** What a requeue takes when nobody says how many. */
export const REQUEUE_DEFAULT = 1_000;

/**
 * The dead letters that a filter shows; null when it shows none, or by something that a requeue cannot tell apart. Tasks
 * in doubt are no dead letters: a person resolves each.
 */
export function deadLettersOf(filter: TaskFilter): DeadLetters | null {
  if (filter.waitKind !== undefined) return null;
  const states = (filter.state ?? []).filter((state) => state === 'failed' || state === 'cancelled');
  const [state, other] = states;
  if (state === undefined) return null;
  const { agent, errorClass, text, endedFrom, endedTo } = filter;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(other === undefined ? { state } : {}),
    ...(errorClass === undefined ? {} : { errorClass }),
    ...(text === undefined ? {} : { text }),
    ...(endedFrom === undefined ? {} : { endedFrom }),
    ...(endedTo === undefined ? {} : { endedTo }),
  };
}

/** How many to take, as it was typed; null when that is no number of tasks. */
export function readLimit(text: string): number | null {
  const count = Number(text);
  return text.trim() !== '' && Number.isInteger(count) && count >= 1 && count <= REQUEUE_MAX ? count : null;
}

/** What can be done with a task as it stands. */
export function canDo(task: Pick<Task, 'state' | 'waitKind'>): {
  requeue: boolean;
  resubmit: boolean;
  retry: boolean;
  cancel: boolean;
} {
  const ended = hasEnded(task.state);
  const held = task.waitKind === 'backoff' || task.waitKind === 'deferred';
  return {
    requeue: task.state === 'failed' || task.state === 'cancelled',
    resubmit: ended && task.state !== 'in-doubt',
    retry: !ended && held,
    cancel: !ended,
  };
}

/** The finished steps that a fork may go on from, in the order in which they ended. */
export function forkSteps(task: Pick<TaskDetail, 'steps'>): Step[] {
  return task.steps.filter((step) => step.state === 'done').toSorted((a, b) => a.seq - b.seq);
}
