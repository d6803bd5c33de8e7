import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { inFolder, WARM_UP } from './measure.ts';
import { freePort, inBatches, PeerMissing, rateOfWorkers } from './peer-rate.ts';
import { graphileWorker, pgBoss } from './postgres.ts';

/** A job queue that does the same work, and what it promises of a job that it says is done. */
export type Peer = {
  name: string;
  /** Jobs a second. Rejects with PeerMissing where this machine has not what it needs. */
  rate(jobs: number): Promise<number>;
  durability: string;
  /** Whether each result is kept, on the disk before the job counts as done, as that of a journaled step is. */
  journaled: boolean;
};

const POSTGRES = 'postgresql, fsync=on, synchronous_commit=on: on the disk before it is answered';

/** Each with two worker processes, and set up as its own documentation says for many small jobs. */
export const PEERS: Peer[] = [
  {
    name: 'plainjob',
    rate: (jobs) => plainjob(jobs),
    durability: 'synchronous=NORMAL: a power cut loses what was done in the last seconds; no result is kept',
    journaled: false,
  },
  {
    name: 'BullMQ (everysec)',
    rate: (jobs) => bullmq(jobs, 'everysec'),
    durability: 'redis-server, appendfsync everysec: a power cut loses the last second',
    journaled: false,
  },
  {
    name: 'BullMQ (always)',
    rate: (jobs) => bullmq(jobs, 'always'),
    durability: 'redis-server, appendfsync always: on the disk before it is answered',
    journaled: true,
  },
  {
    name: 'pg-boss',
    rate: pgBoss,
    durability: `${POSTGRES}; 100 jobs at once, each with its result`,
    journaled: true,
  },
  {
    name: 'graphile-worker',
    rate: (jobs) => graphileWorker(jobs, true),
    durability: `${POSTGRES}; taken 500 at once, the ends gathered, each job's result in a table`,
    journaled: true,
  },
  {
    name: 'graphile-worker (no results)',
    rate: (jobs) => graphileWorker(jobs, false),
    durability: `${POSTGRES}; taken 500 at once, the ends gathered, and nothing of a step is kept`,
    journaled: false,
  },
];

/** plainjob on one file, as its README shows. @param behind jobs that are queued behind those that are measured */
export function plainjob(jobs: number, behind = 0): Promise<number> {
  return inFolder(async (folder) => {
    const file = join(folder, 'plainjob.db');
    const { better, defineQueue, JobStatus } = await import('plainjob');
    const quiet = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
    const queue = defineQueue({ connection: better(new Database(file)), logger: quiet });
    try {
      queue.addMany(
        'double',
        Array.from({ length: jobs + WARM_UP + behind }, (_, n) => ({ n })),
      );
      return await rateOfWorkers(['plainjob', file], jobs, () => queue.countJobs({ status: JobStatus.Done }));
    } finally {
      queue.close();
    }
  });
}

/** BullMQ on a redis-server of its own. */
function bullmq(jobs: number, appendfsync: 'everysec' | 'always'): Promise<number> {
  return inFolder(async (folder) => {
    const port = await freePort();
    const redis = await startRedis(folder, port, appendfsync);
    const gone = once(redis, 'exit');
    try {
      const { Queue } = await import('bullmq');
      const connection = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
      const queue = new Queue('double', { connection });
      await inBatches(jobs + WARM_UP, (numbers) =>
        queue.addBulk(numbers.map((n) => ({ name: 'double', data: JSON.stringify({ n }) }))),
      );
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

async function startRedis(folder: string, port: number, appendfsync: string): Promise<ChildProcess> {
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const durability = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', ''];
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
