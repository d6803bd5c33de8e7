import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Backup, Backups } from '#contract/backup.ts';
import type { Actor } from '#contract/basic.ts';
import { type Result, succeed } from '#contract/errors.ts';
import type { Settings } from '#contract/settings.ts';
import { backupFile, backupFolder, listBackups, pruneBackups } from '../store/backup.ts';
import type { Upkeep } from '../store/upkeep.ts';

/** Whether one is due is looked at this often: clocks jump, laptops sleep, ms. */
const LOOK_MS = 30_000;
/** The first backup of a new database is not put off longer than this, ms. */
const FIRST_MS = 3_600_000;
/** One that failed is tried again after this, ms. */
const AGAIN_MS = 600_000;

export type BackupsOptions = {
  dataFolder: string;
  upkeep: Upkeep;
  settings(): Settings;
  now(): number;
  log(message: string): void;
  /** A backup was written. @param by null: it was due */
  onMade(backup: Backup, by: Actor | null): void;
  onChange(): void;
};

/** Backups on a schedule, and when somebody asks; the newest are kept. */
export function createBackups(options: BackupsOptions) {
  const { dataFolder, now } = options;
  const bornAt = statSync(join(dataFolder, 'nightdesk.db')).birthtimeMs || now();
  let known = listBackups(dataFolder);
  let problem: string | null = null;
  let failedAt = 0;
  let running: Promise<Result<Backup>> | null = null;
  let timer: NodeJS.Timeout | undefined;

  function nextAt(): number {
    const { every } = options.settings().backup;
    const [newest] = known;
    const due = newest === undefined ? Math.round(bornAt) + Math.min(every, FIRST_MS) : newest.at + every;
    // A clock that was set back does not put it off for longer than a whole span.
    const soonest = Math.min(due, now() + every);
    return problem === null ? soonest : Math.max(soonest, failedAt + Math.min(AGAIN_MS, every));
  }

  async function write(by: Actor | null): Promise<Result<Backup>> {
    const at = now();
    const file = backupFile(dataFolder, at);
    const written = await options.upkeep.backup(file);
    failedAt = at;
    problem = written.ok ? null : written.error.message;
    if (!written.ok) {
      options.log(written.error.message);
      return written;
    }
    pruneBackups(dataFolder, options.settings().backup.keep);
    known = listBackups(dataFolder);
    const made = known.find((backup) => backup.file === file) ?? { name: basename(file), file, at, ...written.value };
    options.onMade(made, by);
    return succeed(made);
  }

  function make(by: Actor | null): Promise<Result<Backup>> {
    running ??= write(by).finally(() => {
      running = null;
      options.onChange();
    });
    return running;
  }

  function look(): void {
    clearTimeout(timer);
    if (now() >= nextAt() && running === null) void make(null);
    timer = setTimeout(look, Math.max(100, Math.min(LOOK_MS, nextAt() - now())));
    timer.unref();
  }

  return {
    start: look,
    /** Another schedule may be in force. */
    look,
    make,
    problem: (): string | null => problem,
    view(): Backups {
      const { every, keep } = options.settings().backup;
      return {
        folder: backupFolder(dataFolder),
        everyMs: every,
        keep,
        nextAt: nextAt(),
        running: running !== null,
        problem,
        backups: known,
      };
    },
    stop: (): void => clearTimeout(timer),
  };
}
