import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type AuditAnchor, type AuditHead, auditHeadSchema } from '#contract/audit.ts';
import { prepareAuditReader } from './audit.ts';
import { listBackups } from './backup.ts';

/*
 * The second place: `audit.head` beside the database holds the number and hash of the last entry, and each backup holds the
 * chain as it stood then. What is cut off at the end is seen by these.
 */

/** Backups that are looked into for a head, the newest first. */
const BACKUPS_READ = 3;

export function anchorFile(dataFolder: string): string {
  return join(dataFolder, 'audit.head');
}

/** What the file says; null when there is none, or it is no head. */
export function readAnchor(dataFolder: string): AuditHead | null {
  try {
    return auditHeadSchema.safeParse(JSON.parse(readFileSync(anchorFile(dataFolder), 'utf8'))).data ?? null;
  } catch {
    // Missing or unreadable is the same to who asks: nothing holds the end, which is said.
    return null;
  }
}

/** Renamed into place: whoever reads sees the whole file, this one or the one before. */
export function writeAnchorNow(dataFolder: string, head: AuditHead): void {
  const file = anchorFile(dataFolder);
  const handle = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(handle, textOf(head));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
}

/** The same, beside the work of the desk. */
export async function writeAnchor(dataFolder: string, head: AuditHead): Promise<void> {
  const file = anchorFile(dataFolder);
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(textOf(head));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

function textOf({ seq, hash }: AuditHead): string {
  return `${JSON.stringify({ seq, hash })}\n`;
}

/** The heads that the newest backups hold, with when each was made. One of before there was a log holds none. */
export function backupAnchors(dataFolder: string): (AuditAnchor & { at: number })[] {
  return listBackups(dataFolder)
    .slice(0, BACKUPS_READ)
    .flatMap(({ file, name, at }) => {
      try {
        const db = new Database(file, { readonly: true, fileMustExist: true });
        try {
          return [{ place: `the backup ${name}`, at, ...prepareAuditReader(db).head() }];
        } finally {
          db.close();
        }
      } catch {
        // A backup that is not good is told by the doctor; here it proves nothing.
        return [];
      }
    });
}
