import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { firstFrame, withDesk } from './desk.ts';
import { inFolder } from './measure.ts';

/** ms from the start of the built `serve`, on a new data folder, to the first frame of its board. */
export function coldStart(): Promise<number> {
  return inFolder((folder) => {
    const from = performance.now();
    return withDesk(folder, async (client) => {
      await firstFrame(client.board.watch({}));
      return performance.now() - from;
    });
  });
}

/** ms that Node alone takes to start and end. */
export async function nodeStart(): Promise<number> {
  const from = performance.now();
  const [code] = (await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`node ended with ${code}`);
  return performance.now() - from;
}
