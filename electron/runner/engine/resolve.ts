import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { type Failure, fail, type Result, succeed } from '#contract/errors.ts';
import type { Resolution } from '#contract/question.ts';
import type { RuntimeEvent } from '#contract/runtime.ts';
import type { TaskError } from '#contract/task.ts';
import type { StepRow, Steps } from '../../store/step.ts';
import type { FullTaskRow, Tasks } from '../../store/task.ts';
import { doubtful } from '../detail.ts';
import { endedEvent } from './ended.ts';
import { settledRow, waitingOf } from './running.ts';

export type ResolvingOptions = {
  tasks: Tasks;
  steps: Steps;
  now(): number;
  audit: AuditWrite;
  /** A task that had ended is queued again; called inside the commit. */
  onQueued(task: number, agent: string): void;
  /** A task has ended; called inside the commit, its events are told after it. */
  onEnded(task: number, origin: string | null, events: RuntimeEvent[]): void;
  commit<T>(work: () => T): Promise<T>;
  onDiskRefused(error: unknown): void;
};

/** What a person says of an effect in doubt is written into its journal, in one commit with what becomes of the task. */
export function createResolving(options: ResolvingOptions) {
  const { tasks, steps, now } = options;

  function resolveNow(id: number, resolution: Resolution, step: string | undefined, by: Actor): Result<null> {
    const row = tasks.full(id);
    if (!row) {
      return fail('NOT_FOUND', `There is no task t${id}.`, {
        kept: 'Nothing was changed.',
        todo: 'Look for it: nightdesk tasks --state in-doubt',
      });
    }
    const rows = steps.ofTask(id);
    if (row.state !== 'in-doubt') return { ok: false, error: notInDoubt(row, rows) };
    const open = doubtful(rows);
    const meant = step === undefined ? open : open.filter((each) => each.name === step);
    const [effect, ...others] = meant;
    if (!effect || others.length > 0) {
      const names = open.map((each) => `"${each.name}"`).join(', ');
      return fail('BAD_INPUT', `t${id} has ${open.length} effects in doubt: ${names}.`, {
        kept: 'Nothing was changed.',
        todo: 'Say which one is meant, with --step or the field step.',
        where: 'step',
      });
    }
    write(row, effect, rows, resolution, by);
    options.audit({ by, what: 'task.resolved', subject: `t${id}`, details: { step: effect.name, resolution } });
    return succeed(null);
  }

  function write(row: FullTaskRow, effect: StepRow, rows: StepRow[], resolution: Resolution, by: Actor): void {
    const at = now();
    const open = rows.filter((each) => each.name === effect.name && each.state === 'in-doubt');
    const landed = resolution.as === 'landed';
    for (const each of open) {
      if (landed && each === effect) {
        steps.close(row.id, each.seq, {
          state: 'done',
          ended_at: at,
          result: JSON.stringify(resolution.result),
          error: null,
        });
      } else {
        const error: TaskError = { class: 'worker-lost', message: `${said(resolution)}, says ${by.name}` };
        steps.close(row.id, each.seq, { state: 'failed', ended_at: at, result: null, error: JSON.stringify(error) });
      }
    }
    steps.write({
      task: row.id,
      seq: (rows.at(-1)?.seq ?? -1) + 1,
      attempt: row.attempts,
      name: `${effect.name} resolved`,
      kind: 'check',
      state: 'done',
      started_at: at,
      ended_at: at,
      fingerprint: null,
      effect_key: null,
      request: JSON.stringify({ key: effect.effect_key, asked: by }),
      result: JSON.stringify(
        resolution.as === 'given-up'
          ? { givenUp: resolution.reason }
          : { landed, receipt: landed ? resolution.result : null },
      ),
      error: null,
      call: null,
    });
    if (resolution.as !== 'given-up') {
      tasks.reopen(row.id);
      options.onQueued(row.id, row.agent);
      return;
    }
    const error: TaskError = {
      class: 'worker-lost',
      message: `given up by ${by.name}: ${resolution.reason}`,
      source: effect.name,
    };
    const settled = settledRow(row, {
      state: 'failed',
      endedAt: at,
      reason: error.message,
      error: JSON.stringify(error),
    });
    tasks.settle(settled);
    options.onEnded(row.id, row.origin, [
      { kind: 'task', id: `t${row.id}`, agent: row.agent },
      endedEvent(waitingOf(row), settled),
    ]);
  }

  return {
    async resolve(id: number, resolution: Resolution, step: string | undefined, by: Actor): Promise<Result<null>> {
      try {
        return await options.commit(() => resolveNow(id, resolution, step, by));
      } catch (error) {
        options.onDiskRefused(error);
        return fail('STORAGE', `It could not be written: ${String(error)}`, {
          kept: 'The task stays in doubt.',
          todo: 'Free space on the disk of the data folder, then try again.',
        });
      }
    },
  };
}
export type Resolving = ReturnType<typeof createResolving>;

function said(resolution: Resolution): string {
  switch (resolution.as) {
    case 'landed':
      return 'an earlier try';
    case 'not-landed':
      return 'it did not land';
    case 'given-up':
      return 'given up';
  }
}

function notInDoubt(row: FullTaskRow, rows: StepRow[]): Failure {
  const last = rows.findLast((each) => each.kind === 'check' && each.name.endsWith(' resolved'));
  const asked = last ? (JSON.parse(last.request ?? '{}') as { asked?: Actor }).asked : undefined;
  const who =
    asked === undefined ? '' : `; ${asked.name} resolved it first, at ${new Date(last?.started_at ?? 0).toISOString()}`;
  return {
    code: 'CONFLICT',
    message: `t${row.id} is not in doubt, it is ${row.state}${who}.`,
    kept: 'Nothing was changed.',
    todo: `Look at the task: nightdesk task t${row.id}`,
  };
}
