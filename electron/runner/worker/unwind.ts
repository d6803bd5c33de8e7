import type { ErrorClass, TaskError } from '#contract/task.ts';
import type { Ending } from '../engine/protocol.ts';

/** Leaves the agent's code at once, whatever its depth, with how the attempt ends. Agent code should let it pass. */
export class Unwind extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(`the attempt ends: ${ending.kind}`);
    this.name = 'Unwind';
    this.ending = ending;
  }
}

/** A person refused a call: the model is told, a code agent may catch it. Not retried. */
export class Refused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refused';
  }
}

/** Ends the attempt as failed. */
export function failWith(errorClass: ErrorClass, message: string, more: Partial<TaskError> = {}): Unwind {
  return new Unwind({ kind: 'failed', error: { class: errorClass, message, ...more }, output: null });
}

/** What an error says, for people. Code may throw anything, also what cannot be made a text. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    return Object.prototype.toString.call(error);
  }
}
