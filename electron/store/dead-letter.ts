import type { Database } from 'better-sqlite3';
import { markBits } from './task.ts';

/** The statements that put tasks back into the queue because a person wants it. They run inside the caller's transaction. */
export function prepareDeadLetters(db: Database) {
  const requeue = db.prepare<[number, number, number]>(
    `UPDATE task SET state = 'queued', run_at = NULL, wait_kind = NULL, ended_at = NULL, failures = 0, crashes = 0, cancelling = 0,
       reason = NULL, error = NULL, output = NULL, marks = marks & ~?, definition = CASE WHEN ? THEN definition END
     WHERE id = ? AND state IN ('failed', 'cancelled')`,
  );
  const retryNow = db.prepare<[number], { agent: string }>(
    `UPDATE task SET state = 'queued', run_at = NULL, wait_kind = NULL, reason = NULL WHERE id = ? AND wait_kind IN ('backoff', 'deferred') RETURNING agent`,
  );
  return {
    /** @param keepsDefinition whether it goes on with the definition it ran with, or with its agent's files as they are now */
    requeue: (id: number, keepsDefinition: boolean): void => {
      requeue.run(markBits('incorrect'), keepsDefinition ? 1 : 0, id);
    },
    /** A task that backs off or is deferred is runnable. @returns its agent, undefined when it does not wait so */
    retryNow: (id: number): string | undefined => retryNow.get(id)?.agent,
  };
}
export type DeadLetterRows = ReturnType<typeof prepareDeadLetters>;
