import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inFolder } from './measure.ts';

const WORKERS = 2;
/** Counting costs the peer something, so it is done seldom, ms. */
const COUNT_EVERY_MS = 20;

/** A peer that this machine does not have: said, and no failure of ours. */
export class PeerMissing extends Error {}

/** Jobs a second of plainjob with two worker processes on one file, as its README shows; its own durability (synchronous=NORMAL). */
export function plainjob(jobs: number): Promise<number> {
  return inFolder(async (folder) => {
    const file = join(folder, 'plainjob.db');
    const { better, defineQueue, JobStatus } = await import('plainjob');
    const quiet = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
    const queue = defineQueue({ connection: better(new Database(file)), logger: quiet });
    try {
      queue.addMany(
        'double',
        Array.from({ length: jobs }, (_, n) => ({ n })),
      );
      return await rateOfWorkers(['plainjob', file], jobs, () => queue.countJobs({ status: JobStatus.Done }));
    } finally {
      queue.close();
    }
  });
}

/**
 * Jobs a second of BullMQ with two worker processes on a redis-server of its own with appendfsync everysec. Rejects with
 * PeerMissing where there is no redis-server, or no ioredis for BullMQ to reach it with.
 */
export function bullmq(jobs: number): Promise<number> {
  return inFolder(async (folder) => {
    const port = await freePort();
    const redis = await startRedis(folder, port);
    const gone = once(redis, 'exit');
    try {
      const { Queue } = await import('bullmq');
      const queue = new Queue('double', { connection: { host: '127.0.0.1', port } });
      // Unheard, its error event would end the process; the same error rejects below.
      queue.on('error', () => {});
      await queue.waitUntilReady().catch((error: Error) => {
        throw error.message.includes('ioredis') ? new PeerMissing(error.message) : error;
      });
      for (let n = 0; n < jobs; n += 1_000) {
        const size = Math.min(1_000, jobs - n);
        await queue.addBulk(
          Array.from({ length: size }, (_, i) => ({ name: 'double', data: JSON.stringify({ n: n + i }) })),
        );
      }
      const rate = await rateOfWorkers(['bullmq', String(port)], jobs, () => queue.getCompletedCount());
      await queue.close();
      return rate;
    } finally {
      redis.kill('SIGTERM');
      await gone;
    }
  });
}

/** Jobs a second from the first job done, so that the start of the processes is not measured. */
async function rateOfWorkers(
  workerArguments: string[],
  jobs: number,
  countDone: () => number | Promise<number>,
): Promise<number> {
  const children = Array.from({ length: WORKERS }, () =>
    fork(new URL('./peer-worker.ts', import.meta.url), workerArguments),
  );
  try {
    let first = 0;
    while (first === 0) {
      if (children.some((child) => child.exitCode !== null)) throw new Error(`a worker of ${workerArguments[0]} died`);
      await pause(COUNT_EVERY_MS);
      first = await countDone();
    }
    const from = performance.now();
    if (first === jobs) throw new Error(`${jobs} jobs are too few to measure ${workerArguments[0]} with`);
    while ((await countDone()) < jobs) await pause(COUNT_EVERY_MS);
    return ((jobs - first) / (performance.now() - from)) * 1_000;
  } finally {
    await Promise.all(children.map(stop));
  }
}

async function startRedis(folder: string, port: number): Promise<ChildProcess> {
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const durability = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
  const redis = spawn('redis-server', [...where, ...durability], { stdio: ['ignore', 'pipe', 'ignore'] });
  await Promise.race([
    once(redis.stdout, 'data'),
    once(redis, 'error').then(() => {
      throw new PeerMissing('redis-server is not installed');
    }),
  ]);
  redis.stdout.resume();
  return redis;
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

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
