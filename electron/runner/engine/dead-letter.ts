import { createHash } from 'node:crypto';
import { type Action, commandOf, type DeadLetters, type Outcome, type Plan, REQUEUE_MAX } from '#contract/action.ts';
import type { Actor } from '#contract/basic.ts';
import { type Failure, type Result, succeed } from '#contract/errors.ts';
import { type TaskError, type TaskFilter, type TaskState, taskErrorSchema } from '#contract/task.ts';
import type { DeadLetterRows } from '../../store/dead-letter.ts';
import { type FullTaskRow, type TaskRow, type Tasks, taskNumber } from '../../store/task.ts';
import type { TaskList } from '../../store/task-list.ts';
import { isRetryable } from '../guard/retry.ts';
import type { Engine } from './engine.ts';

/** Tasks of one commit: more would hold up whoever else waits for the disk. */
const COMMIT_TASKS = 1_000;
/** A run of a batch without a limit. */
const LIMIT = 1_000;

type Requeue = Extract<Action, { verb: 'requeue' }>;
type Retry = Extract<Action, { verb: 'retry' }>;

export type DeadLettersOptions = {
  engine: Engine;
  tasks: Tasks;
  letters: DeadLetterRows;
  list: TaskList;
  now(): number;
  onAction(agent: string, text: string, by: Actor): void;
};

/** Dead letters: tasks that failed or were cancelled, and may be tried again. */
export function createDeadLetters({ engine, tasks, letters: stored, list, now, onAction }: DeadLettersOptions) {
  function find(letters: DeadLetters): TaskRow[] {
    if (letters.tasks) {
      return letters.tasks.flatMap((id) => {
        const row = tasks.full(taskNumber(id));
        return row && isDead(row.state) ? [row] : [];
      });
    }
    return list.page(filterOf(letters), undefined, letters.limit ?? LIMIT);
  }

  /** One that is named and is none. */
  function refused(letters: DeadLetters): Failure | undefined {
    for (const id of letters.tasks ?? []) {
      const row = tasks.full(taskNumber(id));
      if (!row) return noTask(id);
      if (!isDead(row.state)) return notDead(row);
    }
    return undefined;
  }

  function plan(action: Requeue): Result<Plan> {
    const wrong = refused(action);
    if (wrong) return { ok: false, error: wrong };
    const rows = find(action);
    const all = action.tasks ? rows.length : list.count(filterOf(action));
    const more = all > rows.length ? `; ${all - rows.length} more match, ${REQUEUE_MAX} at a time at most` : '';
    return succeed({
      // What dies while a person reads the plan is no part of it.
      action: action.tasks ? action : { ...action, endedTo: action.endedTo ?? now() + 1 },
      willChange: `${counted(rows.length)}: back in the queue with its key, its journal and fresh attempts. Steps that finished are not run again`,
      touches: rows.length === 0 ? 'nothing: no dead letter matches' : `${byAgent(rows)}${more}`,
      headroom: null,
      undoneBy: 'cancelling them',
      undo: null,
      command: commandOf(action),
      hash: createHash('sha256')
        .update(JSON.stringify(rows.map((row) => row.id)))
        .digest('hex')
        .slice(0, 16),
      reach: rows.length,
    });
  }

  /** One task, inside a commit. */
  function requeueNow(row: FullTaskRow): void {
    const error = row.error === null ? null : taskErrorSchema.parse(JSON.parse(row.error));
    stored.requeue(row.id, keepsDefinition(error));
    engine.requeued(row.id, row.agent);
  }

  return {
    plan,
    /** @param alongside written in the last commit, so that a desk that died in between goes on with the rest */
    async requeue(action: Requeue, by: Actor, alongside: () => void): Promise<number> {
      const ids = find(action).map((row) => row.id);
      const agents = new Map<string, number>();
      for (let from = 0; from === 0 || from < ids.length; from += COMMIT_TASKS) {
        const part = ids.slice(from, from + COMMIT_TASKS);
        const done = await engine.commit(() => {
          const rows = part.flatMap((id) => tasks.full(id) ?? []).filter((row) => isDead(row.state));
          for (const row of rows) requeueNow(row);
          if (from + COMMIT_TASKS >= ids.length) alongside();
          return rows.map((row) => row.agent);
        });
        engine.change(() => {});
        for (const agent of done) agents.set(agent, (agents.get(agent) ?? 0) + 1);
      }
      for (const [agent, n] of agents) onAction(agent, `${by.name} requeued ${counted(n)} of ${agent}`, by);
      return [...agents.values()].reduce((sum, n) => sum + n, 0);
    },
    planRetry(action: Retry): Result<Plan> {
      const row = tasks.full(taskNumber(action.task));
      if (!row) return { ok: false, error: noTask(action.task) };
      if (row.wait_kind !== 'backoff' && row.wait_kind !== 'deferred') return { ok: false, error: notWaiting(row) };
      return succeed({
        action,
        willChange: `${action.task}: tried now instead of later. Steps that finished are not run again`,
        touches: `this one task of ${row.agent}, after ${row.attempts} attempts`,
        headroom: null,
        undoneBy: 'nothing; it would have been tried anyway',
        undo: null,
        command: commandOf(action),
        hash: createHash('sha256').update(`${row.id} ${row.state} ${row.attempts}`).digest('hex').slice(0, 16),
        reach: 1,
      });
    },
    verifyRetry({ task }: Retry): Outcome {
      const row = tasks.full(taskNumber(task));
      if (!row) return { state: 'diverged', evidence: `${task} is not there any more` };
      const waits = row.state === 'queued' || row.state === 'retrying' || row.state === 'waiting';
      return { state: waits ? 'pending' : 'applied', evidence: `${task} is ${row.state}, attempt ${row.attempts}` };
    },
    verify(action: Requeue): Outcome {
      if (action.tasks) {
        const states = new Map<TaskState, number>();
        for (const id of action.tasks) {
          const state = tasks.full(taskNumber(id))?.state ?? 'unknown';
          states.set(state, (states.get(state) ?? 0) + 1);
        }
        return { state: 'applied', evidence: [...states].map(([state, n]) => `${n} ${state}`).join(', ') };
      }
      return { state: 'applied', evidence: `${list.count(filterOf(action))} dead letters match now` };
    },
    /** A task that backs off, or waits for a provider or integration, is tried now. */
    async retryNow(id: string, by: Actor, alongside: () => void = () => {}): Promise<Result<null>> {
      const number = taskNumber(id);
      const agent = await engine.commit(() => {
        const found = stored.retryNow(number);
        if (found !== undefined) {
          engine.woken(number, found);
          alongside();
        }
        return found;
      });
      engine.change(() => {});
      if (agent !== undefined) {
        onAction(agent, `${by.name} had ${id} tried at once`, by);
        return succeed(null);
      }
      const row = tasks.full(number);
      return { ok: false, error: row ? notWaiting(row) : noTask(id) };
    },
  };
}
export type DeadLetterDesk = ReturnType<typeof createDeadLetters>;

function isDead(state: TaskState): boolean {
  return state === 'failed' || state === 'cancelled';
}

function filterOf({ agent, state, errorClass, text, endedFrom, endedTo }: DeadLetters): TaskFilter {
  return {
    state: state === undefined ? ['failed', 'cancelled'] : [state],
    ...(agent === undefined ? {} : { agent }),
    ...(errorClass === undefined ? {} : { errorClass }),
    ...(text === undefined ? {} : { text }),
    ...(endedFrom === undefined ? {} : { endedFrom }),
    ...(endedTo === undefined ? {} : { endedTo }),
  };
}

/** An error that no attempt can mend is mended in the agent's files: the task goes on with them as they are now. */
function keepsDefinition(error: TaskError | null): boolean {
  return error === null || isRetryable(error.class);
}

function counted(n: number): string {
  return `${n} ${n === 1 ? 'dead letter' : 'dead letters'}`;
}

function byAgent(rows: readonly TaskRow[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.agent, (counts.get(row.agent) ?? 0) + 1);
  return [...counts].map(([agent, n]) => `${n} of ${agent}`).join(', ');
}

export function noTask(id: string): Failure {
  return {
    code: 'NOT_FOUND',
    message: `There is no task ${id}.`,
    kept: 'Nothing was changed.',
    todo: 'Look for it: nightdesk tasks --state failed,cancelled',
  };
}

function notDead(row: TaskRow): Failure {
  return {
    code: 'CONFLICT',
    message: `t${row.id} is no dead letter: it is ${row.state}.`,
    kept: 'Nothing was changed.',
    todo:
      row.state === 'in-doubt'
        ? `Say what became of its effect: nightdesk resolve t${row.id}`
        : `Look at it: nightdesk task t${row.id}`,
  };
}

function notWaiting(row: TaskRow): Failure {
  return {
    code: 'CONFLICT',
    message: `t${row.id} does not back off: it is ${row.state}${row.wait_kind === null ? '' : `, and waits: ${row.wait_kind}`}.`,
    kept: 'Nothing was changed.',
    todo: isDead(row.state) ? `Requeue it: nightdesk requeue t${row.id}` : `Look at it: nightdesk task t${row.id}`,
  };
}
