import type { Database } from 'better-sqlite3';

/** An event of a task of another runtime, as it landed. `body`: JSON of what an end says beyond these columns. */
export type EventRow = {
  runtime: string;
  task: string;
  sequence: number;
  /** As it is called here: RUNTIME.AGENT. */
  agent: string;
  type: string;
  kind: 'accepted' | 'started' | 'ended';
  at: number;
  body: string;
};
export type EventKey = Pick<EventRow, 'runtime' | 'task' | 'sequence'>;
/** `sequence`: of the event that opened it. No end that followed it has landed. */
export type OpenTask = { sequence: number; started_at: number | null };

const COLUMNS = 'runtime, task, sequence, agent, type, kind, at, body';

/** Statements on what other runtimes tell. They run inside the caller's transaction. */
export function prepareEvents(db: Database) {
  const insert = db.prepare<unknown[]>(`INSERT OR IGNORE INTO event (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const lastEnd = db
    .prepare<[string, string], number | null>(
      `SELECT max(sequence) FROM event WHERE runtime = ? AND task = ? AND kind = 'ended'`,
    )
    .pluck();
  const endedSince = db.prepare<[number], EventRow>(
    `SELECT ${COLUMNS} FROM event INDEXED BY event_at WHERE at >= ? AND kind = 'ended' ORDER BY at`,
  );
  const writeLate = db.prepare<unknown[]>('INSERT OR IGNORE INTO late_end (runtime, task, sequence) VALUES (?, ?, ?)');
  const removeLate = db.prepare<unknown[]>('DELETE FROM late_end WHERE runtime = ? AND task = ? AND sequence = ?');
  const late = db.prepare<[], EventRow>(
    `SELECT ${COLUMNS} FROM late_end JOIN event USING (runtime, task, sequence) ORDER BY at`,
  );
  const open = db.prepare<unknown[]>(
    'INSERT OR IGNORE INTO open_task (runtime, task, agent, sequence, accepted_at) VALUES (?, ?, ?, ?, ?)',
  );
  const start = db.prepare<unknown[]>(
    'UPDATE open_task SET started_at = ? WHERE runtime = ? AND task = ? AND started_at IS NULL',
  );
  const openOne = db.prepare<[string, string], OpenTask>(
    'SELECT sequence, started_at FROM open_task WHERE runtime = ? AND task = ?',
  );
  const close = db.prepare<[string, string]>('DELETE FROM open_task WHERE runtime = ? AND task = ?');
  const inFlight = db.prepare<[], { agent: string; queued: number; running: number }>(
    'SELECT agent, sum(started_at IS NULL) AS queued, sum(started_at IS NOT NULL) AS running FROM open_task GROUP BY agent',
  );
  const overdue = db.prepare<[string, number], { n: number }>(
    'SELECT count(*) AS n FROM open_task INDEXED BY open_task_age WHERE agent = ? AND accepted_at <= ?',
  );
  const agents = db.prepare<[], { id: string; runtime: string; last_event_at: number }>(
    'SELECT id, runtime, last_event_at FROM foreign_agent',
  );
  const writeAgent = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO foreign_agent (id, runtime, last_event_at) VALUES (?, ?, ?)',
  );
  const add = db.prepare<unknown[]>(
    'INSERT INTO ingest_count (name, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
  );
  const counts = db.prepare<[], { name: string; n: number }>('SELECT name, n FROM ingest_count');
  return {
    /** @returns false for one that landed before */
    insert: (row: EventRow): boolean =>
      insert.run(row.runtime, row.task, row.sequence, row.agent, row.type, row.kind, row.at, row.body).changes > 0,
    /** The sequence of a task's last end; -1 without one. */
    lastEnd: (runtime: string, task: string): number => lastEnd.get(runtime, task) ?? -1,
    endedSince: (from: number): IterableIterator<EventRow> => endedSince.iterate(from),
    writeLate: (key: EventKey): void => {
      writeLate.run(key.runtime, key.task, key.sequence);
    },
    removeLate: (key: EventKey): void => {
      removeLate.run(key.runtime, key.task, key.sequence);
    },
    late: (): EventRow[] => late.all(),
    /** @returns false for one that is open already */
    open: ({ runtime, task, agent, sequence, at }: EventRow): boolean =>
      open.run(runtime, task, agent, sequence, at).changes > 0,
    /** @returns false for one that runs already, or is not open */
    start: (runtime: string, task: string, at: number): boolean => start.run(at, runtime, task).changes > 0,
    openTask: (runtime: string, task: string): OpenTask | undefined => openOne.get(runtime, task),
    close: (runtime: string, task: string): void => {
      close.run(runtime, task);
    },
    inFlight: () => inFlight.all(),
    /** Open tasks of an agent that were accepted until then. */
    overdue: (agent: string, until: number): number => overdue.get(agent, until)?.n ?? 0,
    agents: () => agents.all(),
    writeAgent: (id: string, runtime: string, lastEventAt: number): void => {
      writeAgent.run(id, runtime, lastEventAt);
    },
    addCount: (name: string, n: number): void => {
      if (n > 0) add.run(name, n);
    },
    counts: (): Map<string, number> => new Map(counts.all().map(({ name, n }) => [name, n])),
  };
}
export type Events = ReturnType<typeof prepareEvents>;
