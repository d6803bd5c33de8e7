import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CANARY_KEY } from '#contract/canary.ts';
import { agentHealthSchema } from '#contract/health.ts';
import { forkWorker } from '../../../electron/serve/fork.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { startRunner, type TestRunner } from '../../support/runner.ts';
import { pass, watched } from '../../support/silence.ts';
import { until } from '../../support/until.ts';

/*
 * Silence of a real runner with real workers, seen by a real health on the same database. Runner and health share a clock that
 * the test moves; workers are processes and take their own time.
 */

const AGENTS = [fileURLToPath(new URL('../../support/watched-agents', import.meta.url))];
const CANARY_AGENTS = [fileURLToPath(new URL('../../support/canary-agents', import.meta.url))];
const MINUTE = 60_000;

type Given = NonNullable<Parameters<typeof startRunner>[2]>;
let runner: TestRunner;
let desk: TestHealth;
/** The clock of both. It stands still unless a test moves it. */
let clock: { now: number };

async function start(given: Partial<Given> = {}): Promise<void> {
  clock = { now: NIGHT };
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-silence-'));
  runner = startRunner(folder, 2, { agentFolders: AGENTS, now: () => clock.now, ...given });
  await until(() => runner.runner.watched.beats().workers.filter(({ ready }) => ready).length === 2);
  // The intervals of the runner and its workers are real; those of health are the test's.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { watched: of } = runner.runner;
  desk = startHealth({}, folder, {
    runtime: runner.runner,
    beats: of.beats,
    starts: of.starts,
    canaries: of.canaries,
    input: of.canaryInput,
    task: runner.runner.task,
    async submit(agent, input, key) {
      const [result] = await runner.runner.submit([{ agent, input, key }]);
      if (!result) throw new Error('no answer');
      return result;
    },
  });
  clock = desk.clock;
}
afterEach(async () => {
  await desk.close();
  vi.useRealTimers();
  await runner.close();
});

/** Lets time pass until an alert is as it should be. */
function alert(rule: string, state: 'firing' | 'resolved', about: string): Promise<boolean> {
  return until(() => {
    pass(desk, 1_000, undefined, 1_000);
    return desk.health.alertState(rule, about) === state;
  });
}

describe('workers', () => {
  it('that are well are quiet; killed and without successors they page, and the numbers of the runtime are unknown', async () => {
    const stopped: number[] = [];
    let hang = false;
    await start({
      forkWorker: (env) => {
        const worker = forkWorker(env);
        // It is there, and never gets ready.
        if (hang && worker.pid !== undefined) {
          process.kill(worker.pid, 'SIGSTOP');
          stopped.push(worker.pid);
        }
        return worker;
      },
    });
    pass(desk, 2 * MINUTE);
    expect(watched(desk, 'heartbeat-lost', 'embedded')?.state).not.toBe('holds');
    expect(watched(desk, 'worker-lost', 'embedded')?.state).not.toBe('holds');
    expect(desk.health.alertState('worker-lost', 'embedded')).toBeUndefined();

    hang = true;
    const before = await processes();
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await until(() => stopped.length === 2);
    pass(desk, 5_000, undefined, 1_000);
    expect(watched(desk, 'runtime-late', 'embedded')?.state).toBe('holds');
    expect(watched(desk, 'heartbeat-lost', 'embedded')?.state).toBe('unsure');
    pass(desk, 5_000, undefined, 1_000);
    await alert('heartbeat-lost', 'firing', 'embedded');
    await alert('worker-lost', 'firing', 'embedded');
    const row = agentHealthSchema.parse(desk.health.board('1h').agents.standing);
    expect(row.state).toBe('unknown');
    expect(row.reason).toMatch(/^unknown since the heartbeat of embedded was lost \d+ s ago$/);

    for (const pid of stopped) process.kill(pid, 'SIGCONT');
    await until(() => runner.runner.watched.beats().workers.filter(({ ready }) => ready).length === 2);
    await alert('heartbeat-lost', 'resolved', 'embedded');
    await alert('worker-lost', 'resolved', 'embedded');
    expect(desk.health.board('1h').agents.standing?.state).not.toBe('unknown');
  });
});

/** Process ids of the workers that run. */
async function processes(): Promise<number[]> {
  const { execFileSync } = await import('node:child_process');
  return execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('worker/main.ts'))
    .map((line) => Number.parseInt(line, 10));
}

describe('a queue', () => {
  it('that no worker takes on is stuck; it moves again, and the account adds up all the while', async () => {
    // Alone: what an agent with a schedule starts would be in the account, too.
    await start({ agentFolders: AGENTS.map((folder) => join(folder, 'standing')) });
    const hold = join(runner.folder, 'hold');
    writeFileSync(hold, '');
    const ids = await Promise.all([1, 2, 3].map(() => runner.submit('standing', null)));
    await until(() => runner.runner.snapshot().lanes.find(({ agent }) => agent === 'standing')?.running === 1);
    pass(desk, 6 * MINUTE);
    expect(watched(desk, 'queue-stuck', 'standing')).toMatchObject({
      state: 'holds',
      says: expect.stringContaining('2 wait, 1 run, none ended for'),
    });
    await alert('queue-stuck', 'firing', 'standing');
    expect(desk.health.silence.view().account).toMatchObject({ differences: [], inFlight: 3, ended: 0 });
    rmSync(hold);
    for (const id of ids) await runner.end(id);
    pass(desk, 2 * MINUTE);
    await alert('queue-stuck', 'resolved', 'standing');
    expect(desk.health.silence.view().account).toMatchObject({ accepted: 3, ended: 3, inFlight: 0, differences: [] });
    expect(watched(desk, 'task-orphaned', 'embedded')?.state).toBe('quiet');
  });
});

describe('a schedule', () => {
  it('whose start is refused alerts, and is over when a start is accepted', async () => {
    const begin = NIGHT + 5 * MINUTE - 30_000;
    const real = performance.now();
    let ahead = 0;
    await start({ now: () => begin + ahead + performance.now() - real });
    await runner.runner.execute({ verb: 'pause', agent: 'clockwork' }, 'pause-clockwork', { name: 'test', via: 'cli' });
    await runner.submit('clockwork', null);
    // The minute strikes: a clock that jumps is noticed, and what came due starts.
    ahead = 30_000;
    await until(() => runner.runner.watched.starts()[0]?.refused);
    desk.clock.now = begin + 30_000;
    pass(desk, 20_000);
    expect(watched(desk, 'schedule-missed', 'clockwork')).toMatchObject({
      state: 'holds',
      says: expect.stringContaining('The queue of clockwork holds its limit of 1 tasks'),
    });
    await alert('schedule-missed', 'firing', 'clockwork');

    await runner.runner.execute({ verb: 'resume', agent: 'clockwork' }, 'resume-clockwork', {
      name: 'test',
      via: 'cli',
    });
    ahead += MINUTE;
    await until(() => {
      const [start] = runner.runner.watched.starts();
      return start?.refused === null && start.waits === null && start.dueAt === null;
    });
    desk.clock.now += MINUTE;
    pass(desk, 20_000);
    await alert('schedule-missed', 'resolved', 'clockwork');
  });
});

describe('a canary', () => {
  /** Lets the canary that is due run and be judged. */
  async function nextVerdict(): Promise<void> {
    const before = desk.health.silence.view().canaries[0]?.task ?? null;
    const task = await until(() => {
      pass(desk, 10_000);
      const now = desk.health.silence.view().canaries[0]?.task ?? null;
      return now !== before && now;
    });
    await runner.end(task);
    pass(desk, 10_000);
  }

  it('passes, counts in no number of the agent, misses twice, pages, and is over when it passes', async () => {
    await start({ agentFolders: CANARY_AGENTS });
    await nextVerdict();
    expect(desk.health.silence.view().canaries).toMatchObject([{ agent: 'adder', outcome: 'passed', misses: 0 }]);
    expect(watched(desk, 'canary-failed', 'adder')?.state).toBe('quiet');
    const [task] = runner.runner.tasks({ agent: 'adder' }, { limit: 1 }).tasks;
    expect(task?.key?.startsWith(CANARY_KEY)).toBe(true);
    expect(desk.health.board('1h').agents.adder?.success.total).toBe(0);

    writeFileSync(join(runner.folder, 'wrong'), '1');
    await nextVerdict();
    expect(watched(desk, 'canary-failed', 'adder')).toMatchObject({
      state: 'unsure',
      says: 'missed once: output.sum is 6, expected 5',
    });
    expect(desk.health.alertState('canary-failed', 'adder')).toBeUndefined();
    await nextVerdict();
    await alert('canary-failed', 'firing', 'adder');

    // A restart forgets none of it.
    await desk.restart();
    pass(desk, 10_000);
    expect(desk.health.silence.view().canaries).toMatchObject([{ outcome: 'missed', misses: 2 }]);
    rmSync(join(runner.folder, 'wrong'));
    await nextVerdict();
    await alert('canary-failed', 'resolved', 'adder');
    expect(desk.health.board('1h').agents.adder?.success.total).toBe(0);
  });

  it('rests while its agent is paused', async () => {
    await start({ agentFolders: CANARY_AGENTS });
    await runner.runner.execute({ verb: 'pause', agent: 'adder' }, 'pause-adder', { name: 'test', via: 'cli' });
    pass(desk, 30 * MINUTE);
    expect(desk.health.silence.view().canaries).toMatchObject([{ task: null, misses: 0 }]);
    expect(watched(desk, 'canary-failed', 'adder')).toMatchObject({ state: 'unsure', says: 'its intake is not open' });
  });
});
