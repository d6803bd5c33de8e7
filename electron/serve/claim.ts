import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { momentSchema } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { birthOf } from '../desk/birth.ts';

/*
 * One desk a data folder: desk.lock says which process holds it, desk.json where that desk answers. Both go when it
 * closes; after a kill the lock is stale, which the process's birth tells.
 */

const deskFileSchema = z.object({
  /** `http://host:port`. */
  address: z.url(),
  /** For `Authorization: Bearer`. */
  token: z.string().min(1),
  pid: z.number().int(),
  /** Changes with every start of the desk. */
  desk: z.string(),
  startedAt: momentSchema,
});
/** How command lines and desktops find the desk that runs on a data folder. */
export type DeskFile = z.infer<typeof deskFileSchema>;

const lockSchema = z.object({ pid: z.number().int(), born: z.string(), startedAt: momentSchema });
type Lock = z.infer<typeof lockSchema>;

/** The right to open a data folder. */
export type Claim = {
  /** Writes desk.json, readable by its owner only. */
  publish(desk: Omit<DeskFile, 'pid'>): void;
  release(): void;
};

/** The desk that runs on a data folder, or undefined when none does. */
export function findDesk(dataFolder: string): DeskFile | undefined {
  const lock = read(lockFile(dataFolder), lockSchema);
  const desk = read(join(dataFolder, 'desk.json'), deskFileSchema);
  return lock && desk && lock.pid === desk.pid && isAlive(lock) ? desk : undefined;
}

/**
 * Takes the data folder for this process.
 *
 * @returns CONFLICT naming the desk that runs there, or STORAGE when the folder cannot be written
 */
export function claimFolder(dataFolder: string, now: number): Result<Claim> {
  const file = lockFile(dataFolder);
  const mine = `${file}.${process.pid}`;
  const lock: Lock = { pid: process.pid, born: birthOf(process.pid), startedAt: now };
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    writeFileSync(mine, JSON.stringify(lock), { mode: 0o600 });
    try {
      if (!take(mine, file)) return heldBy(dataFolder);
    } finally {
      rmSync(mine, { force: true });
    }
  } catch (error) {
    return fail('STORAGE', `The data folder ${dataFolder} cannot be written: ${(error as Error).message}`, {
      kept: 'Nothing was changed.',
      todo: 'Give another folder with --data, or make this one writable.',
      where: dataFolder,
    });
  }
  const deskFile = join(dataFolder, 'desk.json');
  return succeed({
    publish(desk) {
      // Renamed into place: a reader sees the whole file or none.
      writeFileSync(`${deskFile}.new`, `${JSON.stringify({ ...desk, pid: process.pid }, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${deskFile}.new`, deskFile);
    },
    release() {
      rmSync(deskFile, { force: true });
      rmSync(file, { force: true });
    },
  });
}

/** Links the lock into place, which only one process can; moves a stale one away first. */
function take(mine: string, file: string): boolean {
  if (linked(mine, file)) return true;
  const lock = read(file, lockSchema);
  if (lock && isAlive(lock)) return false;
  const aside = `${mine}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Between our look and the move another process may have taken it: then it gets its lock back.
  const moved = read(aside, lockSchema);
  if (moved && isAlive(moved)) linked(aside, file);
  rmSync(aside, { force: true });
  return linked(mine, file);
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function heldBy(dataFolder: string): Result<never> {
  const lock = read(lockFile(dataFolder), lockSchema);
  const desk = findDesk(dataFolder);
  const where = desk ? ` at ${desk.address}` : '';
  const since = lock ? ` since ${new Date(lock.startedAt).toISOString()} (process ${lock.pid})` : '';
  return fail('CONFLICT', `A desk already runs on ${dataFolder}${where}${since}.`, {
    kept: 'That desk goes on; nothing was changed.',
    todo: `Use it (nightdesk status --data ${dataFolder}), stop it first, or give another folder with --data.`,
    where: dataFolder,
  });
}

function isAlive(lock: Lock): boolean {
  try {
    process.kill(lock.pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return birthOf(lock.pid) === lock.born;
}

function lockFile(dataFolder: string): string {
  return join(dataFolder, 'desk.lock');
}

function read<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
