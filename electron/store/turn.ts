import type { Database } from 'better-sqlite3';

/**
 * Statements on tasks that go one at a time (task.per) and on the rates of agents. They run inside the caller's
 * transaction.
 */
export function prepareTurns(db: Database) {
  const holder = db.prepare<[string, string], { id: number }>(
    `SELECT id FROM task INDEXED BY task_busy WHERE agent = ? AND per = ? AND per IS NOT NULL AND state IN ('running', 'retrying') LIMIT 1`,
  );
  const hold = db.prepare<[string, number]>(
    `UPDATE task SET state = 'waiting', wait_kind = 'turn', reason = ? WHERE id = ?`,
  );
  const release = db.prepare<[string, string], { id: number }>(
    `UPDATE task SET state = 'queued', wait_kind = NULL, reason = NULL WHERE id = (SELECT id FROM task INDEXED BY task_turn WHERE agent = ? AND per = ? AND wait_kind = 'turn' ORDER BY priority DESC, id LIMIT 1) RETURNING id`,
  );
  const rate = db.prepare<[string], { tokens: number; at: number }>('SELECT tokens, at FROM rate WHERE agent = ?');
  const writeRate = db.prepare<[string, number, number]>(
    'INSERT OR REPLACE INTO rate (agent, tokens, at) VALUES (?, ?, ?)',
  );
  return {
    /** The task that runs, or backs off between attempts, under this text. */
    holder: (agent: string, per: string): number | undefined => holder.get(agent, per)?.id,
    /** Takes a queued task out of the queue until its turn comes. */
    hold: (id: number, reason: string): void => {
      hold.run(reason, id);
    },
    /** Puts the next one back: by priority, then by age. @returns its number */
    release: (agent: string, per: string): number | undefined => release.get(agent, per)?.id,
    rate: (agent: string): { tokens: number; at: number } | undefined => rate.get(agent),
    writeRate: (agent: string, tokens: number, at: number): void => {
      writeRate.run(agent, tokens, at);
    },
  };
}
export type Turns = ReturnType<typeof prepareTurns>;
