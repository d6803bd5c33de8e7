import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Damage } from '#contract/backup.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { moveAside } from './backup.ts';
import { migrate, refuseNewer } from './migrations/index.ts';
import { restoreNewest } from './restore.ts';

export type { Database } from 'better-sqlite3';

export type OpenedDatabase = {
  db: Database.Database;
  /** The file was found damaged: where it is kept, and what stands in its place. Null when it was whole. */
  damage: Damage | null;
};

/** Read-only statements may use up to 32 MB of the file from the page cache. */
const MMAP_BYTES = 32 * 1024 * 1024;

/**
 * Opens the desk's database in WAL mode with synchronous=FULL: a commit that was answered is on the disk. A file that
 * SQLite finds damaged is kept aside, and the newest good backup put in its place; without one a new file is begun. The
 * caller says so on screen.
 */
export function openDatabase(dataFolder: string, now: number): Result<OpenedDatabase> {
  const file = join(dataFolder, 'nightdesk.db');
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return fail('STORAGE', `The data folder ${dataFolder} cannot be made: ${String(error)}`, {
      kept: 'Nothing was changed.',
      todo: 'Give another folder with --data, or make this one writable.',
      where: dataFolder,
    });
  }
  const first = tryOpen(file);
  if (first.ok) return succeed({ db: first.value, damage: null });
  if (!first.damaged) {
    return fail('STORAGE', `The database ${file} cannot be opened: ${first.message}`, {
      kept: 'The file was not touched.',
      todo: 'Check that no other desk uses this folder and that the disk is writable, then start again.',
      where: file,
    });
  }
  const keptAside = moveAside(file, 'damaged', now) ?? file;
  const restored = restoreNewest(dataFolder, now);
  const second = tryOpen(file);
  if (!second.ok) {
    return fail('STORAGE', `No database could be put in place of a damaged one: ${second.message}`, {
      kept: `The damaged file is kept at ${keptAside}.`,
      todo: 'Free space on the disk or give another folder with --data.',
      where: file,
    });
  }
  return succeed({ db: second.value, damage: { keptAside, restored } });
}

type Attempted = { ok: true; value: Database.Database } | { ok: false; damaged: boolean; message: string };

function tryOpen(file: string): Attempted {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: 5_000 });
    refuseNewer(db);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('temp_store = MEMORY');
    db.pragma('cache_size = -16384');
    db.pragma(`mmap_size = ${MMAP_BYTES}`);
    const verdict = db.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') {
      db.close();
      return { ok: false, damaged: true, message: String(verdict) };
    }
    migrate(db);
    return { ok: true, value: db };
  } catch (error) {
    db?.close();
    const code = error instanceof Database.SqliteError ? error.code : '';
    const damaged = code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
    return { ok: false, damaged, message: error instanceof Error ? error.message : String(error) };
  }
}

/** Opens a database beside whoever writes it. @throws when it is not there or is none */
export function openForReading(file: string): Database.Database {
  return new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
}
