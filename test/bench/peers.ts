import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { inFolder, WARM_UP } from './measure.ts';

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
        Array.from({ length: jobs + WARM_UP }, (_, n) => ({ n })),
      );
      return await rateOfWorkers(['plainjob', file], jobs, () => queue.countJobs({ status: JobStatus.Done }));
    } finally {
      queue.close();
    }
  });
}

/**
 * Jobs a second of BullMQ with two worker processes on a redis-server of its own with appendfsync everysec. Rejects with
 * PeerMissing where there is no redis-server.
 */
export function bullmq(jobs: number): Promise<number> {
  return inFolder(async (folder) => {
    const port = await freePort();
    const redis = await startRedis(folder, port);
    const gone = once(redis, 'exit');
    try {
      const { Queue } = await import('bullmq');
      const connection = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
      const queue = new Queue('double', { connection });
      for (let n = 0; n < jobs + WARM_UP; n += 1_000) {
        const size = Math.min(1_000, jobs + WARM_UP - n);
        await queue.addBulk(
          Array.from({ length: size }, (_, i) => ({ name: 'double', data: JSON.stringify({ n: n + i }) })),
        );
      }
      const rate = await rateOfWorkers(['bullmq', String(port)], jobs, () => queue.getCompletedCount());
      await queue.close();
      connection.disconnect();
      return rate;
    } finally {
      redis.kill('SIGTERM');
      await gone;
    }
  });
}

/** Jobs a second once the warm-up is done: the start of the processes is not measured. */
async function rateOfWorkers(
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

async function startRedis(folder: string, port: number): Promise<ChildProcess> {
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const durability = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
  const redis = spawn('redis-server', [...where, ...durability], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    redis.stdout.on('data', (text) => {
      if (String(text).includes('Ready to accept connections')) resolve();
    });
    redis.once('error', () => reject(new PeerMissing('redis-server is not installed')));
    redis.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
  });
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
