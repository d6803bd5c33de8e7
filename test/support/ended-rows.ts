import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { TaskEnded } from '#contract/runtime.ts';

/** Puts the row of a task that ended into a desk's database, as its runner would have left it. */
export function insertEnded(folder: string, { task }: TaskEnded): void {
  const db = new Database(join(folder, 'nightdesk.db'));
  db.prepare(
    `INSERT INTO task (id, agent, state, priority, accepted_at, started_at, ended_at, input) VALUES (?, ?, ?, 0, ?, ?, ?, '{}')`,
  ).run(Number(task.id.slice(1)), task.agent, task.state, task.acceptedAt, task.startedAt, task.endedAt);
  db.close();
}
