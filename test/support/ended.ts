import type { TaskEnd } from '#contract/health.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { Task } from '#contract/task.ts';

/** A task that ended well at its first attempt, in 1 s, with what a test says otherwise. */
export function endedTask(
  change: Partial<Task> & Partial<Pick<TaskEnded, 'firstAttempt' | 'end' | 'type' | 'toolless'>> = {},
): TaskEnded {
  const { firstAttempt = true, end = endOf(change.state), type, toolless, ...task } = change;
  const endedAt = task.endedAt ?? 1_800_000_000_000;
  return {
    kind: 'ended',
    end,
    firstAttempt,
    ...(type === undefined ? {} : { type }),
    ...(toolless === undefined ? {} : { toolless }),
    task: {
      id: 't1',
      agent: 'invoice-triage',
      key: null,
      state: 'succeeded',
      waitKind: null,
      reason: null,
      priority: 0,
      acceptedAt: endedAt - 1_000,
      runAt: null,
      startedAt: endedAt - 900,
      endedAt,
      attempts: 1,
      costUsd: 0.01,
      tokensIn: 100,
      tokensOut: 10,
      marks: [],
      model: 'anthropic/claude',
      ...task,
    },
  };
}

function endOf(state: Task['state'] | undefined): TaskEnd {
  return state === 'failed' || state === 'cancelled' || state === 'in-doubt' ? state : 'succeeded';
}
