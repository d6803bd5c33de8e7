import type { TaskError } from '#contract/task.ts';
import { messageOf } from './unwind.ts';

/** A tool call that got no answer: how, and whether it can have happened all the same. */
export class ToolFailure extends Error {
  readonly error: TaskError;
  /** `no`: it certainly did not happen, so that nothing is in doubt. */
  readonly landed: 'no' | 'unknown';

  constructor(error: TaskError, landed: 'no' | 'unknown') {
    super(error.message);
    this.name = 'ToolFailure';
    this.error = error;
    this.landed = landed;
  }
}

/** What a tool threw, as the error of its step. */
export function toolErrorOf(error: unknown, source: string): TaskError {
  return error instanceof ToolFailure ? error.error : { class: 'tool', message: messageOf(error), source };
}
