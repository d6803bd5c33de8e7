import type { TaskMark, TaskState } from '#contract/task.ts';

/** A state's word and the meaning of its colour; `quiet` is plain ink, `unknown` the dashed circle. */
export type TaskWord = { tone: 'met' | 'now' | 'soon' | 'act' | 'paused' | 'unknown' | 'quiet'; word: string };

export const TASK_WORDS: Record<TaskState, TaskWord> = {
  queued: { tone: 'quiet', word: 'Queued' },
  running: { tone: 'act', word: 'Running' },
  waiting: { tone: 'quiet', word: 'Waiting' },
  retrying: { tone: 'soon', word: 'Retrying' },
  paused: { tone: 'paused', word: 'Paused' },
  succeeded: { tone: 'met', word: 'Succeeded' },
  failed: { tone: 'now', word: 'Failed' },
  cancelled: { tone: 'quiet', word: 'Cancelled' },
  'in-doubt': { tone: 'soon', word: 'In doubt' },
  unknown: { tone: 'unknown', word: 'Unknown' },
};

/** Marks in the words of the console. */
export const MARK_WORDS: Record<TaskMark, string> = {
  retried: 'retried',
  slow: 'slow',
  deferred: 'deferred',
  fallback: 'fell back',
  unverified: 'not verified',
  incorrect: 'incorrect',
  rehearsal: 'rehearsal',
  reviewed: 'reviewed',
  partial: 'partial',
};

/** States to filter by, those that need a look first. */
export const FILTER_STATES = [
  'failed',
  'in-doubt',
  'retrying',
  'running',
  'waiting',
  'queued',
  'succeeded',
  'cancelled',
] as const satisfies readonly TaskState[];
