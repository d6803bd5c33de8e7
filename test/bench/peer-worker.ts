/*
 * A peer's worker process, so that both sides of the comparison pay for processes: `plainjob FILE` or `bullmq PORT`.
 * Each job does what the journaled step of one-step does.
 */
import Database from 'better-sqlite3';

const [peer, where = ''] = process.argv.slice(2);
const quiet = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

if (peer === 'plainjob') {
  const { better, defineQueue, defineWorker } = await import('plainjob');
  const queue = defineQueue({ connection: better(new Database(where)), logger: quiet });
  const worker = defineWorker(
    'double',
    async (job) => {
      double(job.data);
    },
    { queue, logger: quiet },
  );
  void worker.start();
} else {
  const { Worker } = await import('bullmq');
  const { Redis } = await import('ioredis');
  const worker = new Worker('double', async (job) => double(job.data as string), {
    connection: new Redis(Number(where), '127.0.0.1', { maxRetriesPerRequest: null }),
    concurrency: 128,
  });
  await worker.waitUntilReady();
}
process.on('disconnect', () => process.exit(0));

function double(data: string): { doubled: number } {
  return { doubled: (JSON.parse(data) as { n: number }).n * 2 };
}
