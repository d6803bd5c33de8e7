import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive } from '../support/alive.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

const TASKS = 500;
const RECOVERIES = ['reconcile', 'idempotent', 'manual'] as const;
type Recovery = (typeof RECOVERIES)[number];
/** An effect whose intent is on the disk and whose result is not; `held`: it stands still where its input says. */
type Open = { key: string; task: number; recovery: Recovery; landed: boolean; held: boolean };

let desk: TestDesk | undefined;
afterEach(() => desk?.close());

/** The process ids of a desk's workers, as the system sees them. */
function workersOf(pid: number): number[] {
  const text = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return text.split('\n').map(Number).filter(Boolean);
}

/** Of them, those that take any task: one that a suspect has to itself is not to be killed by somebody else. */
function sharedOf(pid: number): number[] {
  return workersOf(pid).filter((worker) => {
    // One that has gone meanwhile has no such line, and `ps` says so by its exit code.
    const { stdout } = spawnSync('ps', ['eww', '-o', 'command=', '-p', String(worker)], { encoding: 'utf8' });
    return stdout.includes('NIGHTDESK_WORKER=shared');
  });
}

/** Rows of a database of the data folder, read beside whoever has it open. */
function rows<Row>(folder: string, file: 'nightdesk.db' | 'ledger.db', sql: string): Row[] {
  const db = new Database(join(folder, file), { readonly: true });
  try {
    return db.prepare<[], Row>(sql).all();
  } finally {
    db.close();
  }
}

function openEffects(folder: string): Open[] {
  const landed = new Set(rows<{ key: string }>(folder, 'ledger.db', 'SELECT key FROM entry').map((row) => row.key));
  return rows<{ key: string; task: number; input: string; now: 0 | 1 }>(
    folder,
    'nightdesk.db',
    `SELECT effect_key AS key, task, input, step.attempt = task.attempts AS now FROM step JOIN task ON task.id = step.task WHERE step.state = 'intent' AND task.state = 'running'`,
  ).map(({ key, task, input, now }) => {
    const { recovery, holdAfter } = JSON.parse(input) as { recovery: Recovery; holdAfter: boolean };
    return { key, task, recovery, landed: landed.has(key), held: now === 1 && landed.has(key) === holdAfter };
  });
}

/** Waits until effects of each policy are held, landed and not landed: it stays so until the hold ends or they die. */
async function heldOfEachKind(folder: string): Promise<void> {
  await until(() => {
    const open = openEffects(folder).filter((each) => each.held);
    return RECOVERIES.every((recovery) =>
      [true, false].every((landed) => open.some((each) => each.recovery === recovery && each.landed === landed)),
    );
  });
}

async function countOf(running: TestDesk, ...state: ('succeeded' | 'failed' | 'cancelled' | 'in-doubt')[]) {
  return (await running.client.tasks.list({ agent: 'two-effects', state, limit: 1 })).total;
}
const ended = (running: TestDesk) => countOf(running, 'succeeded', 'failed', 'cancelled', 'in-doubt');

const lost = (folder: string) => rows(folder, 'nightdesk.db', `SELECT 1 FROM attempt WHERE outcome = 'lost'`).length;

/** kill -9 of a worker in the middle of its effects; an idle one that is met first dies, too. */
async function killBusyWorker(running: TestDesk): Promise<void> {
  const desk = running.process.pid ?? 0;
  const before = lost(running.folder);
  const workers = await until(() => {
    const found = sharedOf(desk);
    return found.length >= 2 && found;
  });
  for (const victim of workers) {
    process.kill(victim, 'SIGKILL');
    await until(() => sharedOf(desk).some((pid) => !workers.includes(pid)));
    if (lost(running.folder) > before) return;
  }
  await until(() => lost(running.folder) > before);
}

describe('kill -9 in the middle of 500 tasks with effects', () => {
  it('of a worker, then of the desk: every task ends, the ledger holds each effect exactly once', async () => {
    const folder = dataFolder(TEST_AGENTS);
    const hold = join(folder, 'hold');
    desk = await startDesk(folder);
    const { client } = desk;
    await Promise.all(
      Array.from({ length: TASKS }, (_, n) =>
        client.tasks.submit({
          agent: 'two-effects',
          input: { n, recovery: RECOVERIES[n % 3] ?? 'manual', holdAfter: Math.floor(n / 3) % 2 === 0 },
          key: `job-${n}`,
        }),
      ),
    );

    const first = desk;
    await until(async () => (await ended(first)) > 20);
    writeFileSync(hold, '');
    await heldOfEachKind(folder);
    await killBusyWorker(first);
    await heldOfEachKind(folder);
    const orphans = workersOf(first.process.pid ?? 0);
    await first.kill();
    await until(() => !orphans.some(isAlive));
    const open = openEffects(folder);
    for (const recovery of RECOVERIES) {
      for (const landed of [true, false]) {
        expect(open.filter((each) => each.recovery === recovery && each.landed === landed)).not.toEqual([]);
      }
    }

    desk = await startDesk(folder);
    const again = desk;
    expect(await ended(again)).toBeLessThan(TASKS);
    await heldOfEachKind(folder);
    await killBusyWorker(again);
    rmSync(hold);
    await until(async () => (await ended(again)) === TASKS);

    // None is left open, none failed, and only what nothing can check waits for a person.
    const tasks = rows<{ id: number; state: string; input: string }>(
      folder,
      'nightdesk.db',
      'SELECT id, state, input FROM task',
    ).map(({ id, state, input }) => ({ id, state, ...(JSON.parse(input) as { n: number; recovery: Recovery }) }));
    const doubtful = tasks.filter((task) => task.state === 'in-doubt');
    expect(tasks.filter((task) => task.state !== 'succeeded' && task.recovery !== 'manual')).toEqual([]);
    expect(await countOf(again, 'failed', 'cancelled')).toBe(0);
    const manual = open.filter((each) => each.recovery === 'manual').map((each) => each.task);
    expect(doubtful.map((task) => task.id)).toEqual(expect.arrayContaining(manual));

    // Each effect of each task that succeeded is there once; one in doubt at most once.
    const entries = rows<{ n: number; leg: string; times: number }>(
      folder,
      'ledger.db',
      'SELECT n, leg, count(*) AS times FROM entry GROUP BY n, leg',
    );
    expect(entries.filter((entry) => entry.times !== 1)).toEqual([]);
    const inDoubt = new Set(doubtful.map((task) => task.n));
    expect(entries.filter((entry) => !inDoubt.has(entry.n))).toHaveLength((TASKS - inDoubt.size) * 2);

    // It was the policies that did it: what had landed was found by its check, or sent again under the same key.
    const checks = rows<{ request: string; result: string }>(
      folder,
      'nightdesk.db',
      `SELECT request, result FROM step WHERE kind = 'check'`,
    ).map(({ request, result }) => ({
      key: (JSON.parse(request) as { key: string }).key,
      landed: (JSON.parse(result) as { landed: boolean }).landed,
    }));
    const sent = new Map(
      rows<{ key: string; times: number }>(
        folder,
        'ledger.db',
        'SELECT key, count(*) AS times FROM sent GROUP BY key',
      ).map((row) => [row.key, row.times]),
    );
    for (const { key, recovery, landed } of open) {
      if (recovery === 'reconcile') expect(checks).toContainEqual({ key, landed });
      if (recovery === 'idempotent' && landed) expect(sent.get(key)).toBeGreaterThan(1);
      if (recovery === 'manual') expect(sent.get(key) ?? 0).toBe(landed ? 1 : 0);
    }

    const repeated = await again.client.tasks.submit({
      agent: 'two-effects',
      input: { n: 0, recovery: 'reconcile', holdAfter: true },
      key: 'job-0',
    });
    expect(repeated.duplicate).toBe(true);
  });
});
