import type { Database, Statement } from 'better-sqlite3';
import type { TaskFilter } from '#contract/task.ts';
import type { TaskRow } from './task.ts';

/** Counting stops here: past it the console says "more than". */
export const TOTAL_CAP = 100_000;

const COLUMNS =
  'id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, cost_usd, tokens_in, tokens_out, marks, model, reason, error';
const BAD_STATES = new Set(['failed', 'cancelled', 'in-doubt']);
const FLYING_WAITS = new Set(['waiting', 'retrying']);

/** The reads behind the task table: filtered, newest first, one prepared statement for each shape of filter. */
export function prepareTaskList(db: Database) {
  const prepared = new Map<string, Statement<unknown[]>>();
  function statement(sql: string): Statement<unknown[]> {
    let found = prepared.get(sql);
    if (!found) {
      found = db.prepare<unknown[]>(sql);
      prepared.set(sql, found);
    }
    return found;
  }

  function conditions(
    filter: TaskFilter,
    before: number | undefined,
  ): { from: string; where: string; values: unknown[] } {
    const where: string[] = [];
    const values: unknown[] = [];
    const states = filter.state ?? [];
    let index = '';
    if (states.length > 0) {
      where.push(`state IN (${states.map(() => '?').join(', ')})`);
      values.push(...states);
      // The planner does not see that a list of parameters implies a partial index: say it in literals.
      if (states.every((state) => BAD_STATES.has(state)))
        where.push(`(state = 'failed' OR state = 'cancelled' OR state = 'in-doubt')`);
      else if (states.every((state) => state === 'queued')) where.push(`state = 'queued'`);
      else if (states.every((state) => state === 'running')) where.push(`state = 'running'`);
      else if (states.every((state) => FLYING_WAITS.has(state))) where.push('wait_kind IS NOT NULL');
    }
    if (filter.agent !== undefined) {
      where.push('agent = ?');
      values.push(filter.agent);
    }
    if (filter.text !== undefined && filter.text !== '') {
      const number = /^t?(\d+)$/.exec(filter.text)?.[1];
      where.push(number === undefined ? `instr(key, ?) > 0` : `(id = ? OR instr(key, ?) > 0)`);
      if (number !== undefined) values.push(Number(number));
      values.push(filter.text);
    }
    if (filter.errorClass !== undefined) {
      where.push(`json_extract(error, '$.class') = ?`);
      values.push(filter.errorClass);
    }
    if (filter.endedFrom !== undefined || filter.endedTo !== undefined) {
      index = ' INDEXED BY task_ended';
      where.push('ended_at >= ? AND ended_at < ?');
      values.push(filter.endedFrom ?? 0, filter.endedTo ?? Number.MAX_SAFE_INTEGER);
    }
    if (before !== undefined) {
      where.push('id < ?');
      values.push(before);
    }
    return { from: `task${index}`, where: where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '', values };
  }

  return {
    page(filter: TaskFilter, before: number | undefined, limit: number): TaskRow[] {
      const { from, where, values } = conditions(filter, before);
      return statement(`SELECT ${COLUMNS} FROM ${from}${where} ORDER BY id DESC LIMIT ?`).all(
        ...values,
        limit,
      ) as TaskRow[];
    },
    /** How many match, counted up to TOTAL_CAP. */
    count(filter: TaskFilter): number {
      const { from, where, values } = conditions(filter, undefined);
      const row = statement(`SELECT count(*) AS n FROM (SELECT 1 FROM ${from}${where} LIMIT ?)`).get(
        ...values,
        TOTAL_CAP,
      );
      return (row as { n: number }).n;
    },
  };
}
export type TaskList = ReturnType<typeof prepareTaskList>;
