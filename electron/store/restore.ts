import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Backup, Restored } from '#contract/backup.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { checkDatabase, listBackups, moveAside, moveBack, placeDatabase } from './backup.ts';

/** Who pauses intakes after a restore, as lanes keep it. */
const BY_DESK = JSON.stringify({ name: 'Nightdesk', via: 'desk' });

/** Puts the newest good backup where a damaged database stood. @returns null when there is none */
export function restoreNewest(dataFolder: string, now: number): Backup | null {
  const file = join(dataFolder, 'nightdesk.db');
  for (const backup of listBackups(dataFolder)) {
    if (!checkDatabase(backup.file).ok || placeDatabase(backup.file, file) !== null) continue;
    holdOpenTasks(file, now);
    return backup;
  }
  return null;
}

/**
 * Puts a backup in place of the database of a desk that does not run; the caller holds the folder's lock.
 *
 * @returns BAD_FILE when the backup is not good, STORAGE when it cannot be copied: the present file is in place then
 */
export function restoreFrom(dataFolder: string, from: string, now: number): Result<Restored> {
  const checked = checkDatabase(from);
  if (!checked.ok) return checked;
  const file = join(dataFolder, 'nightdesk.db');
  const keptAside = moveAside(file, 'replaced', now);
  const trouble = placeDatabase(from, file);
  if (trouble !== null) {
    if (keptAside !== null) moveBack(file, keptAside);
    return fail('STORAGE', `${from} could not be put in place: ${trouble}`, {
      kept: 'The database is as it was.',
      todo: 'Free space on the disk of the data folder, then restore again.',
      where: file,
    });
  }
  return succeed({ from, until: checked.value.until, keptAside, paused: holdOpenTasks(file, now) });
}

/**
 * Pauses the agents with open tasks: since the backup these may have run, and their effects may have happened. Whether
 * they run again is for a person to say.
 */
function holdOpenTasks(file: string, now: number): string[] {
  const db = new Database(file, { timeout: 5_000 });
  try {
    const paused = db
      .prepare<[number, string], { agent: string }>(
        `INSERT INTO lane (agent, intake, intake_since, intake_by)
         SELECT DISTINCT agent, 'paused', ?, ? FROM task WHERE ended_at IS NULL
         ON CONFLICT (agent) DO UPDATE SET intake = 'paused', intake_since = excluded.intake_since, intake_until = NULL, intake_by = excluded.intake_by
         RETURNING agent`,
      )
      .all(now, BY_DESK);
    // A pause of the desk's own would be ended by it; the column came with schema 4.
    const hasReason = db.prepare(`SELECT 1 FROM pragma_table_info('lane') WHERE name = 'intake_reason'`).get();
    if (hasReason !== undefined) db.exec(`UPDATE lane SET intake_reason = NULL WHERE intake = 'paused'`);
    return paused.map((row) => row.agent).sort();
  } finally {
    db.close();
  }
}
