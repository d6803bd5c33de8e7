import { inFolder } from './measure.ts';
import { memoryOf, reached, spawnDesk } from './process.ts';
import { seedQueue } from './queue.ts';

const ENDED = 'SELECT count(*) AS n FROM task WHERE ended_at IS NOT NULL';
/** Tasks that are done first: a desk that only stands there has loaded half of its code. */
const WORKED = 20_000;

/** MB of a desk that has worked for a while and has still more than so many tasks queued, at the most. */
export function deskMemory(queued: number): Promise<number> {
  return inFolder(async (folder) => {
    seedQueue(folder, 'one-step', queued + WORKED * 3);
    const desk = spawnDesk(folder);
    try {
      await reached(folder, ENDED, WORKED);
      return memoryOf(desk.process.pid ?? 0).most;
    } finally {
      await desk.end('SIGKILL');
    }
  });
}
