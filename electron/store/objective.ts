import type { Database } from 'better-sqlite3';

/** `body`: JSON of an Objective; null takes it back, and the file's stands again. `actor`: JSON of who did it. */
export type ObjectiveRow = { agent: string; at: number; body: string | null; actor: string };

/** Statements on objectives that were set over the agents' files. Writes run inside the caller's transaction. */
export function prepareObjectives(db: Database) {
  const write = db.prepare<unknown[]>('INSERT INTO objective (agent, at, body, actor) VALUES (?, ?, ?, ?)');
  const newest = db.prepare<[], ObjectiveRow>(
    'SELECT agent, at, body, actor FROM objective WHERE id IN (SELECT max(id) FROM objective GROUP BY agent)',
  );
  return {
    write: (row: ObjectiveRow): void => {
      write.run(row.agent, row.at, row.body, row.actor);
    },
    /** The last word on each agent. */
    newest: (): ObjectiveRow[] => newest.all(),
  };
}
export type Objectives = ReturnType<typeof prepareObjectives>;
