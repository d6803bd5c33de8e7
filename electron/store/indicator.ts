import type { Database } from 'better-sqlite3';
import { type WaitKind, waitKindSchema } from '#contract/task.ts';

/** What waits for its moment is not late. */
const WAITS: readonly WaitKind[] = waitKindSchema.options.filter((kind) => kind !== 'delayed');

/**
 * What health reads of the tasks themselves. How many in flight were accepted long ago comes from the indexes that the queue
 * has: ids grow with acceptance, so a moment is an id, and each count is a range of an index.
 */
export function prepareIndicators(db: Database) {
  const bounds = db.prepare<[], { first: number | null; last: number | null }>(
    'SELECT (SELECT min(id) FROM task) AS first, (SELECT max(id) FROM task) AS last',
  );
  const from = db.prepare<[number], { id: number; accepted_at: number }>(
    'SELECT id, accepted_at FROM task WHERE id >= ? ORDER BY id LIMIT 1',
  );
  const priority = db.prepare<[string, number], { priority: number | null }>(
    `SELECT max(priority) AS priority FROM task INDEXED BY task_runnable WHERE agent = ? AND state = 'queued' AND priority < ?`,
  );
  const queued = db.prepare<[string, number, number], { n: number }>(
    `SELECT count(*) AS n FROM task INDEXED BY task_runnable WHERE agent = ? AND state = 'queued' AND priority = ? AND id <= ?`,
  );
  const waiting = db.prepare<[WaitKind, string, number], { n: number }>(
    'SELECT count(*) AS n FROM task INDEXED BY task_waiting WHERE wait_kind = ? AND agent = ? AND id <= ?',
  );
  const running = db.prepare<[string, number], { n: number }>(
    `SELECT count(*) AS n FROM task INDEXED BY task_running WHERE state = 'running' AND agent = ? AND id <= ?`,
  );
  const oldestEnd = db.prepare<[], { at: number }>(
    `SELECT ended_at AS at FROM task INDEXED BY task_ended WHERE ended_at IS NOT NULL AND state <> 'in-doubt' ORDER BY ended_at LIMIT 1`,
  );

  function queuedUntil(agent: string, id: number): number {
    let sum = 0;
    for (let above: number | null = Number.MAX_SAFE_INTEGER; above !== null; ) {
      above = priority.get(agent, above)?.priority ?? null;
      if (above !== null) sum += queued.get(agent, above, id)?.n ?? 0;
    }
    return sum;
  }

  return {
    /** The newest task that was accepted until then; 0 when there is none. */
    idAt(moment: number): number {
      const { first, last } = bounds.get() ?? { first: null, last: null };
      if (first === null || last === null) return 0;
      // `low`: accepted until then, or before the first; `high`: after it, or beyond the last.
      let low = first - 1;
      let high = last + 1;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        const found = from.get(middle);
        if (found === undefined || found.accepted_at > moment) high = middle;
        else low = found.id;
      }
      return low;
    },
    /** Tasks of an agent in flight up to an id. */
    inFlightUntil: (agent: string, id: number): number =>
      id === 0
        ? 0
        : queuedUntil(agent, id) +
          WAITS.reduce((sum, kind) => sum + (waiting.get(kind, agent, id)?.n ?? 0), 0) +
          (running.get(agent, id)?.n ?? 0),
    /** The oldest end that retention left; one in doubt is left however old. */
    oldestEnd: (): number | null => oldestEnd.get()?.at ?? null,
  };
}
export type IndicatorTasks = ReturnType<typeof prepareIndicators>;
