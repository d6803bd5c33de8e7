import type { TaskEnd } from '#contract/health.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import { type TaskState, taskErrorSchema } from '#contract/task.ts';
import { marksOf, type Settled } from '../../store/task.ts';
import type { Ended } from './running.ts';

/** The event of a task's end, as health counts it. */
export function endedEvent(run: Ended, settled: Settled): TaskEnded {
  return {
    kind: 'ended',
    end: endOf(settled.state, settled.error),
    firstAttempt: settled.failures === 0,
    task: {
      id: `t${run.id}`,
      agent: run.agent,
      key: run.key,
      state: settled.state,
      waitKind: null,
      reason: settled.reason,
      priority: run.priority,
      acceptedAt: run.acceptedAt,
      runAt: null,
      startedAt: run.startedAt,
      endedAt: settled.endedAt,
      attempts: run.attempt,
      costUsd: settled.costUsd,
      tokensIn: settled.tokensIn,
      tokensOut: settled.tokensOut,
      marks: marksOf(settled.marks),
      model: settled.model,
    },
  };
}

/** How a task in this state ended, by its last error. @param error JSON of a TaskError */
export function endOf(state: TaskState, error: string | null): TaskEnd {
  if (state === 'succeeded' || state === 'cancelled' || state === 'in-doubt') return state;
  return error !== null && taskErrorSchema.safeParse(JSON.parse(error)).data?.class === 'timeout'
    ? 'timed-out'
    : 'failed';
}
