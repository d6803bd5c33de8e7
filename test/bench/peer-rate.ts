import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { WARM_UP } from './measure.ts';

const WORKERS = 2;
/** Counting costs the peer something, so it is done seldom, ms. */
const COUNT_EVERY_MS = 20;

/** A peer that this machine does not have: said, and no failure of ours. */
export class PeerMissing extends Error {}

/** Jobs a second with two worker processes, once the warm-up is done: the start of the processes is not measured. */
export async function rateOfWorkers(
  workerArguments: string[],
  jobs: number,
  countDone: () => number | Promise<number>,
): Promise<number> {
  const children = Array.from({ length: WORKERS }, () =>
    fork(new URL('./peer-worker.ts', import.meta.url), workerArguments),
  );
  async function reached(count: number): Promise<number> {
    for (;;) {
      const done = await countDone();
      if (done >= count) return done;
      if (children.some((child) => child.exitCode !== null)) throw new Error(`a worker of ${workerArguments[0]} died`);
      await pause(COUNT_EVERY_MS);
    }
  }
  try {
    const first = await reached(WARM_UP);
    const from = performance.now();
    const all = await reached(jobs + WARM_UP);
    if (all === first) throw new Error(`${jobs} jobs are too few to measure ${workerArguments[0]} with`);
    return ((all - first) / (performance.now() - from)) * 1_000;
  } finally {
    await Promise.all(children.map(stop));
  }
}

/** Jobs in batches of a thousand, with the number of each. */
export async function inBatches(jobs: number, add: (numbers: number[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < jobs; from += 1_000) {
    await add(Array.from({ length: Math.min(1_000, jobs - from) }, (_, i) => from + i));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
