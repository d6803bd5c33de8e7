import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { birthOf } from './birth.ts';

/** A killed process is looked at so often, and waited for so long, ms. */
const LOOK_MS = 5;
const WAIT_MS = 5_000;

const fileSchema = z.array(z.object({ pid: z.number().int().positive(), born: z.string() }));

/**
 * The workers of this data folder, on the disk. A worker exits when its desk is gone, but one that is blocked, or stopped,
 * does not notice: it could send an effect after the next desk has looked whether it landed. So the next desk ends what
 * the last one left, before it looks at anything.
 */
export function createOrphans(dataFolder: string, log: (message: string) => void) {
  const file = join(dataFolder, 'workers.json');
  const mine = new Map<number, string>();

  function write(): void {
    try {
      writeFileSync(file, JSON.stringify([...mine].map(([pid, born]) => ({ pid, born }))), { mode: 0o600 });
    } catch (error) {
      log(`${file} cannot be written: ${String(error)}. A desk that is killed now may leave workers behind.`);
    }
  }

  function left(): z.infer<typeof fileSchema> {
    if (!existsSync(file)) return [];
    try {
      return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      log(`${file} cannot be read: ${String(error)}. Workers of a desk that was killed may still run.`);
      return [];
    }
  }

  return {
    /** Ends what an earlier desk left, and waits until it is gone. */
    end(): void {
      for (const { pid, born } of left()) {
        if (born === '' || birthOf(pid) !== born) continue;
        log(`process ${pid} is a worker of a desk that is gone; it is killed`);
        process.kill(pid, 'SIGKILL');
        const clock = new Int32Array(new SharedArrayBuffer(4));
        for (let waited = 0; birthOf(pid) === born && waited < WAIT_MS; waited += LOOK_MS) {
          Atomics.wait(clock, 0, 0, LOOK_MS);
        }
      }
      write();
    },
    /** A worker is ready: from now on it may have tasks. */
    born(pid: number): void {
      mine.set(pid, birthOf(pid));
      write();
    },
    gone(pid: number): void {
      if (mine.delete(pid)) write();
    },
  };
}
export type Orphans = ReturnType<typeof createOrphans>;
