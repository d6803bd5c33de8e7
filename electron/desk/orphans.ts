import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ForkWorker } from '../runner/fork.ts';
import { birthOf } from './process.ts';

/*
 * Workers that outlive their desk. One whose desk dies exits as soon as it sees that, but it does not see it while it
 * stands still or computes: then it would send its effect beside the attempt that another desk has begun since. So a desk
 * keeps an empty file for each of its workers, <data>/workers/<pid>@<birth>, and the next one ends those that still live
 * before it starts a task.
 */

const LOOK_MS = 5;
/** A process that was sent SIGKILL and is not gone after this hangs in the kernel, where it runs no code of ours, ms. */
const PATIENCE_MS = 2_000;

/** Ends the workers of a desk that died on this folder. Settles when none of them can do anything more. */
export async function endOrphans(dataFolder: string, log: (message: string) => void): Promise<void> {
  const folder = folderOf(dataFolder);
  mkdirSync(folder, { recursive: true });
  await Promise.all(
    readdirSync(folder).map(async (name) => {
      const [pid, birth] = name.split('@');
      if (await end(Number(pid), birth ?? '')) log(`worker ${pid} had outlived its desk; it was killed`);
      rmSync(join(folder, name), { force: true });
    }),
  );
}

/** Forks workers, and writes down which there are before they get anything to do. */
export function rememberWorkers(dataFolder: string, fork: ForkWorker, log: (message: string) => void): ForkWorker {
  return (env) => {
    const worker = fork(env);
    let file: string | undefined;
    worker.onMessage(() => {
      if (file !== undefined || worker.pid === undefined) return;
      file = join(folderOf(dataFolder), `${worker.pid}@${nameOf(birthOf(worker.pid))}`);
      try {
        writeFileSync(file, '');
      } catch (error) {
        log(`worker ${worker.pid} could not be written down: ${String(error)}`);
      }
    });
    worker.onExit(() => {
      if (file !== undefined) rmSync(file, { force: true });
    });
    return worker;
  };
}

/** @returns whether there was one to end */
async function end(pid: number, birth: string): Promise<boolean> {
  const lives = (): boolean => birth !== '' && nameOf(birthOf(pid)) === birth;
  if (!lives()) return false;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
  const from = performance.now();
  while (lives() && performance.now() - from < PATIENCE_MS)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return true;
}

function folderOf(dataFolder: string): string {
  return join(dataFolder, 'workers');
}

function nameOf(birth: string): string {
  return birth.replaceAll('/', '-');
}
