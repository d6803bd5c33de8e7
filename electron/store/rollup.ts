import type { Database } from 'better-sqlite3';

export type RollupSpan = 'minute' | 'hour';
/** One bucket as it is stored: counts as JSON, latencies as a serialised sketch. */
export type RollupRow = { agent: string; start: number; body: string; sketch: Uint8Array };

/** Statements on rollups and on since when an agent's health stands as it does. */
export function prepareRollups(db: Database) {
  const write = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO rollup (span, agent, start, body, sketch) VALUES (?, ?, ?, ?, ?)',
  );
  const since = db.prepare<[string, number], RollupRow>(
    'SELECT agent, start, body, sketch FROM rollup WHERE span = ? AND start >= ?',
  );
  const newest = db.prepare<[], { start: number | null }>(
    `SELECT max(start) AS start FROM rollup WHERE span = 'minute'`,
  );
  const states = db.prepare<[], { agent: string; state: string; since: number }>(
    'SELECT agent, state, since FROM health_state',
  );
  const writeState = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO health_state (agent, state, since) VALUES (?, ?, ?)',
  );
  return {
    write: (span: RollupSpan, row: RollupRow): void => {
      write.run(span, row.agent, row.start, row.body, row.sketch);
    },
    since: (span: RollupSpan, from: number): RollupRow[] => since.all(span, from),
    /** Start of the newest minute on the disk; null when there is none. */
    newestMinute: (): number | null => newest.get()?.start ?? null,
    states: () => states.all(),
    writeState: (agent: string, state: string, at: number): void => {
      writeState.run(agent, state, at);
    },
  };
}
export type Rollups = ReturnType<typeof prepareRollups>;
