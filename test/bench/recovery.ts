import { rmSync } from 'node:fs';
import { inFolder } from './measure.ts';
import { reached, spawnDesk } from './process.ts';
import { hold, seedQueue } from './queue.ts';

const ENDED = 'SELECT count(*) AS n FROM (SELECT 1 FROM task WHERE ended_at IS NOT NULL LIMIT 1)';
const RUNNING = `SELECT count(*) AS n FROM task WHERE state = 'running'`;

/** ms from kill -9 of a desk, with so many tasks queued and in flight, to the first task that ends after it. */
export function recovery(queued: number, inFlight: number): Promise<number> {
  return inFolder(async (folder) => {
    seedQueue(folder, 'held', queued + inFlight);
    const held = hold(folder);
    const first = spawnDesk(folder);
    await reached(folder, RUNNING, inFlight);
    const killed = performance.now();
    await first.end('SIGKILL');
    rmSync(held);
    return untilFirstEnd(folder, killed);
  });
}

/** The same for a desk that was never killed and has one task: what a start takes of it. */
export function firstTask(): Promise<number> {
  return inFolder((folder) => {
    seedQueue(folder, 'held', 1);
    return untilFirstEnd(folder, performance.now());
  });
}

async function untilFirstEnd(folder: string, from: number): Promise<number> {
  const desk = spawnDesk(folder);
  try {
    await reached(folder, ENDED, 1);
    return performance.now() - from;
  } finally {
    await desk.end('SIGTERM');
  }
}
