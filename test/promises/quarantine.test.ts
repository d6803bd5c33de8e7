import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import type { TaskDetail } from '#contract/task.ts';
import type { WorkerProcess } from '../../electron/runner/fork.ts';
import { forkWorker } from '../../electron/serve/fork.ts';
import { ada } from '../support/people.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestRunner;
/** Workers that live, oldest first. */
let workers: { process: WorkerProcess; alone: boolean }[] = [];
const start = (size: number, folder?: string) => {
  workers = [];
  desk = startRunner(folder, size, {
    forkWorker(env) {
      const worker = { process: forkWorker(env), alone: env.NIGHTDESK_WORKER !== 'shared' };
      workers.push(worker);
      worker.process.onExit(() => {
        workers = workers.filter((each) => each !== worker);
      });
      return worker.process;
    },
  });
};
beforeEach(() => start(1));
afterEach(() => desk.close());

const family = (input: Json): Promise<string> => desk.submit('family', input);
const ledger = () =>
  existsSync(join(desk.folder, 'ledger')) ? readFileSync(join(desk.folder, 'ledger'), 'utf8').trim().split('\n') : [];
const create = (file: string) => writeFileSync(join(desk.folder, file), '');
const taskOf = (id: string): TaskDetail => {
  const task = desk.runner.task(id);
  if (!task.ok) throw new Error(task.error.message);
  return task.value;
};
const waitsOn = (id: string) => ledger().filter((line) => line === `waits ${id}`).length;
const innocents = (n: number) => Promise.all(Array.from({ length: n }, () => family({ does: 'waits', for: 'go' })));
async function killShared(): Promise<void> {
  const shared = await until(() => workers.find((worker) => !worker.alone));
  shared.process.kill('SIGKILL');
  await until(() => !workers.includes(shared));
}

describe('a task that kills its worker', () => {
  it('twice is quarantined, the second time with nothing else on its worker; those beside it end as ever', async () => {
    const others = await innocents(7);
    await until(() => others.every((id) => waitsOn(id) === 1));
    const id = await family({ does: 'kills' });
    const task = await desk.end(id);
    expect(task).toMatchObject({
      state: 'failed',
      attempts: 2,
      reason: 'quarantined: its worker died 2 times while it ran, the last time with nothing else on it',
      error: { class: 'worker-lost' },
    });
    expect(task.attemptList.map((attempt) => attempt.outcome)).toEqual(['lost', 'lost']);
    expect(ledger().filter((line) => line.startsWith('kills'))).toEqual([`kills ${id} shared`, `kills ${id} group`]);
    create('go');
    for (const other of others) {
      expect(await desk.end(other)).toMatchObject({ state: 'succeeded', attempts: 2 });
    }
  });

  it('with more beside it than can each have a worker goes on in a group, and then alone', async () => {
    // The oldest: it goes with the first group, which has two tasks.
    const id = await family({ does: 'kills', when: 'now' });
    const others = await innocents(11);
    await until(() => others.every((other) => waitsOn(other) === 1));
    create('now');
    const task = await desk.end(id);
    expect(task).toMatchObject({ state: 'failed', error: { class: 'worker-lost' } });
    const ran = ledger().filter((line) => line.startsWith('kills'));
    expect(ran).toEqual([`kills ${id} shared`, `kills ${id} group`, `kills ${id} single`]);
    create('go');
    for (const other of others) expect(await desk.end(other)).toMatchObject({ state: 'succeeded' });
  });

  it('once goes on in a worker of its own, which ends with it', async () => {
    create('first');
    expect(await desk.end(await family({ does: 'kills-once' }))).toMatchObject({
      state: 'succeeded',
      output: 'group',
      attempts: 2,
    });
    await until(() => !workers.some((worker) => worker.alone));
    expect(await desk.end(await family({ does: 'kills-once' }))).toMatchObject({ output: 'shared' });
  });

  it('is a dead letter of class worker-lost that can be requeued', async () => {
    const { id } = await desk.end(await family({ does: 'kills' }));
    const action = { verb: 'requeue', errorClass: 'worker-lost' } as const;
    expect(desk.runner.plan(action)).toMatchObject({ value: { touches: '1 of family' } });
    await desk.runner.execute(action, 'requeue-quarantined', ada);
    expect(await desk.end(id)).toMatchObject({ state: 'failed', attempts: 4, error: { class: 'worker-lost' } });
  });

  it('is a suspect still after its desk was started again', async () => {
    const id = await family({ does: 'kills' });
    await until(() => taskOf(id).attempts === 1 && taskOf(id).state !== 'running');
    await desk.close();
    start(1, desk.folder);
    expect(await desk.end(id)).toMatchObject({ state: 'failed', error: { class: 'worker-lost' } });
    expect(ledger().filter((line) => line.endsWith('shared'))).toHaveLength(1);
  });
});

describe('tasks on a worker that is killed from outside', () => {
  it('are never quarantined, however often it is', async () => {
    const others = await innocents(3);
    await until(() => others.every((id) => waitsOn(id) === 1));
    await killShared();
    await until(() => others.every((id) => waitsOn(id) === 2));
    await killShared();
    const late = await innocents(2);
    await until(() => late.every((id) => waitsOn(id) === 1));
    await killShared();
    create('go');
    for (const id of [...others, ...late]) {
      expect(await desk.end(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    }
  });

  it('wait while their agent is paused, and then go on', async () => {
    const [id = ''] = await innocents(1);
    await until(() => waitsOn(id) === 1);
    await desk.runner.execute({ verb: 'pause', agent: 'family' }, 'pause-family', ada);
    await killShared();
    await until(() => taskOf(id).state !== 'running');
    await desk.end(await desk.submit('moody', { mood: 'fine' }));
    expect(waitsOn(id)).toBe(1);
    create('go');
    await desk.runner.execute({ verb: 'resume', agent: 'family' }, 'resume-family', ada);
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded' });
  });

  it('are cancelled where they wait', async () => {
    const [id = ''] = await innocents(1);
    await until(() => waitsOn(id) === 1);
    await desk.runner.execute({ verb: 'pause', agent: 'family' }, 'pause-family', ada);
    await killShared();
    await until(() => taskOf(id).state !== 'running');
    await desk.runner.execute({ verb: 'cancel', task: id }, 'cancel-waiting', ada);
    expect(await desk.end(id)).toMatchObject({ state: 'cancelled' });
    expect(desk.runner.snapshot().lanes.find((lane) => lane.agent === 'family')).toMatchObject({
      queued: 0,
      running: 0,
      waiting: 0,
    });
  });
});

it('a worker killed for one that does not heed its cancel is held against nobody else', async () => {
  const [other = ''] = await innocents(1);
  await until(() => waitsOn(other) === 1);
  const id = await family({ does: 'blocks' });
  await until(() => ledger().includes(`blocks ${id}`));
  await desk.runner.execute({ verb: 'cancel', task: id }, 'cancel-blocked', ada);
  expect(await desk.end(id)).toMatchObject({ state: 'cancelled' });
  await until(() => waitsOn(other) === 2);
  expect(workers.filter((worker) => worker.alone)).toEqual([]);
  create('go');
  expect(await desk.end(other)).toMatchObject({ state: 'succeeded' });
}, 30_000);

it('the stop of a desk makes nobody a suspect', async () => {
  const others = await innocents(2);
  for (const round of [1, 2, 3]) {
    await until(() => others.every((id) => waitsOn(id) === round));
    await desk.close();
    start(1, desk.folder);
  }
  create('go');
  for (const id of others) expect(await desk.end(id)).toMatchObject({ state: 'succeeded' });
  expect(workers.filter((worker) => worker.alone)).toEqual([]);
});

it('tasks are spread over the workers', async () => {
  await desk.close();
  start(2, desk.folder);
  // Both take part as soon as tasks of two workers at once were seen.
  const before = new Set<string>();
  await until(async () => {
    const { attemptList } = await desk.end(await desk.submit('moody', { mood: 'fine' }));
    before.add(attemptList[0]?.worker ?? '');
    return before.size === 2;
  });
  const ids = await innocents(20);
  await until(() => ids.every((id) => waitsOn(id) === 1));
  const held = new Map<string, number>();
  for (const id of ids) {
    const worker = taskOf(id).attemptList[0]?.worker ?? '';
    held.set(worker, (held.get(worker) ?? 0) + 1);
  }
  expect([...held.values()]).toEqual([10, 10]);
  create('go');
  for (const id of ids) await desk.end(id);
});
