import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ROOT } from './desk.ts';

const LOOK_MS = 2;

/** The built `nightdesk serve` on a data folder, as a process of its own; nobody waits for it to answer. */
export function spawnDesk(folder: string): {
  process: ChildProcess;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
} {
  const entry = join(ROOT, 'out/main/cli.js');
  const child = spawn(process.execPath, [entry, 'serve', '--data', folder, '--no-open', '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(child, 'exit');
  return {
    process: child,
    async end(signal) {
      child.kill(signal);
      await gone;
    },
  };
}

/** Waits until a count of the database is reached: read beside the desk, seldom enough that it is not in its way. */
export async function reached(folder: string, sql: string, count: number): Promise<void> {
  for (;;) {
    if (countOf(folder, sql) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

export function countOf(folder: string, sql: string): number {
  const db = new Database(join(folder, 'nightdesk.db'), { readonly: true, timeout: 5_000 });
  try {
    return db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
  } finally {
    db.close();
  }
}

/** MB (1,000,000 bytes) of a process that are its own or mapped, as Linux tells it: now, and at most until now. */
export function memoryOf(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string): number =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024) / 1e6;
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}
