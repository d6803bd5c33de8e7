import type { Database } from 'better-sqlite3';

export type RollupSpan = 'minute' | 'hour' | 'day';
/** One bucket as it is stored: counts as JSON, latencies as serialised sketches. */
export type RollupRow = {
  agent: string;
  type: string;
  start: number;
  body: string;
  latency: Uint8Array;
  running: Uint8Array | null;
};
/** An end that the task's own row may lose: it did not succeed, and may be tried again. `body`: JSON of a TaskEnded. */
export type KeptEnd = { agent: string; task: string; at: number; doubt: 0 | 1; body: string };

const COLUMNS = 'agent, type, start, body, latency, running';

/** Statements on rollups and on since when an agent's health stands as it does. */
export function prepareRollups(db: Database) {
  const write = db.prepare<unknown[]>(
    `INSERT INTO rollup (span, agent, type, start, body, latency, running) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body, latency = excluded.latency, running = excluded.running`,
  );
  const since = db.prepare<[string, number], RollupRow>(
    `SELECT ${COLUMNS} FROM rollup INDEXED BY rollup_start WHERE span = ? AND start >= ?`,
  );
  const one = db.prepare<[string, string, string, number], RollupRow>(
    `SELECT ${COLUMNS} FROM rollup WHERE span = ? AND agent = ? AND type = ? AND start = ?`,
  );
  const series = db.prepare<[], { agent: string; type: string }>(
    `SELECT DISTINCT agent, type FROM rollup WHERE span = 'day'`,
  );
  const range = db.prepare<[string, string, string, number, number], RollupRow>(
    `SELECT ${COLUMNS} FROM rollup WHERE span = ? AND agent = ? AND type = ? AND start >= ? AND start < ? ORDER BY start`,
  );
  const remove = db.prepare<[string, string, string, number]>(
    'DELETE FROM rollup WHERE span = ? AND agent = ? AND type = ? AND start = ?',
  );
  const newest = db.prepare<[string], { start: number | null }>(
    'SELECT max(start) AS start FROM rollup INDEXED BY rollup_start WHERE span = ?',
  );
  const states = db.prepare<[], { agent: string; state: string; since: number }>(
    'SELECT agent, state, since FROM health_state',
  );
  const writeState = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO health_state (agent, state, since) VALUES (?, ?, ?)',
  );
  const keep = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO kept_end (agent, task, at, doubt, body) VALUES (?, ?, ?, ?, ?)',
  );
  const takeBack = db.prepare<[string, string, number]>('DELETE FROM kept_end WHERE agent = ? AND task = ? AND at = ?');
  const keptSince = db.prepare<[number, number], KeptEnd>(
    'SELECT agent, task, at, doubt, body FROM kept_end INDEXED BY kept_end_at WHERE at >= ? AND at < ?',
  );
  const doubts = db.prepare<[], KeptEnd>(
    'SELECT agent, task, at, doubt, body FROM kept_end INDEXED BY kept_end_doubt WHERE doubt = 1',
  );
  const together = db.transaction((work: () => void) => work());
  return {
    /** Runs `work` in a transaction of its own, at once: before anything else writes. */
    atOnce: (work: () => void): void => {
      together(work);
    },
    write: (span: RollupSpan, row: RollupRow): void => {
      write.run(span, row.agent, row.type, row.start, row.body, row.latency, row.running);
    },
    since: (span: RollupSpan, from: number): IterableIterator<RollupRow> => since.iterate(span, from),
    one: (span: RollupSpan, agent: string, type: string, start: number): RollupRow | undefined =>
      one.get(span, agent, type, start),
    /** Every agent and type that was ever counted. */
    series: (): { agent: string; type: string }[] => series.all(),
    /** Of [from, to), oldest first. */
    range: (span: RollupSpan, agent: string, type: string, from: number, to: number): RollupRow[] =>
      range.all(span, agent, type, from, to),
    remove: (span: RollupSpan, agent: string, type: string, start: number): void => {
      remove.run(span, agent, type, start);
    },
    /** Start of the newest bucket on the disk; null when there is none. */
    newest: (span: RollupSpan): number | null => newest.get(span)?.start ?? null,
    keepEnd: (end: KeptEnd): void => {
      keep.run(end.agent, end.task, end.at, end.doubt, end.body);
    },
    /** An end in doubt was followed by another. */
    takeBackEnd: (agent: string, task: string, at: number): void => {
      takeBack.run(agent, task, at);
    },
    /** Kept ends of [from, to). */
    keptEnds: (from: number, to: number): KeptEnd[] => keptSince.all(from, to),
    /** Ends in doubt that no other followed yet. */
    doubts: (): KeptEnd[] => doubts.all(),
    states: () => states.all(),
    writeState: (agent: string, state: string, at: number): void => {
      writeState.run(agent, state, at);
    },
  };
}
export type Rollups = ReturnType<typeof prepareRollups>;
