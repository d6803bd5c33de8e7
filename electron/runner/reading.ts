import type { AgentDefinition } from '#contract/agent.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { Task, TaskDetail, TaskFilter, TaskPage } from '#contract/task.ts';
import type { Family } from '../store/family.ts';
import type { Steps } from '../store/step.ts';
import { type Tasks, taskNumber, taskOf } from '../store/task.ts';
import { type TaskList, TOTAL_CAP } from '../store/task-list.ts';
import { detailOf } from './detail.ts';
import { endOf } from './engine/ended.ts';

export type ReadingOptions = {
  tasks: Tasks;
  list: TaskList;
  steps: Steps;
  family: Family;
  /** The definition of an agent in force. */
  definitionOf(agent: string): AgentDefinition | null | undefined;
};

/** Tasks as they stand on the disk. */
export function createReading(options: ReadingOptions) {
  const { tasks, list, steps, family } = options;
  return {
    task(id: string): Result<TaskDetail> {
      const number = taskNumber(id);
      const row = tasks.full(number);
      if (!row) {
        return fail('NOT_FOUND', `There is no task ${id}.`, {
          kept: 'Nothing was changed.',
          todo: 'Look for it: nightdesk tasks',
        });
      }
      const keys = options.definitionOf(row.agent)?.nightdesk;
      return succeed(
        detailOf(row, steps.ofTask(number), steps.attempts(number), family.offspring(number), {
          attempts: keys?.retry.attempts ?? 0,
          timeoutMs: keys?.limits.timeout ?? 0,
          costUsd: row.limit_usd ?? keys?.limits.cost ?? null,
        }),
      );
    },
    /** @param count whether to count all that match, too */
    page(filter: TaskFilter, page: { before?: string | undefined; limit: number }, count = true): TaskPage {
      const before = page.before === undefined ? undefined : taskNumber(page.before);
      const rows = list.page(filter, before, page.limit);
      const last = rows.at(-1);
      return {
        tasks: rows.map(taskOf),
        next: rows.length === page.limit && last ? `t${last.id}` : null,
        total: count ? list.count(filter) : 0,
        totalCap: TOTAL_CAP,
      };
    },
    row(id: string): Task | undefined {
      const row = tasks.full(taskNumber(id));
      return row && taskOf(row);
    },
    *endedSince(from: number): Generator<TaskEnded> {
      for (const row of tasks.endedSince(from)) {
        yield {
          kind: 'ended',
          task: taskOf(row),
          end: endOf(row.state, row.error),
          firstAttempt: row.failures === 0,
        };
      }
    },
  };
}
