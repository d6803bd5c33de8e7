/*
 * A peer's worker process, so that both sides of the comparison pay for processes: the peer's name, then the file, port or
 * address of its queue. Each job does what the journaled step of one-step does.
 */
import Database from 'better-sqlite3';

type Given = { n: number };

/** Jobs that pg-boss gets with one query; each process works on two such batches at once. */
const BATCH = 100;

const [peer, where = ''] = process.argv.slice(2);
const quiet = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

switch (peer) {
  case 'plainjob': {
    const { better, defineQueue, defineWorker } = await import('plainjob');
    const queue = defineQueue({ connection: better(new Database(where)), logger: quiet });
    const worker = defineWorker(
      'double',
      async (job) => {
        double(JSON.parse(job.data) as Given);
      },
      { queue, logger: quiet },
    );
    void worker.start();
    break;
  }
  case 'bullmq': {
    const { Worker } = await import('bullmq');
    const { Redis } = await import('ioredis');
    const worker = new Worker('double', async (job) => double(JSON.parse(job.data as string) as Given), {
      connection: new Redis(Number(where), '127.0.0.1', { maxRetriesPerRequest: null }),
      concurrency: 128,
    });
    await worker.waitUntilReady();
    break;
  }
  case 'pg-boss': {
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss({ connectionString: where, supervise: false, schedule: false });
    await boss.start();
    const often = {
      batchSize: BATCH,
      localConcurrency: 2,
      pollingIntervalSeconds: 0.5,
      burstWhenBatchFull: true,
      perJobResults: true,
    } as const;
    await boss.work<Given>('double', often, async (jobs) =>
      jobs.map((job) => ({ id: job.id, status: 'completed', output: double(job.data) })),
    );
    break;
  }
  case 'graphile-worker':
  case 'graphile-worker, no results': {
    const { run, Logger } = await import('graphile-worker');
    const keep = 'INSERT INTO result (job, output) VALUES ($1, $2)';
    await run({
      taskList: {
        double: async (payload, { job, query }) => {
          const result = double(payload as Given);
          // It keeps none itself: where the results of steps count, its users write them.
          if (peer === 'graphile-worker') await query(keep, [job.id, JSON.stringify(result)]);
        },
      },
      preset: {
        worker: {
          connectionString: where,
          concurrentJobs: 24,
          maxPoolSize: 25,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          logger: new Logger(() => () => {}),
        },
      },
    });
    break;
  }
  default:
    throw new Error(`no peer ${peer}`);
}
process.on('disconnect', () => process.exit(0));

function double({ n }: Given): { doubled: number } {
  return { doubled: n * 2 };
}
