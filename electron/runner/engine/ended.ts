import type { TaskEnded } from '#contract/runtime.ts';
import { marksOf, type Settled } from '../../store/task.ts';
import type { Ended } from './running.ts';

/** The event of a task's end, as health counts it. */
export function endedEvent(run: Ended, settled: Settled): TaskEnded {
  return {
    kind: 'ended',
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
