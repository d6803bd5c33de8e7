import { createRunner, type Runner } from '../../electron/runner/index.ts';
import { forkWorker } from '../../electron/serve/fork.ts';
import { createCommitter } from '../../electron/store/committer.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { inFolder, percentile } from './measure.ts';

const AGENTS = new URL('../support/agents', import.meta.url).pathname;
const BY = { name: 'bench', via: 'cli' } as const;

async function withRunner<T>(run: (runner: Runner) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const opened = openDatabase(folder, Date.now());
    if (!opened.ok) throw new Error(opened.error.message);
    const { db } = opened.value;
    const runner = createRunner({
      db,
      committer: createCommitter(db),
      dataFolder: folder,
      agentFolders: [AGENTS],
      rehearsal: false,
      workers: 2,
      slots: 128,
      forkWorker,
      env: {},
      version: 'bench',
      now: Date.now,
      random: Math.random,
      onDisk: (trouble) => {
        if (trouble !== null) throw new Error(trouble);
      },
      log: (message) => process.stderr.write(`${message}\n`),
    });
    runner.start();
    try {
      return await run(runner);
    } finally {
      await runner.close();
      db.close();
    }
  });
}

async function fill(runner: Runner, tasks: number): Promise<void> {
  for (let n = 0; n < tasks; n += 1_000) {
    const size = Math.min(1_000, tasks - n);
    const batch = Array.from({ length: size }, (_, i) => ({
      agent: 'one-step',
      input: { n: n + i },
      key: `k${n + i}`,
    }));
    for (const result of await runner.submit(batch)) if (!result.ok) throw new Error(result.error.message);
  }
}

/** Resolves when so many tasks have ended from now on; rejects when one did not succeed. */
function ended(runner: Runner, tasks: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let count = 0;
    runner.watch((events) => {
      for (const event of events) {
        if (event.kind !== 'ended') continue;
        if (event.task.state !== 'succeeded')
          reject(new Error(`${event.task.id} ended ${event.task.state}: ${event.task.reason}`));
        count += 1;
        if (count === tasks) resolve();
      }
    });
  });
}

async function act(runner: Runner, verb: 'pause' | 'resume', key: string): Promise<void> {
  const done = await runner.execute({ verb, agent: 'one-step' }, key, BY);
  if (!done.ok) throw new Error(done.error.message);
}

/** Tasks a second, one journaled step each, through two worker processes, synchronous=FULL, the queue filled before. */
export function throughput(tasks: number): Promise<number> {
  return withRunner(async (runner) => {
    const warm = ended(runner, 2_000);
    await fill(runner, 2_000);
    await warm;
    await act(runner, 'pause', 'bench-pause');
    for (let n = 0; n < tasks; n += 1_000) {
      await runner.submit(Array.from({ length: 1_000 }, (_, i) => ({ agent: 'one-step', input: { n: n + i } })));
    }
    const all = ended(runner, tasks);
    const from = performance.now();
    await act(runner, 'resume', 'bench-resume');
    await all;
    return (tasks / (performance.now() - from)) * 1_000;
  });
}

/** ms from asking for a pause to its durable answer at full load, p99 over `rounds`; fails when a task starts after the answer. */
export function pauseLatency(rounds: number): Promise<number> {
  return withRunner(async (runner) => {
    const samples: number[] = [];
    let feeding = true;
    const feed = (async () => {
      while (feeding) {
        const lane = runner.snapshot().lanes.find((each) => each.agent === 'one-step');
        if ((lane?.queued ?? 0) < 4_000) {
          await runner.submit(Array.from({ length: 1_000 }, (_, n) => ({ agent: 'one-step', input: { n } })));
        } else await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    for (let round = 0; round < rounds; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const asked = performance.now();
      await act(runner, 'pause', `bench-pause-${round}`);
      const answered = performance.now();
      const running = (): number => runner.snapshot().lanes.find((each) => each.agent === 'one-step')?.running ?? 0;
      const at = running();
      while (running() > 0) {
        if (running() > at) throw new Error('a task started after the pause was answered');
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      samples.push(answered - asked);
      await act(runner, 'resume', `bench-resume-${round}`);
    }
    feeding = false;
    await feed;
    return percentile(samples, 0.99);
  });
}
