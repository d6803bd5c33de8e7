import { statfsSync, statSync } from 'node:fs';
import type { Backup, Backups, Damage, DatabaseView } from '#contract/backup.ts';
import type { Actor } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import type { Settings } from '#contract/settings.ts';
import type { Committer } from '../store/committer.ts';
import type { Database } from '../store/open.ts';
import { createUpkeep } from '../store/upkeep.ts';
import { createBackups } from './backups.ts';
import { createRetention } from './retention.ts';

/** The log is copied into the database file this often, when there is any, ms. */
export const CHECKPOINT_MS = 1_000;

export type KeepingOptions = {
  db: Database;
  committer: Committer;
  dataFolder: string;
  /** The built or source file of the upkeep thread. */
  upkeepEntry: string;
  damage: Damage | null;
  settings(): Settings;
  onSettings(listener: () => void): () => void;
  now(): number;
  log(message: string): void;
  onBackup(backup: Backup, by: Actor | null): void;
  onChange(): void;
};

/** What keeps the database in shape: checkpoints, backups, retention. */
export type Keeping = {
  backups(): Backups;
  backUp(by: Actor): Promise<Result<Backup>>;
  database(): DatabaseView;
  /** In plain words. */
  troubles(): string[];
  start(): void;
  close(): Promise<void>;
};

export function createKeeping(options: KeepingOptions): Keeping {
  const { db, dataFolder, settings, now, log, damage } = options;
  const upkeep = createUpkeep(db, options.upkeepEntry, log);
  const backups = createBackups({
    ...{ dataFolder, upkeep, settings, now, log },
    onMade: options.onBackup,
    onChange: options.onChange,
  });
  const retention = createRetention({ db, committer: options.committer, settings, now, log });
  let timer: NodeJS.Timeout | undefined;
  let stopSettings = (): void => {};

  async function checkpoint(): Promise<void> {
    await upkeep.checkpoint();
    timer = setTimeout(checkpoint, CHECKPOINT_MS);
    timer.unref();
  }

  return {
    backups: backups.view,
    backUp: backups.make,
    database() {
      const { keep, megabytes } = settings().retention;
      const disk = statfsSync(dataFolder);
      return {
        file: db.name,
        bytes: sizeOf(db.name),
        usedBytes: retention.usedBytes(),
        walBytes: sizeOf(`${db.name}-wal`),
        freeBytes: disk.bavail * disk.bsize,
        schema: Number(db.pragma('user_version', { simple: true })),
        retention: {
          keepMs: keep,
          megabytes,
          removed: retention.removed(),
          oldestEnd: retention.oldestEnd(),
        },
        damage,
      };
    },
    troubles() {
      const problem = backups.problem();
      return [
        ...(damage === null ? [] : [damageText(damage)]),
        ...(problem === null ? [] : [`The last backup failed. ${problem}`]),
      ];
    },
    start() {
      void checkpoint();
      backups.start();
      retention.look();
      stopSettings = options.onSettings(() => {
        backups.look();
        retention.look();
      });
    },
    async close() {
      stopSettings();
      clearTimeout(timer);
      backups.stop();
      retention.stop();
      await upkeep.close();
    },
  };
}

/** What became of a damaged database, in words. */
export function damageText({ keptAside, restored }: Damage): string {
  const found = `The database was found damaged at start. It is kept at ${keptAside}`;
  if (restored === null) return `${found}; there was no backup, and a new one was begun.`;
  const since = new Date(restored.at).toISOString();
  return `${found}; the backup of ${since} stands in its place. What was accepted or ended since then is lost. Agents with open tasks are paused: these may have run since, look before you resume.`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
