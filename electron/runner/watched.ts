import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDefinition } from '#contract/agent.ts';
import type { Json } from '#contract/basic.ts';
import type { CanaryKeys } from '#contract/canary.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RuntimeBeats, ScheduledStart } from '#contract/runtime.ts';
import type { ScheduleStore } from '../store/schedule.ts';
import { type Tasks, taskOf } from '../store/task.ts';
import type { Pool } from './engine/pool.ts';
import { BEAT_MS } from './engine/protocol.ts';
import { nextStart } from './schedule/cron.ts';

export type WatchedOptions = {
  runtime: string;
  wanted: number;
  pool: Pool;
  definitions(): AgentDefinition[];
  schedules: ScheduleStore;
  /** Why the last start of an agent was refused. */
  refusal(agent: string): string | null;
  tasks: Tasks;
  now(): number;
};

/** What of the runner is watched for silence: reads only. */
export function createWatched(options: WatchedOptions) {
  const { now, tasks } = options;

  function startOf(agent: string, cron: string): ScheduledStart {
    const row = options.schedules.row(agent);
    const at = now();
    const next = row?.cron === cron ? nextStart(cron, row.fired_at) : null;
    const last = row?.task == null ? undefined : tasks.full(row.task);
    const task = last && taskOf(last);
    return {
      agent,
      dueAt: next !== null && next <= at ? next : null,
      refused: options.refusal(agent),
      waits:
        task && task.startedAt === null && task.endedAt === null ? { task: task.id, since: task.acceptedAt } : null,
    };
  }

  return {
    beats: (): RuntimeBeats => ({
      runtime: options.runtime,
      beatMs: BEAT_MS,
      wanted: options.wanted,
      workers: options.pool.beats(),
    }),
    /** How far the schedule of each agent that has one has come. */
    starts: (): ScheduledStart[] =>
      options
        .definitions()
        .flatMap(({ name, nightdesk }) =>
          nightdesk.schedule === undefined ? [] : [startOf(name, nightdesk.schedule.cron)],
        ),
    canaries: (): { agent: string; keys: CanaryKeys }[] =>
      options
        .definitions()
        .flatMap(({ name, nightdesk }) =>
          nightdesk.canary === undefined ? [] : [{ agent: name, keys: nightdesk.canary }],
        ),
    /** The input of an agent's canary, read from its fixtures. */
    canaryInput(agent: string): Result<Json> {
      const found = options.definitions().find(({ name }) => name === agent);
      const file = join(found?.folder ?? '', 'fixtures', found?.nightdesk.canary?.input ?? '');
      try {
        if (found?.folder == null) throw new Error('the agent has no folder');
        return succeed(JSON.parse(readFileSync(file, 'utf8')) as Json);
      } catch (error) {
        return fail('BAD_FILE', `The input of the canary of ${agent} cannot be read: ${(error as Error).message}`, {
          kept: 'No canary was started.',
          todo: 'Put the file that nightdesk.canary.input names into fixtures/ of the agent.',
          where: file,
        });
      }
    },
  };
}
export type Watched = ReturnType<typeof createWatched>;
