import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Backup } from '#contract/backup.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { SCHEMA } from './migrations/index.ts';

/*
 * Backups: whole copies of the database, each checked after it was written. A copy has another name until it is whole and
 * on the disk, so that what is listed can be restored.
 */

const NAME = /^nightdesk-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})\.(\d{3})Z\.db$/;

export function backupFolder(dataFolder: string): string {
  return join(dataFolder, 'backups');
}

/** Where a backup of this moment goes. */
export function backupFile(dataFolder: string, at: number): string {
  return join(backupFolder(dataFolder), `nightdesk-${new Date(at).toISOString().replaceAll(':', '-')}.db`);
}

/** Newest first. */
export function listBackups(dataFolder: string): Backup[] {
  const folder = backupFolder(dataFolder);
  return namesIn(folder)
    .flatMap((name): Backup[] => {
      const match = NAME.exec(name);
      if (!match) return [];
      const [, day, hour, minute, second, ms] = match;
      const file = join(folder, name);
      const bytes = statSync(file, { throwIfNoEntry: false })?.size;
      const at = Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`);
      return bytes === undefined ? [] : [{ name, file, at, bytes }];
    })
    .sort((a, b) => b.at - a.at);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Removes all but the newest `keep`, and what a killed desk left half written. */
export function pruneBackups(dataFolder: string, keep: number): void {
  for (const { file } of listBackups(dataFolder).slice(keep)) rmSync(file, { force: true });
  const folder = backupFolder(dataFolder);
  for (const name of namesIn(folder)) if (name.endsWith('.partial')) rmSync(join(folder, name), { force: true });
}

/**
 * Copies a database that may be in use, as it stands when the copy begins, and checks the copy. Slow: it reads the whole
 * file; a desk does it in a thread of its own.
 *
 * @param to must not be there
 */
export function writeBackup(source: string, to: string): Result<{ bytes: number }> {
  const partial = `${to}.partial`;
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    rmSync(partial, { force: true });
    const db = new Database(source, { readonly: true, fileMustExist: true, timeout: 5_000 });
    try {
      db.prepare('VACUUM INTO ?').run(partial);
    } finally {
      db.close();
    }
    const checked = checkDatabase(partial);
    if (!checked.ok) {
      rmSync(partial, { force: true });
      return checked;
    }
    // It holds what the data folder keeps to its owner, wherever it lies.
    chmodSync(partial, 0o600);
    syncFile(partial);
    renameSync(partial, to);
    syncFile(dirname(to));
    return succeed({ bytes: statSync(to).size });
  } catch (error) {
    rmSync(partial, { force: true });
    return fail('STORAGE', `The backup ${to} could not be written: ${messageOf(error)}`, {
      kept: 'The database goes on as it is; older backups are kept.',
      todo: 'Free space on the disk, or write it elsewhere with --to.',
      where: to,
    });
  }
}

/** What a database file holds, when it is whole. `until`: the newest moment written in it, null when it is empty. */
export type CheckedDatabase = { schema: number; until: number | null };

/** Reads a whole file and says whether it is a good database of Nightdesk. */
export function checkDatabase(file: string): Result<CheckedDatabase> {
  const bad = (why: string, todo: string) =>
    fail('BAD_FILE', `${file} is not a good database of Nightdesk: ${why}.`, {
      kept: 'Nothing was changed.',
      todo,
      where: file,
    });
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    try {
      const verdict = String(db.pragma('quick_check(1)', { simple: true }));
      if (verdict !== 'ok') return bad(verdict, 'Use an older backup.');
      const schema = Number(db.pragma('user_version', { simple: true }));
      if (schema > SCHEMA) {
        return bad(
          `it has schema ${schema}, this Nightdesk knows ${SCHEMA}`,
          'Install the newer version that wrote it.',
        );
      }
      const tasks = db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'task'`).get();
      if (tasks === undefined) return bad('it has no tasks', 'Name a file from the folder backups.');
      const { until } = db
        .prepare<[], { until: number | null }>(
          'SELECT max(coalesce((SELECT max(ended_at) FROM task WHERE ended_at IS NOT NULL), 0), coalesce((SELECT accepted_at FROM task ORDER BY id DESC LIMIT 1), 0)) AS until',
        )
        .get() ?? { until: null };
      return succeed({ schema, until: until === 0 ? null : until });
    } finally {
      db.close();
    }
  } catch (error) {
    return bad(messageOf(error), 'Name a file from the folder backups, or an older one of them.');
  }
}

/** Puts a copy of `from` where nothing stands now. @returns why it could not; null when it is there and on the disk */
export function placeDatabase(from: string, file: string): string | null {
  const partial = `${file}.restoring`;
  try {
    copyFileSync(from, partial);
    syncFile(partial);
    renameSync(partial, file);
    syncFile(dirname(file));
    return null;
  } catch (error) {
    rmSync(partial, { force: true });
    return messageOf(error);
  }
}

/** Moves a database with its log out of the way. @returns where it is kept; null when there was none */
export function moveAside(file: string, word: 'damaged' | 'replaced', now: number): string | null {
  const aside = `${file}.${word}-${now}`;
  const moved = ['', '-wal', '-shm'].map((suffix) => moveIfThere(file + suffix, aside + suffix));
  return moved[0] === true ? aside : null;
}

/** Puts back what `moveAside` took away. */
export function moveBack(file: string, aside: string): void {
  for (const suffix of ['', '-wal', '-shm']) moveIfThere(aside + suffix, file + suffix);
}

function moveIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

/** Of a file or folder: what was written and renamed is on the disk. */
function syncFile(path: string): void {
  // Windows syncs no folders, and needs none.
  if (process.platform === 'win32' && statSync(path).isDirectory()) return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
