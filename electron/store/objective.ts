import type { Database } from 'better-sqlite3';
import type { RollupSpan } from './rollup.ts';

/** `body`: JSON of an Objective; null takes it back, and the file's stands again. `actor`: JSON of who did it. */
export type ObjectiveRow = { agent: string; at: number; body: string | null; actor: string };

/** A bucket as it is stored, without its latencies. */
export type BucketBody = { start: number; body: string };

/**
 * Statements on objectives that were set over the agents' files, and on the counts that they are
 * judged by. Writes run inside the caller's transaction.
 */
export function prepareObjectives(db: Database) {
  const write = db.prepare<unknown[]>('INSERT INTO objective (agent, at, body, actor) VALUES (?, ?, ?, ?)');
  const all = db.prepare<[], ObjectiveRow>('SELECT agent, at, body, actor FROM objective ORDER BY id');
  const bodies = db.prepare<[{ span: RollupSpan; agent: string; from: number; to: number }], BucketBody>(
    `SELECT start, body FROM rollup WHERE span = @span AND agent = @agent AND type IN (SELECT DISTINCT type FROM rollup WHERE span = 'day' AND agent = @agent)
     AND start >= @from AND start < @to ORDER BY start`,
  );
  return {
    write: (row: ObjectiveRow): void => {
      write.run(row.agent, row.at, row.body, row.actor);
    },
    /** Every word on every agent, oldest first. */
    all: (): ObjectiveRow[] => all.all(),
    /** The counts of an agent's buckets in [from, to), oldest first, one a type. */
    bodies: (span: RollupSpan, agent: string, from: number, to: number): BucketBody[] =>
      bodies.all({ span, agent, from, to }),
  };
}
export type Objectives = ReturnType<typeof prepareObjectives>;
