import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { birthOf } from './birth.ts';

/** A killed process is looked at so often, and waited for so long, ms: after that it hangs in the kernel and runs no code of ours. */
const LOOK_MS = 5;
const WAIT_MS = 2_000;

/**
 * The workers of this data folder, and what they started, on the disk. A worker exits when its desk is gone, but one that
 * is blocked, or stopped, does not notice: it could send an effect after the next desk has looked whether it landed. So
 * the next desk ends what the last one left, before it looks at anything. Each process is an empty file,
 * `workers/<pid>@<birth>`: a full disk has room for it.
 */
export function createOrphans(dataFolder: string, log: (message: string) => void) {
  const folder = join(dataFolder, 'workers');
  const mine = new Map<number, string>();

  /** Kills a process of an earlier desk, and waits until it is gone. */
  function end(pid: number, born: string): void {
    const lives = (): boolean => born !== '' && nameOf(birthOf(pid)) === born;
    if (!lives()) return;
    log(`process ${pid} is a worker of a desk that is gone; it is killed`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It went between the look and the kill.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; lives() && waited < WAIT_MS; waited += LOOK_MS) Atomics.wait(clock, 0, 0, LOOK_MS);
  }

  return {
    /** Ends what an earlier desk left, and waits until it is gone. */
    end(): void {
      mkdirSync(folder, { recursive: true });
      for (const name of readdirSync(folder)) {
        const [pid, born = ''] = name.split('@');
        if (Number(pid) > 0) end(Number(pid), born);
        rmSync(join(folder, name), { force: true });
      }
    },
    /** A process is ours: from now on it may have tasks. */
    born(pid: number): void {
      const name = `${pid}@${nameOf(birthOf(pid))}`;
      mine.set(pid, name);
      try {
        writeFileSync(join(folder, name), '');
      } catch (error) {
        log(
          `worker ${pid} could not be written down (${String(error)}): a desk that is killed now may leave it behind`,
        );
      }
    },
    gone(pid: number): void {
      const name = mine.get(pid);
      if (name === undefined) return;
      mine.delete(pid);
      rmSync(join(folder, name), { force: true });
    },
  };
}
export type Orphans = ReturnType<typeof createOrphans>;

function nameOf(birth: string): string {
  return birth.replaceAll(/[^\w-]+/g, '-');
}
