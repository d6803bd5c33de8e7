import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Rows of a database of the data folder, read beside whoever has it open. */
export function rowsOf<Row>(folder: string, file: 'nightdesk.db' | 'ledger.db', sql: string): Row[] {
  const db = new Database(join(folder, file), { readonly: true, timeout: 10_000 });
  try {
    return db.prepare<[], Row>(sql).all();
  } finally {
    db.close();
  }
}

function countOf(folder: string, sql: string): number {
  return rowsOf<{ n: number }>(folder, 'nightdesk.db', sql)[0]?.n ?? 0;
}

/** How many tasks have ended, those in doubt among them. */
export const endedCount = (folder: string): number =>
  countOf(folder, 'SELECT count(*) AS n FROM task WHERE ended_at IS NOT NULL');

/** How many have not ended. */
export const openCount = (folder: string): number =>
  countOf(folder, 'SELECT count(*) AS n FROM task WHERE ended_at IS NULL');

/** Whether nobody holds the ledger's lock. */
export function ledgerIsFree(folder: string): boolean {
  const db = new Database(join(folder, 'ledger.db'), { timeout: 50 });
  try {
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') return false;
    throw error;
  } finally {
    db.close();
  }
}

export type TaskRecord = {
  id: number;
  key: string | null;
  state: string;
  attempts: number;
  epoch: number;
  reason: string | null;
  input: string;
  output: string | null;
  origin: string | null;
};
export type AttemptRecord = { task: number; number: number; outcome: string; worker: string };
export type StepRecord = {
  task: number;
  seq: number;
  attempt: number;
  name: string;
  kind: string;
  state: string;
  effect_key: string | null;
  result: string | null;
};
/** A line of the witness, in the order of what happened. */
export type EventRecord = { id: number; n: number; attempt: number; what: string; pid: number; desk: number };
export type EntryRecord = { id: number; key: string; n: number; leg: string };

/** Everything that the desk and the ledger hold. */
export type Records = {
  tasks: TaskRecord[];
  attempts: AttemptRecord[];
  steps: StepRecord[];
  events: EventRecord[];
  entries: EntryRecord[];
};

export function readRecords(folder: string): Records {
  return {
    tasks: rowsOf(
      folder,
      'nightdesk.db',
      'SELECT id, key, state, attempts, epoch, reason, input, output, origin FROM task ORDER BY id',
    ),
    attempts: rowsOf(folder, 'nightdesk.db', 'SELECT task, number, outcome, worker FROM attempt ORDER BY task, number'),
    steps: rowsOf(
      folder,
      'nightdesk.db',
      'SELECT task, seq, attempt, name, kind, state, effect_key, result FROM step ORDER BY task, seq',
    ),
    events: rowsOf(folder, 'ledger.db', 'SELECT id, n, attempt, what, pid, desk FROM event ORDER BY id'),
    entries: rowsOf(folder, 'ledger.db', 'SELECT id, key, n, leg FROM entry ORDER BY id'),
  };
}
