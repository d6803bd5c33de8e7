import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

const TASKS = 500;
let desk: TestDesk | undefined;
afterEach(() => desk?.close());

/** The process ids of a desk's workers, as the system sees them. */
function workersOf(pid: number): number[] {
  const text = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return text.split('\n').map(Number).filter(Boolean);
}

async function endedCount(running: TestDesk): Promise<number> {
  const page = await running.client.tasks.list({
    agent: 'two-effects',
    state: ['succeeded', 'failed', 'cancelled', 'in-doubt'],
    limit: 1,
  });
  return page.total;
}

async function killOneWorker(running: TestDesk): Promise<void> {
  const [victim] = workersOf(running.process.pid ?? 0);
  if (victim === undefined) throw new Error('the desk has no workers');
  process.kill(victim, 'SIGKILL');
}

describe('kill -9 in the middle of 500 tasks with effects', () => {
  it('of a worker, then of the desk: every task ends, the ledger holds each effect exactly once', async () => {
    const folder = dataFolder(TEST_AGENTS);
    desk = await startDesk(folder);
    const { client } = desk;
    await Promise.all(
      Array.from({ length: TASKS }, (_, n) =>
        client.tasks.submit({ agent: 'two-effects', input: { n }, key: `job-${n}` }),
      ),
    );
    const running = desk;
    await until(async () => (await endedCount(running)) > 20);
    await killOneWorker(running);
    const then = await endedCount(running);
    await until(async () => (await endedCount(running)) > then + 20);
    await running.kill();

    desk = await startDesk(folder);
    const again = desk;
    expect(await endedCount(again)).toBeLessThan(TASKS);
    await killOneWorker(again);
    await until(async () => (await endedCount(again)) === TASKS);

    const succeeded = await again.client.tasks.list({ agent: 'two-effects', state: ['succeeded'], limit: 1 });
    expect(succeeded.total).toBe(TASKS);
    const ledger = new Database(join(folder, 'ledger.db'), { readonly: true });
    const rows = ledger.prepare('SELECT n, leg, count(*) AS times FROM entry GROUP BY n, leg').all() as {
      times: number;
    }[];
    ledger.close();
    expect(rows).toHaveLength(TASKS * 2);
    expect(rows.filter((row) => row.times !== 1)).toEqual([]);

    const repeated = await again.client.tasks.submit({ agent: 'two-effects', input: { n: 0 }, key: 'job-0' });
    expect(repeated.duplicate).toBe(true);
  });
});
