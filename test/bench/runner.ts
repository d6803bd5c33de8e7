import { settingsSchema } from '#contract/settings.ts';
import { SLOTS } from '../../electron/desk/index.ts';
import { CHECKPOINT_MS } from '../../electron/desk/keeping.ts';
import { createRunner, type Runner, type RunnerOptions } from '../../electron/runner/index.ts';
import { forkWorker } from '../../electron/serve/fork.ts';
import { findHome } from '../../electron/serve/home.ts';
import { createCommitter } from '../../electron/store/committer.ts';
import { prepareControl } from '../../electron/store/lane.ts';
import { type Database, openDatabase } from '../../electron/store/open.ts';
import { createUpkeep } from '../../electron/store/upkeep.ts';
import { inFolder, percentile, WARM_UP } from './measure.ts';
import { seedQueue } from './queue.ts';

const AGENTS = new URL('../support/agents', import.meta.url).pathname;
const BY = { name: 'bench', via: 'cli' } as const;

/** A runner with two worker processes, and the checkpoints of a desk. @param given takes the place of what a bench needs not, before it opens */
export async function withRunner<T>(
  run: (runner: Runner, db: Database) => Promise<T>,
  given: Partial<RunnerOptions> = {},
  prepare: (folder: string) => void = () => {},
): Promise<T> {
  return inFolder(async (folder) => {
    prepare(folder);
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
      slots: SLOTS,
      forkWorker,
      env: {},
      version: 'bench',
      audit: () => {},
      settings: () => settingsSchema.parse({}),
      trial: null,
      findSecrets: async () => [],
      onSettings: () => () => {},
      now: Date.now,
      passed: () => performance.now(),
      random: Math.random,
      onDisk: (trouble) => {
        if (trouble !== null) throw new Error(trouble);
      },
      log: say,
      ...given,
    });
    const upkeep = createUpkeep(db, findHome(import.meta.dirname).upkeepEntry, say);
    const checkpoints = setInterval(() => void upkeep.checkpoint(), CHECKPOINT_MS);
    runner.start();
    try {
      return await run(runner, db);
    } finally {
      clearInterval(checkpoints);
      await upkeep.close();
      await runner.close();
      db.close();
    }
  });
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
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
    const warm = ended(runner, WARM_UP);
    await fill(runner, WARM_UP);
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

/** Tasks whose cost is measured while others wait behind them. */
export const CLAIMED = 6_000;

/** ms for each of the next tasks, one journaled step each, while so many more are queued behind them. */
export function claimCost(queued: number): Promise<number> {
  const all = WARM_UP + CLAIMED;
  return withRunner(
    async (runner) => {
      let from = 0;
      return new Promise<number>((resolve) => {
        let count = 0;
        runner.watch((events) => {
          for (const event of events) if (event.kind === 'ended') count += 1;
          if (from === 0 && count >= WARM_UP) from = performance.now();
          if (count >= all) resolve((performance.now() - from) / CLAIMED);
        });
      });
    },
    {},
    (folder) => seedQueue(folder, 'one-step', queued + all),
  );
}

/** What a pause took, and what one commit of the same store took beside it: ms at p99. */
export type PauseLatency = { pauseMs: number; commitMs: number };

/**
 * ms from asking for a pause to its durable answer at full load, at p99 over `rounds`. Fails when the store shows a task
 * claimed after the answer: until then is until no new task starts.
 */
export function pauseLatency(rounds: number): Promise<PauseLatency> {
  return withRunner(async (runner, db) => {
    const claimedSince = db.prepare<[number, number], { n: number }>(
      'SELECT count(*) AS n FROM task INDEXED BY task_ended WHERE ended_at >= ? AND claimed_at > ?',
    );
    const pauses: number[] = [];
    const load = feed(runner);
    try {
      for (let round = 0; round < rounds; round += 1) {
        await wait(20);
        const asked = performance.now();
        await act(runner, 'pause', `bench-pause-${round}`);
        pauses.push(performance.now() - asked);
        const answeredAt = Date.now();
        while (laneOf(runner).running > 0) await wait(1);
        const late = claimedSince.get(answeredAt, answeredAt)?.n;
        if (late !== 0) throw new Error(`${late} tasks started after the pause was answered`);
        await act(runner, 'resume', `bench-resume-${round}`);
      }
    } finally {
      await load.stop();
    }
    while (laneOf(runner).queued + laneOf(runner).running > 0) await wait(5);
    return { pauseMs: percentile(pauses, 0.99), commitMs: percentile(await commits(db, rounds), 0.99) };
  });
}

/** Keeps thousands of tasks queued until it is stopped. */
function feed(runner: Runner): { stop(): Promise<void> } {
  let feeding = true;
  async function run(): Promise<void> {
    while (feeding) {
      if (laneOf(runner).queued >= 4_000) await wait(2);
      else await runner.submit(Array.from({ length: 1_000 }, (_, n) => ({ agent: 'one-step', input: { n } })));
    }
  }
  const running = run();
  return {
    async stop() {
      feeding = false;
      await running;
    },
  };
}

function laneOf(runner: Runner): { queued: number; running: number } {
  return runner.snapshot().lanes.find((lane) => lane.agent === 'one-step') ?? { queued: 0, running: 0 };
}

/** ms of one small commit each, synchronous=FULL, with nothing else to do. */
async function commits(db: Database, rounds: number): Promise<number[]> {
  const committer = createCommitter(db);
  const control = prepareControl(db);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    await committer.commit(() => control.writeAction(`bench-commit-${round}`, '{}', round));
    samples.push(performance.now() - from);
  }
  return samples;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
