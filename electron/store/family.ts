import type { Database } from 'better-sqlite3';
import { type Offspring, type Origin, originSchema, type TaskState } from '#contract/task.ts';
import type { FullTaskRow } from './task.ts';

/** Where a task comes from, as its row says. */
export function originOf(row: { origin: string | null }): Origin | null {
  return row.origin === null ? null : originSchema.parse(JSON.parse(row.origin));
}

type OffspringRow = { id: number; state: TaskState; origin: string };

/** The statements on tasks that come from other tasks. They run inside the caller's transaction. */
export function prepareFamily(db: Database) {
  const setOrigin = db.prepare<[string, number]>('UPDATE task SET origin = ? WHERE id = ?');
  const offspring = db.prepare<[string], OffspringRow>(
    `SELECT id, state, origin FROM task INDEXED BY task_origin WHERE origin IS NOT NULL AND json_extract(origin, '$.task') = ? ORDER BY id`,
  );
  const closeSpawn = db.prepare<[number, string, number, string]>(
    `UPDATE step SET state = 'done', ended_at = ?, result = ? WHERE task = ? AND name = ? AND kind = 'spawn' AND state = 'intent'`,
  );
  const wake = db.prepare<[number], { agent: string }>(
    `UPDATE task SET state = 'queued', run_at = NULL, wait_kind = NULL, reason = NULL WHERE id = ? AND wait_kind = 'child' RETURNING agent`,
  );
  const markCancelling = db.prepare<[number]>('UPDATE task SET cancelling = 1 WHERE id = ?');
  const shiftTasks = db.prepare<[number]>(
    `UPDATE task SET run_at = run_at + ? WHERE wait_kind IN ('backoff', 'deferred', 'sleep', 'child') AND run_at IS NOT NULL`,
  );
  const shiftSteps = db.prepare<[number]>(
    `UPDATE step SET request = json_set(request, '$.until', json_extract(request, '$.until') + ?)
     WHERE kind = 'sleep' AND state = 'intent' AND task IN (SELECT id FROM task WHERE wait_kind IS NOT NULL)`,
  );
  const pin = db.prepare<[string | null, string | null, number]>(
    'UPDATE task SET definition = ?, model = ? WHERE id = ?',
  );
  const copySteps = db.prepare<[number, number, number]>(
    `INSERT INTO step (task, seq, attempt, name, kind, state, started_at, ended_at, fingerprint, effect_key, request, result, error, call)
     SELECT ?, seq, 1, name, kind, state, started_at, ended_at, fingerprint, effect_key, request, result, error,
       CASE WHEN call IS NULL THEN NULL ELSE json_set(call, '$.costUsd', 0, '$.tokensIn', 0, '$.tokensOut', 0) END
     FROM step WHERE task = ? AND seq <= ? AND state = 'done'`,
  );

  return {
    setOrigin: (id: number, origin: Origin): void => {
      setOrigin.run(JSON.stringify(origin), id);
    },
    /** The tasks that come from this one, oldest first. */
    offspring: (id: number): Offspring[] =>
      offspring.all(`t${id}`).flatMap((row) => {
        const origin = originOf(row);
        return origin ? [{ task: `t${row.id}`, kind: origin.kind, step: origin.step, state: row.state }] : [];
      }),
    /** A child's end becomes the result of the step that spawned it. @param result JSON */
    closeSpawn: (parent: number, step: string, at: number, result: string): void => {
      closeSpawn.run(at, result, parent, step);
    },
    /** A task that waits for a child is runnable. @returns its agent, undefined when it does not wait so */
    wake: (id: number): string | undefined => wake.get(id)?.agent,
    /** A task that runs is told to stop, whatever becomes of its desk. */
    markCancelling: (id: number): void => {
      markCancelling.run(id);
    },
    /** The clock was set: spans that are under way keep their length. @param ms by how much it was put on */
    shiftSpans: (ms: number): void => {
      shiftTasks.run(ms);
      shiftSteps.run(ms);
    },
    /** A fork starts with the definition and the finished steps of its origin up to `seq`; what they cost was paid there. */
    fork: (id: number, from: FullTaskRow, seq: number): void => {
      pin.run(from.definition, from.model, id);
      copySteps.run(id, from.id, seq);
    },
  };
}
export type Family = ReturnType<typeof prepareFamily>;
