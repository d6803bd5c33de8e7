import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { canonicalJson, type Json } from '#contract/basic.ts';

/** Events of other runtimes are taken up to 30 days late. */
const EVENTS_KEPT_MS = 31 * 86_400_000;

/** A key whose task was removed before its time. */
export type SpentKey = { task: number; input: string };

/** Of an input, so that a key whose task is gone still stands for that input alone. @param input JSON */
export function inputHash(input: string): string {
  return createHash('sha256')
    .update(canonicalJson(JSON.parse(input) as Json))
    .digest('base64url');
}

type Old = { id: number; agent: string; key: string | null; ended_at: number };

/** How far a removal has come: where the next one begins, and whether there is more. */
export type Removed = { tasks: number; rows: number; from: number; more: boolean };

/**
 * Statements that remove what was kept long enough. They run inside the caller's transaction, a bounded number of rows
 * each. A task in doubt stays until a person has said what became of it, and the newest id is never given up: SQLite
 * would give it to another task.
 */
export function prepareRetention(db: Database) {
  const old = db.prepare<[number, number, number], Old>(
    `SELECT id, agent, key, ended_at FROM task INDEXED BY task_ended
     WHERE ended_at >= ? AND ended_at < ? AND state <> 'in-doubt' AND id < (SELECT max(id) FROM task) ORDER BY ended_at LIMIT ?`,
  );
  const inputOf = db.prepare<[number], { input: string }>('SELECT input FROM task WHERE id = ?');
  const removeSteps = db.prepare<[number, number, number]>(
    'DELETE FROM step WHERE task = ? AND seq IN (SELECT seq FROM step WHERE task = ? ORDER BY seq LIMIT ?)',
  );
  const removeAttempts = db.prepare<[number]>('DELETE FROM attempt WHERE task = ?');
  const removeQuestions = db.prepare<[number]>('DELETE FROM question WHERE task = ?');
  const removeTask = db.prepare<[number]>('DELETE FROM task WHERE id = ?');
  const spend = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO spent_key (agent, key, task, input, until) VALUES (?, ?, ?, ?, ?)',
  );
  const removeSpent = db.prepare<[number, number]>(
    'DELETE FROM spent_key WHERE (agent, key) IN (SELECT agent, key FROM spent_key WHERE until < ? LIMIT ?)',
  );
  const removeMinutes = db.prepare<[number, number]>(
    `DELETE FROM rollup WHERE (span, agent, type, start) IN (SELECT span, agent, type, start FROM rollup INDEXED BY rollup_start WHERE span = 'minute' AND start < ? LIMIT ?)`,
  );
  const removeKeptEnds = db.prepare<[number, number]>(
    'DELETE FROM kept_end WHERE (agent, task, at) IN (SELECT agent, task, at FROM kept_end INDEXED BY kept_end_at WHERE at < ? AND doubt = 0 LIMIT ?)',
  );
  const removeEvents = db.prepare<[number, number]>(
    'DELETE FROM event WHERE (runtime, task, sequence) IN (SELECT runtime, task, sequence FROM event INDEXED BY event_at WHERE at < ? LIMIT ?)',
  );
  const removeActions = db.prepare<[number, number]>(
    'DELETE FROM action_key WHERE key IN (SELECT key FROM action_key WHERE accepted_at < ? LIMIT ?)',
  );
  const oldest = db.prepare<[], { at: number | null }>(
    'SELECT min(ended_at) AS at FROM task INDEXED BY task_ended WHERE ended_at IS NOT NULL',
  );

  return {
    /**
     * Removes tasks that ended in [from, before), the oldest first, until about `rows` rows are gone.
     * @param keepKeys the key of a task that ended since then goes on standing for it, for as long as the task would have
     */
    removeTasks(from: number, before: number, rows: number, keepKeys: { since: number; forMs: number }): Removed {
      let gone = 0;
      let tasks = 0;
      let reached = from;
      const found = old.all(from, before, rows);
      for (const task of found) {
        gone += removeSteps.run(task.id, task.id, rows - gone).changes;
        reached = task.ended_at;
        if (gone >= rows) break;
        if (task.key !== null && task.ended_at > keepKeys.since) {
          const hash = inputHash(inputOf.get(task.id)?.input ?? 'null');
          spend.run(task.agent, task.key, task.id, hash, task.ended_at + keepKeys.forMs);
        }
        gone += removeAttempts.run(task.id).changes + removeQuestions.run(task.id).changes;
        gone += removeTask.run(task.id).changes;
        tasks += 1;
        if (gone >= rows) break;
      }
      return { tasks, rows: gone, from: reached, more: tasks < found.length || found.length === rows };
    },
    /** Removes minutes of rollups (hours stay), ends kept beside their tasks, events of other runtimes, answered keys of actions, and spent keys. @returns rows removed */
    removeRest: (before: number, now: number, rows: number): number =>
      removeMinutes.run(before, rows).changes +
      removeKeptEnds.run(before, rows).changes +
      // As long as late ones are taken, one that is sent again must be known.
      removeEvents.run(Math.min(before, now - EVENTS_KEPT_MS), rows).changes +
      removeActions.run(before, rows).changes +
      removeSpent.run(now, rows).changes,
    oldestEnd: (): number | null => oldest.get()?.at ?? null,
    /** Bytes of the file that hold something; the rest is used again before the file grows. */
    usedBytes: (): number =>
      (Number(db.pragma('page_count', { simple: true })) - Number(db.pragma('freelist_count', { simple: true }))) *
      Number(db.pragma('page_size', { simple: true })),
  };
}
