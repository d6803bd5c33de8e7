import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TaskDetail } from '#contract/task.ts';
import { dataFolder, startDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

/** Points of the way at which the desk, and its workers with it, are killed. */
const POINTS: ((task: TaskDetail, ledger: string[]) => boolean)[] = [
  (task) => task.steps.some((step) => step.name === 'before' && step.state === 'done'),
  (task) => task.offspring.length > 0,
  (task) => task.waitKind === 'child',
  (task, ledger) => task.offspring.every((each) => ledger.includes(`waits ${each.task}`)),
];

it('a task that spawns goes on over kill -9 of the desk at every point, and has each child and each effect once', async () => {
  const folder = dataFolder(TEST_AGENTS);
  const ledger = (): string[] =>
    existsSync(join(folder, 'ledger')) ? readFileSync(join(folder, 'ledger'), 'utf8').trim().split('\n') : [];
  let desk = await startDesk(folder, '--rehearsal', '0');
  const children = ['go', 'go on'].map((file) => ({ agent: 'family', input: { does: 'waits', for: file } }));
  const { id } = await desk.client.tasks.submit({
    agent: 'family',
    input: { does: 'spawns', children },
    key: 'parent',
  });
  async function killWhen(is: (task: TaskDetail) => boolean): Promise<void> {
    await until(async () => is(await desk.client.tasks.get({ id })));
    await desk.kill();
    desk = await startDesk(folder, '--rehearsal', '0');
  }
  try {
    for (const is of POINTS) await killWhen((task) => is(task, ledger()));
    writeFileSync(join(folder, 'go'), '');
    await killWhen((task) => task.steps.some((step) => step.name === 'child 0' && step.state === 'done'));
    writeFileSync(join(folder, 'go on'), '');
    const task = await until(async () => {
      const found = await desk.client.tasks.get({ id });
      return found.endedAt !== null && found;
    });
    expect(task).toMatchObject({ state: 'succeeded', key: 'parent' });
    expect(task.offspring.map(({ step, state }) => [step, state])).toEqual([
      ['child 0', 'succeeded'],
      ['child 1', 'succeeded'],
    ]);
    expect(task.output).toMatchObject([{ output: 'waited' }, { output: 'waited' }]);
    expect(ledger().filter((line) => line === 'after')).toHaveLength(1);
  } finally {
    await desk.close();
  }
}, 120_000);
