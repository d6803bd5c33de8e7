import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestRunner;
afterEach(() => desk.close());

function workers(): number[] {
  const text = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return text
    .split('\n')
    .filter((line) => line.includes('worker/main.ts'))
    .map((line) => Number.parseInt(line, 10));
}

describe('a worker that hangs', () => {
  it('is seen by its silence and replaced; its task goes on elsewhere, and the effect happens once', async () => {
    desk = startRunner(undefined, 1);
    const hold = join(desk.folder, 'hold');
    writeFileSync(hold, '');
    const id = await desk.submit('two-effects', { n: 1, recovery: 'reconcile', holdAfter: true });
    await until(() => {
      const task = desk.runner.task(id);
      return task.ok && task.value.steps.some((step) => step.state === 'intent');
    });
    const [hung = 0] = workers();
    process.kill(hung, 'SIGSTOP');
    await until(() => {
      const pids = workers();
      return pids.length > 0 && !pids.includes(hung);
    });
    rmSync(hold);
    const task = await desk.end(id);
    expect(task).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(task.attemptList[0]).toMatchObject({ outcome: 'lost', error: { class: 'worker-lost' } });
    const ledger = new Database(join(desk.folder, 'ledger.db'), { readonly: true });
    expect(ledger.prepare('SELECT leg, count(*) AS times FROM entry GROUP BY leg').all()).toEqual([
      expect.objectContaining({ times: 1 }),
      expect.objectContaining({ times: 1 }),
    ]);
    ledger.close();
  });
});
