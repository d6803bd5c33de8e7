import type { AgentDefinition } from '#contract/agent.ts';
import type { Result } from '#contract/errors.ts';
import { hasEnded, type Submitted } from '#contract/task.ts';
import type { ScheduleStore } from '../store/schedule.ts';
import type { Tasks } from '../store/task.ts';
import type { NewTask } from './engine/accept.ts';
import { createFolders } from './folder/index.ts';
import { createSchedules } from './schedule/index.ts';
import type { RunnerOptions } from './types.ts';

export type IntakesOptions = Pick<RunnerOptions, 'committer' | 'now' | 'log'> & {
  store: ScheduleStore;
  tasks: Tasks;
  submit(tasks: NewTask[]): Promise<Result<Submitted>[]>;
};

/** The ways in that the runner keeps by itself: schedules and watched folders. */
export function createIntakes({ store, tasks, submit, committer, now, log }: IntakesOptions) {
  const inboxes = createFolders({ submit, now, log });
  const schedules = createSchedules({
    store,
    commit: (work) => committer.commit(work),
    async submit(agent, start, key) {
      const [result] = await submit([{ agent, input: { scheduledFor: new Date(start).toISOString() }, key }]);
      if (result === undefined) throw new Error('a scheduled task got no answer');
      return result;
    },
    inFlight: (task) => {
      const row = tasks.full(task);
      return row !== undefined && !hasEnded(row.state);
    },
    now,
    log,
  });

  return {
    define(definitions: AgentDefinition[]): void {
      void schedules.define(definitions);
      inboxes.define(definitions);
    },
    /** The clock was set: what is due by now is due. */
    lookAgain: (): void => void schedules.run(),
    /** Why the last start of an agent's schedule was refused. */
    refusal: schedules.refusal,
    troubles: (): string[] => [...inboxes.troubles(), ...schedules.troubles()],
    async close(): Promise<void> {
      await schedules.stop();
      await inboxes.close();
    },
  };
}
