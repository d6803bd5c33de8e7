import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '#contract/index.ts';
import { findDesk } from '../../electron/serve/index.ts';
import { clientOn, openSocket } from '../serve/client.ts';

/** The folder with package.json. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a desk is asked through. */
export type Client = ContractRouterClient<Contract>;

/** Runs the built `nightdesk serve` on a data folder as a process of its own, and closes it after `run`. */
export async function withDesk<T>(folder: string, run: (client: Client) => Promise<T>): Promise<T> {
  const entry = join(ROOT, 'out/main/cli.js');
  const desk = spawn(process.execPath, [entry, 'serve', '--data', folder, '--no-open', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  desk.stderr.on('data', (text) => {
    said += String(text);
  });
  const gone = once(desk, 'exit');
  try {
    // Its one document is printed when it answers.
    await Promise.race([
      once(desk.stdout, 'data'),
      gone.then(([code]) => {
        throw new Error(`serve ended with ${code}: ${said}`);
      }),
    ]);
    const found = findDesk(folder);
    if (!found) throw new Error(`the desk on ${folder} says nothing of itself`);
    const socket = await openSocket(found.address, { authorization: `Bearer ${found.token}` });
    const value = await run(clientOn(socket));
    const closed = once(socket, 'close');
    socket.close();
    await closed;
    return value;
  } finally {
    desk.kill('SIGTERM');
    await gone;
  }
}

/** The first frame of a subscription; the subscription ends with it. */
export async function firstFrame<T>(subscription: Promise<AsyncIterator<T, unknown, void>>): Promise<T> {
  const frames = await subscription;
  const first = await frames.next();
  if (first.done) throw new Error('the subscription ended before its first frame');
  await frames.return?.();
  return first.value;
}
