import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import type { TaskDetail } from '#contract/task.ts';
import { ada } from '../support/people.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

const HOUR = 3_600_000;

let desk: TestRunner;
/** How far the desk's clock is put on, ms. */
let ahead = 0;
const now = () => Date.now() + ahead;
beforeEach(() => {
  ahead = 0;
  desk = startRunner(undefined, 2, { now });
});
afterEach(() => desk.close());

async function restart(): Promise<void> {
  await desk.close();
  desk = startRunner(desk.folder, 2, { now });
}
const family = (input: Json): Promise<string> => desk.submit('family', input);
const waits = (id: string, waitKind: string): Promise<TaskDetail> =>
  until(() => {
    const task = desk.runner.task(id);
    return task.ok && task.value.waitKind === waitKind && task.value;
  });
const stateOf = (id: string) => desk.runner.taskRow(id)?.state;
const ledger = () => readFileSync(join(desk.folder, 'ledger'), 'utf8').trim().split('\n');
const create = (file: string) => writeFileSync(join(desk.folder, file), '');
const laneOf = (agent: string) => desk.runner.snapshot().lanes.find((lane) => lane.agent === agent);
const cancel = (task: string) => desk.runner.execute({ verb: 'cancel', task }, `cancel-${task}`, ada);

describe('a step that sleeps', () => {
  it('holds no worker, and goes on at its moment over a restart of the desk', async () => {
    const id = await family({ does: 'sleeps', ms: HOUR });
    const { runAt, reason, steps } = await waits(id, 'sleep');
    expect(runAt).toBeGreaterThan(Date.now() + HOUR - 60_000);
    expect(reason).toBe('sleeps: nap');
    expect(steps.find((step) => step.name === 'nap')).toMatchObject({ kind: 'sleep', state: 'intent' });
    expect(laneOf('family')).toMatchObject({ running: 0, waiting: 1 });

    await restart();
    expect(await waits(id, 'sleep')).toMatchObject({ runAt });
    await desk.close();
    ahead = HOUR;
    desk = startRunner(desk.folder, 2, { now });
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(ledger()).toEqual(['before', 'after']);
  });

  it('beside another keeps its own moment', async () => {
    const id = await family({ does: 'sleeps', ms: HOUR, beside: 2 * HOUR });
    const first = await waits(id, 'sleep');
    await desk.close();
    ahead = HOUR + 1_000;
    desk = startRunner(desk.folder, 2, { now });
    const second = await until(async () => {
      const task = await waits(id, 'sleep');
      return task.attempts === 2 && task;
    });
    expect(second.reason).toBe('sleeps: other nap');
    expect(second.runAt).toBeGreaterThan((first.runAt ?? 0) + HOUR - 60_000);
    expect(second.steps.find((step) => step.name === 'nap')).toMatchObject({ state: 'done' });
  });

  it('sleeps no longer because the clock was set back', async () => {
    ahead = 10 * HOUR;
    const id = await family({ does: 'sleeps', ms: HOUR });
    const { runAt } = await waits(id, 'sleep');
    ahead = 0;
    await desk.end(await desk.submit('one-step', { n: 1 }));
    const mended = await until(async () => {
      const task = await waits(id, 'sleep');
      return task.runAt !== runAt && task;
    });
    expect(Math.abs((mended.runAt ?? 0) - (Date.now() + HOUR))).toBeLessThan(60_000);
  });

  it('that is short stays in its worker', async () => {
    const task = await desk.end(await family({ does: 'sleeps', ms: 5 }));
    expect(task).toMatchObject({ state: 'succeeded', attempts: 1 });
  });
});

describe('a task that spawns', () => {
  it('waits, parked, for its children side by side and gets how each ended', async () => {
    const id = await family({
      does: 'spawns',
      children: [
        { agent: 'family', input: { does: 'waits', for: 'go' } },
        { agent: 'moody', input: { mood: 'fails' } },
        { agent: 'nobody', input: null },
      ],
    });
    await until(() => {
      const task = desk.runner.task(id);
      return task.ok && task.value.steps.some((step) => step.name === 'child 1' && step.state === 'done');
    });
    const { offspring } = await waits(id, 'child');
    expect(offspring).toMatchObject([
      { kind: 'spawn', step: 'child 0', state: 'running' },
      { kind: 'spawn', step: 'child 1', state: 'failed' },
    ]);
    expect(desk.runner.task(offspring[0]?.task ?? '')).toMatchObject({
      value: { origin: { kind: 'spawn', task: id, step: 'child 0' } },
    });
    create('go');
    const task = await desk.end(id);
    expect(task.output).toEqual([
      { task: offspring[0]?.task, state: 'succeeded', output: 'waited', error: null },
      {
        task: offspring[1]?.task,
        state: 'failed',
        output: null,
        error: { class: 'tool', message: 'it always fails' },
      },
      {
        task: null,
        state: 'failed',
        output: null,
        error: { class: 'bad-request', message: 'There is no agent "nobody".' },
      },
    ]);
    expect(ledger().filter((line) => line === 'after')).toHaveLength(1);
  });

  it('whose name cannot be one fails its step and holds nobody up', async () => {
    const id = await family({ does: 'spawns', children: [{ agent: 'no such\nname', input: null }] });
    expect((await desk.end(id)).output).toEqual([
      {
        task: null,
        state: 'failed',
        output: null,
        error: { class: 'bad-request', message: expect.stringContaining('agent') },
      },
    ]);
    await desk.end(await desk.submit('one-step', { n: 1 }));
  });

  it('has each child once, whatever dies in between', async () => {
    const children = Array.from({ length: 5 }, (_, n) => ({ agent: 'two-effects', input: sendsOnce(n) }));
    const id = await family({ does: 'spawns', children });
    await until(() => {
      const task = desk.runner.task(id);
      return task.ok && task.value.offspring.length > 0;
    });
    await restart();
    const task = await desk.end(id);
    expect(task.state).toBe('succeeded');
    expect(task.offspring.map((each) => [each.step, each.state])).toEqual(
      children.map((_, n) => [`child ${n}`, 'succeeded']),
    );
    expect(ledger()).toEqual(['before', 'after']);
  });

  it('takes its children with it when it is cancelled, and theirs', async () => {
    const grandchild = { agent: 'family', input: { does: 'waits', for: 'never' } };
    const id = await family({
      does: 'spawns',
      children: [
        { agent: 'family', input: { does: 'spawns', children: [grandchild] } },
        { agent: 'family', input: { does: 'sleeps', ms: HOUR } },
      ],
    });
    const { offspring } = await waits(id, 'child');
    const [middle = '', sleeper = ''] = offspring.map((each) => each.task);
    const [leaf = ''] = (await waits(middle, 'child')).offspring.map((each) => each.task);
    await until(() => existsSync(join(desk.folder, 'ledger')) && ledger().includes(`waits ${leaf}`));
    await waits(sleeper, 'sleep');
    await cancel(id);
    await until(() => [id, middle, sleeper, leaf].every((each) => stateOf(each) === 'cancelled'));
    expect(laneOf('family')).toMatchObject({ running: 0, queued: 0, waiting: 0 });
  });

  it('ends, however deep they nest', async () => {
    const task = await desk.end(await family({ does: 'nests' }));
    expect(task.state).toBe('succeeded');
    expect(JSON.stringify(task.output)).toContain('Tasks spawn each other 16 deep');
  });
});

it('a cancel of a task that runs outlives its desk', async () => {
  const id = await family({ does: 'waits', for: 'never' });
  await until(() => existsSync(join(desk.folder, 'ledger')));
  void cancel(id);
  await until(() => stateOf(id) === 'cancelled' || desk.runner.verify(receipt(id)).state === 'pending');
  await restart();
  expect(await desk.end(id)).toMatchObject({ state: 'cancelled', attempts: 1 });
});

function receipt(task: string) {
  return { key: `cancel-${task}`, action: { verb: 'cancel', task } as const, acceptedAt: 0, repeated: false };
}
function sendsOnce(n: number): Json {
  return { n, recovery: 'reconcile', holdAfter: false };
}
