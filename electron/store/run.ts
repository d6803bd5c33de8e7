import type { Database } from 'better-sqlite3';

/** A run of a runbook. `body` is JSON, the runbook module's own. */
export type RunRow = {
  id: number;
  runbook: string;
  incident: number | null;
  started_at: number;
  ended_at: number | null;
  outcome: string | null;
  body: string;
};

/** One step of a run. `body` is JSON, the runbook module's own. */
export type RunStepRow = { run: number; idx: number; state: string; body: string };

/** An act of a run, written before it goes out. */
export type RunActRow = { key: string; run: number; step: string; verb: string; at: number };

/** Statements on runs and their steps. The writing ones run inside the caller's transaction. */
export function prepareRuns(db: Database) {
  const insert = db.prepare<unknown[]>('INSERT INTO run (runbook, incident, started_at, body) VALUES (?, ?, ?, ?)');
  const update = db.prepare<unknown[]>('UPDATE run SET ended_at = ?, outcome = ?, body = ? WHERE id = ?');
  const writeStep = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO run_step (run, idx, state, body) VALUES (?, ?, ?, ?)',
  );
  const writeAct = db.prepare<unknown[]>(
    'INSERT INTO run_act (key, run, step, verb, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const actsSince = db.prepare<[number], { n: number }>('SELECT count(*) AS n FROM run_act WHERE at >= ?');
  const one = db.prepare<[number], RunRow>('SELECT * FROM run WHERE id = ?');
  const steps = db.prepare<[number], RunStepRow>('SELECT * FROM run_step WHERE run = ? ORDER BY idx');
  const open = db.prepare<[], RunRow>('SELECT * FROM run WHERE ended_at IS NULL ORDER BY id');
  const newest = db.prepare<[number], RunRow>('SELECT * FROM run ORDER BY id DESC LIMIT ?');
  const ofIncident = db.prepare<[number, number], RunRow>(
    'SELECT * FROM run WHERE incident = ? ORDER BY id DESC LIMIT ?',
  );
  const lastOf = db.prepare<[string], Pick<RunRow, 'started_at' | 'ended_at' | 'outcome'>>(
    'SELECT started_at, ended_at, outcome FROM run WHERE runbook = ? ORDER BY id DESC LIMIT 1',
  );
  return {
    /** @returns the new run's id */
    insert: (row: Pick<RunRow, 'runbook' | 'incident' | 'started_at' | 'body'>): number =>
      Number(insert.run(row.runbook, row.incident, row.started_at, row.body).lastInsertRowid),
    update: (row: Pick<RunRow, 'id' | 'ended_at' | 'outcome' | 'body'>): void => {
      update.run(row.ended_at, row.outcome, row.body, row.id);
    },
    writeStep: (row: RunStepRow): void => {
      writeStep.run(row.run, row.idx, row.state, row.body);
    },
    writeAct: (row: RunActRow): void => {
      writeAct.run(row.key, row.run, row.step, row.verb, row.at);
    },
    actsSince: (from: number): number => actsSince.get(from)?.n ?? 0,
    one: (id: number): RunRow | undefined => one.get(id),
    steps: (run: number): RunStepRow[] => steps.all(run),
    /** Runs in progress, oldest first. */
    open: (): RunRow[] => open.all(),
    /** Newest first. */
    newest: (limit: number): RunRow[] => newest.all(limit),
    ofIncident: (incident: number, limit: number): RunRow[] => ofIncident.all(incident, limit),
    lastOf: (runbook: string) => lastOf.get(runbook),
  };
}
