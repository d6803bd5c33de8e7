import type { Database } from 'better-sqlite3';
import type { Task, TaskMark, TaskState, WaitKind } from '#contract/task.ts';
import type { SpentKey } from './retention.ts';

/** A row of the table task, as SQLite gives it. */
export type TaskRow = {
  id: number;
  agent: string;
  key: string | null;
  state: TaskState;
  priority: number;
  accepted_at: number;
  run_at: number | null;
  wait_kind: WaitKind | null;
  started_at: number | null;
  claimed_at: number | null;
  ended_at: number | null;
  attempts: number;
  failures: number;
  crashes: number;
  epoch: number;
  worker: string | null;
  definition: string | null;
  cost_usd: number;
  tokens_in: number;
  tokens_out: number;
  marks: number;
  model: string | null;
  reason: string | null;
  error: string | null;
  /** JSON of an Origin. */
  origin: string | null;
  /** The task's own cost limit as a person raised it, US dollars. */
  limit_usd: number | null;
  /** What the tasks that it spawned have cost so far, US dollars. */
  children_usd: number;
  /** What intake.per gave: tasks with the same text run one at a time. */
  per: string | null;
  /** 1 when it runs and was told to stop. */
  cancelling: 0 | 1;
};
/** With what only the detail and a claim need. */
export type FullTaskRow = TaskRow & { input: string; output: string | null };
/** What an attempt is begun with. Each column that is read has its price. */
export type RunnableRow = Omit<
  FullTaskRow,
  'state' | 'run_at' | 'wait_kind' | 'ended_at' | 'reason' | 'error' | 'output'
>;

/** Marks are bits in the row, in this order; never reorder. */
const MARK_BITS: readonly TaskMark[] = [
  'retried',
  'slow',
  'deferred',
  'fallback',
  'unverified',
  'incorrect',
  'rehearsal',
  'reviewed',
  'partial',
];

/** The bits of some marks. */
export function markBits(...marks: TaskMark[]): number {
  return marks.reduce((bits, mark) => bits | (1 << MARK_BITS.indexOf(mark)), 0);
}

/** The marks that some bits stand for. */
export function marksOf(bits: number): TaskMark[] {
  return bits === 0 ? [] : MARK_BITS.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** The task as the contract shows it. */
export function taskOf(row: TaskRow): Task {
  return {
    id: `t${row.id}`,
    agent: row.agent,
    key: row.key,
    state: row.state,
    waitKind: row.wait_kind,
    reason: row.reason,
    priority: row.priority,
    acceptedAt: row.accepted_at,
    runAt: row.run_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    attempts: row.attempts,
    costUsd: row.cost_usd,
    tokensIn: row.tokens_in,
    tokensOut: row.tokens_out,
    marks: marksOf(row.marks),
    model: row.model,
  };
}

/** The number inside a task id, as the tables hold it. */
export function taskNumber(id: string): number {
  return Number(id.slice(1));
}

export type NewTask = {
  agent: string;
  key: string | null;
  state: 'queued' | 'waiting';
  priority: number;
  acceptedAt: number;
  runAt: number | null;
  waitKind: WaitKind | null;
  marks: number;
  per: string | null;
  input: string;
};

export type LaneCount = { agent: string; state: TaskState; wait_kind: WaitKind | null; n: number };

const COLUMNS =
  'id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, cost_usd, tokens_in, tokens_out, marks, model, reason, error, origin, limit_usd, children_usd, per, cancelling';

const RUNNABLE_COLUMNS =
  'id, agent, key, priority, accepted_at, started_at, claimed_at, attempts, failures, crashes, epoch, worker, definition, cost_usd, tokens_in, tokens_out, marks, model, origin, limit_usd, children_usd, per, cancelling, input';

/** What a task becomes at the end of an attempt. */
export type Settled = {
  id: number;
  state: TaskState;
  runAt: number | null;
  waitKind: WaitKind | null;
  endedAt: number | null;
  failures: number;
  crashes: number;
  costUsd: number;
  tokensIn: number;
  tokensOut: number;
  marks: number;
  model: string | null;
  reason: string | null;
  error: string | null;
  output: string | null;
};

/** The statements on the table task that change it. They run inside the caller's transaction. */
export function prepareTasks(db: Database) {
  const insert = db.prepare<unknown[]>(
    `INSERT INTO task (agent, key, state, priority, accepted_at, run_at, wait_kind, marks, per, input) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byKey = db.prepare<[string, string], { id: number; input: string }>(
    'SELECT id, input FROM task WHERE agent = ? AND key = ?',
  );
  const spentKey = db.prepare<[string, string, number], SpentKey>(
    'SELECT task, input FROM spent_key WHERE agent = ? AND key = ? AND until >= ?',
  );
  // What the planner looks at, a bare parameter here, has the statement prepared again with each use.
  const runnable = db.prepare<[string, number], RunnableRow>(
    `SELECT ${RUNNABLE_COLUMNS} FROM task INDEXED BY task_runnable WHERE agent = (SELECT ?) AND state = 'queued' ORDER BY priority DESC, id LIMIT ? + 0`,
  );
  const runnablePinned = db.prepare<[string, number], RunnableRow>(
    `SELECT ${RUNNABLE_COLUMNS} FROM task INDEXED BY task_pinned WHERE agent = (SELECT ?) AND state = 'queued' AND definition IS NOT NULL ORDER BY priority DESC, id LIMIT ? + 0`,
  );
  const claim = db.prepare<unknown[]>(
    `UPDATE task SET state = 'running', epoch = epoch + 1, attempts = attempts + 1, worker = ?, claimed_at = ?, started_at = coalesce(started_at, ?), definition = ?, reason = NULL WHERE id IN (SELECT value FROM json_each(?))`,
  );
  const settle = db.prepare<unknown[]>(
    `UPDATE task SET state = ?, run_at = ?, wait_kind = ?, ended_at = ?, failures = ?, crashes = ?, cost_usd = ?, tokens_in = ?, tokens_out = ?, marks = ?, model = ?, reason = ?, error = ?, output = ?, worker = NULL, cancelling = 0 WHERE id = ?`,
  );
  const succeed = db.prepare<unknown[]>(
    `UPDATE task SET state = 'succeeded', ended_at = ?, cost_usd = ?, tokens_in = ?, tokens_out = ?, marks = ?, model = ?, error = NULL, output = ?, worker = NULL, cancelling = 0 WHERE id = ?`,
  );
  const promoteDue = db.prepare<[number], { agent: string }>(
    `UPDATE task SET state = 'queued', run_at = NULL, wait_kind = NULL, reason = NULL WHERE run_at <= ? AND ended_at IS NULL RETURNING agent`,
  );
  const promoteDeferred = db.prepare<[string, number], { agent: string }>(
    `UPDATE task SET state = 'queued', run_at = NULL, wait_kind = NULL, reason = NULL WHERE id IN (SELECT id FROM task WHERE wait_kind = 'deferred' AND agent = ? ORDER BY id LIMIT ?) RETURNING agent`,
  );
  const answered = db.prepare<[number, number]>(
    `UPDATE task SET state = 'queued', wait_kind = NULL, reason = NULL, marks = marks | ? WHERE id = ? AND wait_kind = 'person'`,
  );
  const reopen = db.prepare<[number]>(
    `UPDATE task SET state = 'queued', ended_at = NULL, reason = NULL, error = NULL WHERE id = ? AND state = 'in-doubt'`,
  );
  const promoteBudget = db.prepare<[number], { agent: string }>(
    `UPDATE task SET state = 'queued', run_at = NULL, wait_kind = NULL, reason = NULL WHERE id IN (SELECT id FROM task WHERE wait_kind = 'budget' ORDER BY id LIMIT ?) RETURNING agent`,
  );
  const raiseLimit = db.prepare<[number, number]>('UPDATE task SET limit_usd = ? WHERE id = ?');
  const newestMoment = db.prepare<[], { at: number | null }>(
    'SELECT max(coalesce((SELECT accepted_at FROM task ORDER BY id DESC LIMIT 1), 0), coalesce((SELECT max(ended_at) FROM task INDEXED BY task_ended WHERE ended_at IS NOT NULL), 0)) AS at',
  );
  const nextDue = db.prepare<[], { at: number | null }>('SELECT min(run_at) AS at FROM task WHERE run_at IS NOT NULL');
  const running = db.prepare<[], RunnableRow>(
    `SELECT ${RUNNABLE_COLUMNS} FROM task INDEXED BY task_running WHERE state = 'running' ORDER BY id`,
  );
  const queuedCounts = db.prepare<[], LaneCount>(
    `SELECT agent, 'queued' AS state, NULL AS wait_kind, count(*) AS n FROM task INDEXED BY task_runnable WHERE state = 'queued' GROUP BY agent`,
  );
  const waitingCounts = db.prepare<[], LaneCount>(
    `SELECT agent, 'waiting' AS state, wait_kind, count(*) AS n FROM task INDEXED BY task_waiting WHERE wait_kind IS NOT NULL GROUP BY wait_kind, agent`,
  );
  const full = db.prepare<[number], FullTaskRow>(`SELECT ${COLUMNS}, input, output FROM task WHERE id = ?`);
  const endedSince = db.prepare<[number], TaskRow>(
    `SELECT ${COLUMNS} FROM task INDEXED BY task_ended WHERE ended_at >= ? ORDER BY ended_at`,
  );

  const isolate = db.prepare<[string, number]>(
    `UPDATE task SET state = 'waiting', wait_kind = 'alone', reason = ? WHERE id = ?`,
  );
  const suspects = db.prepare<[], { agent: string; crashes: number; n: number }>(
    `SELECT agent, crashes, count(*) AS n FROM task INDEXED BY task_waiting WHERE wait_kind = 'alone' GROUP BY agent, crashes`,
  );
  const nextSuspect = db.prepare<[string, 0 | 1], { id: number }>(
    `UPDATE task SET state = 'queued', wait_kind = NULL, reason = NULL WHERE id = (SELECT id FROM task INDEXED BY task_waiting WHERE wait_kind = 'alone' AND agent = ? AND (crashes > 1) = ? ORDER BY id LIMIT 1) RETURNING id`,
  );
  const inDoubt = db.prepare<[], { n: number }>(
    `SELECT count(*) AS n FROM task INDEXED BY task_in_doubt WHERE state = 'in-doubt'`,
  );

  return {
    /** Takes a suspect out of the queue until there is a worker for it alone. */
    isolate: (id: number, reason: string): void => {
      isolate.run(reason, id);
    },
    /** How many suspects of each agent wait, by how often their worker died. */
    suspects: (): { agent: string; crashes: number; n: number }[] => suspects.all(),
    /** Puts the oldest suspect of an agent back into the queue. @param single of those whose worker died more than once */
    nextSuspect: (agent: string, single: boolean): FullTaskRow | undefined => {
      const found = nextSuspect.get(agent, single ? 1 : 0);
      return found && full.get(found.id);
    },
    inDoubt: (): number => inDoubt.get()?.n ?? 0,
    insert: (task: NewTask): number =>
      Number(
        insert.run(
          task.agent,
          task.key,
          task.state,
          task.priority,
          task.acceptedAt,
          task.runAt,
          task.waitKind,
          task.marks,
          task.per,
          task.input,
        ).lastInsertRowid,
      ),
    findByKey: (agent: string, key: string): { id: number; input: string } | undefined => byKey.get(agent, key),
    /** What a key stands for whose task was removed for want of space. `input`: its hash. */
    spentKey: (agent: string, key: string, now: number): SpentKey | undefined => spentKey.get(agent, key, now),
    /** The next tasks of an agent: priority, then age. */
    runnable: (agent: string, limit: number): RunnableRow[] => runnable.all(agent, limit),
    /** The same of those that had started before: they have a definition. */
    runnablePinned: (agent: string, limit: number): RunnableRow[] => runnablePinned.all(agent, limit),
    /** One statement for all of them: a third less work than one for each. */
    claim: (ids: number[], worker: string, now: number, definition: string): void => {
      claim.run(worker, now, now, definition, JSON.stringify(ids));
    },
    settle: (to: Settled): void => {
      settle.run(
        to.state,
        to.runAt,
        to.waitKind,
        to.endedAt,
        to.failures,
        to.crashes,
        to.costUsd,
        to.tokensIn,
        to.tokensOut,
        to.marks,
        to.model,
        to.reason,
        to.error,
        to.output,
        to.id,
      );
    },
    /** The same for the end of a task that runs and has succeeded, with the columns alone that this changes. */
    succeed: (to: Settled): void => {
      succeed.run(to.endedAt, to.costUsd, to.tokensIn, to.tokensOut, to.marks, to.model, to.output, to.id);
    },
    /** Makes every task whose moment has come runnable. @returns the agent of each */
    promoteDue: (now: number): string[] => promoteDue.all(now).map((row) => row.agent),
    promoteDeferred: (agent: string, limit: number): string[] =>
      promoteDeferred.all(agent, limit).map((row) => row.agent),
    /** A task that waited for a person is runnable. @param marks bits added to its marks */
    answered: (id: number, marks: number): void => {
      answered.run(marks, id);
    },
    /** A task in doubt goes on. */
    reopen: (id: number): void => {
      reopen.run(id);
    },
    promoteBudget: (limit: number): string[] => promoteBudget.all(limit).map((row) => row.agent),
    /** A person raised the task's own cost limit, US dollars. */
    raiseLimit: (id: number, usd: number): void => {
      raiseLimit.run(usd, id);
    },
    /** The newest moment that was written. */
    newestMoment: (): number => newestMoment.get()?.at ?? 0,
    nextDue: (): number | null => nextDue.get()?.at ?? null,
    running: (): RunnableRow[] => running.all(),
    counts: (): LaneCount[] => [...queuedCounts.all(), ...waitingCounts.all()],
    full: (id: number): FullTaskRow | undefined => full.get(id),
    endedSince: (from: number): IterableIterator<TaskRow> => endedSince.iterate(from),
  };
}
export type Tasks = ReturnType<typeof prepareTasks>;
