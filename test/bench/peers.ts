import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inFolder } from './measure.ts';

const WORKERS = 2;

function startWorkers(...args: string[]): ChildProcess[] {
  return Array.from({ length: WORKERS }, () => fork(new URL('./peer-worker.ts', import.meta.url), args));
}

async function stop(children: ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }),
  );
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Jobs a second of plainjob with two worker processes on one file, as its README shows; its own durability (synchronous=NORMAL). */
export function plainjob(jobs: number): Promise<number> {
  return inFolder(async (folder) => {
    const file = join(folder, 'plainjob.db');
    const { better, defineQueue, JobStatus } = await import('plainjob');
    const quiet = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
    const queue = defineQueue({ connection: better(new Database(file)), logger: quiet });
    queue.addMany(
      'double',
      Array.from({ length: jobs }, (_, n) => ({ n })),
    );
    const started = performance.now();
    const children = startWorkers('plainjob', file);
    await until(() => queue.countJobs({ status: JobStatus.Done }) > 0);
    // The start of the processes is not what is measured.
    const counted = queue.countJobs({ status: JobStatus.Done });
    const from = performance.now();
    await until(() => queue.countJobs({ status: JobStatus.Done }) >= jobs);
    const rate = ((jobs - counted) / (performance.now() - from)) * 1_000;
    await stop(children);
    queue.close();
    return Number.isFinite(rate) ? rate : (jobs / (performance.now() - started)) * 1_000;
  });
}

/** Jobs a second of BullMQ on a redis-server of its own with appendfsync everysec; null where there is no redis-server. */
export function bullmq(jobs: number): Promise<number | null> {
  return inFolder(async (folder) => {
    const port = await freePort();
    const redis = spawn(
      'redis-server',
      [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--appendonly',
        'yes',
        '--appendfsync',
        'everysec',
        '--save',
        '',
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const missing = await Promise.race([
      once(redis, 'error').then(() => true),
      once(redis.stdout, 'data').then(() => false),
    ]);
    if (missing) return null;
    const { Queue } = await import('bullmq');
    const queue = new Queue('double', { connection: { host: '127.0.0.1', port } });
    await queue.waitUntilReady();
    for (let n = 0; n < jobs; n += 1_000) {
      const size = Math.min(1_000, jobs - n);
      await queue.addBulk(
        Array.from({ length: size }, (_, i) => ({ name: 'double', data: JSON.stringify({ n: n + i }) })),
      );
    }
    const children = startWorkers('bullmq', String(port));
    await until(async () => (await queue.getCompletedCount()) > 0);
    const counted = await queue.getCompletedCount();
    const from = performance.now();
    await until(async () => (await queue.getCompletedCount()) >= jobs);
    const rate = ((jobs - counted) / (performance.now() - from)) * 1_000;
    await stop(children);
    await queue.close();
    const gone = once(redis, 'exit');
    redis.kill('SIGTERM');
    await gone;
    return rate;
  });
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
