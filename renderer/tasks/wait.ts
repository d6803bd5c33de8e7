import type { WaitKind } from '#contract/task.ts';

/** Why a task waits, in words, in the order in which they want a look. */
export const WAIT_WORDS: Record<WaitKind, string> = {
  person: 'for a person',
  budget: 'for the next budget',
  deferred: 'for a provider or integration',
  backoff: 'after a failure',
  alone: 'to run alone',
  turn: 'for its turn',
  child: 'for a task it started',
  sleep: 'asleep in a step',
  delayed: 'for its moment',
};

/** Every reason to wait, as `WAIT_WORDS` orders them. */
export const WAIT_KINDS = Object.keys(WAIT_WORDS) as WaitKind[];
