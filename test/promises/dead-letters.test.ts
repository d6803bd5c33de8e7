import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '#contract/action.ts';
import type { Json } from '#contract/basic.ts';
import type { TaskDetail } from '#contract/task.ts';
import { ada } from '../support/people.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestRunner;
beforeEach(() => {
  desk = startRunner();
});
afterEach(() => desk.close());

type Requeue = Omit<Extract<Action, { verb: 'requeue' }>, 'verb'>;

const pays = (change: Json = {}): Json => ({
  does: 'pays',
  steps: ['debit', 'credit'],
  ...(change as Record<string, Json>),
});
const ledger = () => readFileSync(join(desk.folder, 'ledger'), 'utf8').trim().split('\n');
const create = (file: string) => writeFileSync(join(desk.folder, file), '');
const taskOf = (id: string): TaskDetail => {
  const task = desk.runner.task(id);
  if (!task.ok) throw new Error(task.error.message);
  return task.value;
};
let keys = 0;
async function requeue(letters: Requeue, key = `requeue-${++keys}`) {
  const action = { verb: 'requeue', ...letters } as const;
  const plan = desk.runner.plan(action);
  if (!plan.ok) return plan;
  return desk.runner.execute(action, key, ada, plan.value.hash);
}
/** A task that failed after both of its effects were done. */
async function deadLetter(key?: string): Promise<TaskDetail> {
  return desk.end(await desk.submit('family', pays({ fails: true }), key));
}

describe('a dead letter that is requeued', () => {
  it('keeps its id, its key, its journal and its finished steps, and gets fresh attempts', async () => {
    const dead = await deadLetter('invoice-7');
    expect(dead).toMatchObject({ state: 'failed', attempts: 3, error: { class: 'tool' } });
    create('mended');
    expect(await requeue({ tasks: [dead.id] })).toMatchObject({ ok: true, value: { repeated: false } });
    const task = await desk.end(dead.id);
    expect(task).toMatchObject({ id: dead.id, key: 'invoice-7', state: 'succeeded', attempts: 4, error: null });
    expect(task.steps.map((step) => step.name)).toEqual(['debit', 'credit']);
    expect(ledger()).toHaveLength(2);
    expect(await desk.submit('family', pays({ fails: true }), 'invoice-7')).toBe(dead.id);
  });

  it('fails again after as many attempts as a new one has', async () => {
    const dead = await deadLetter();
    await requeue({ tasks: [dead.id] });
    expect(await desk.end(dead.id)).toMatchObject({ state: 'failed', attempts: 6 });
  });

  it('is requeued once under one key, and told of', async () => {
    const told: string[] = [];
    desk.runner.watch((events) => {
      for (const event of events) if (event.kind === 'intervention') told.push(event.text);
    });
    const dead = await deadLetter();
    create('mended');
    await requeue({ tasks: [dead.id] }, 'the-same-key');
    await desk.end(dead.id);
    const again = await desk.runner.execute({ verb: 'requeue', tasks: [dead.id] }, 'the-same-key', ada);
    expect(again).toMatchObject({ ok: true, value: { repeated: true } });
    expect(taskOf(dead.id).attempts).toBe(4);
    expect(told).toEqual(['ada requeued 1 dead letter of family']);
  });

  it('survives a desk that stops right after', async () => {
    const dead = await deadLetter();
    create('mended');
    await requeue({ tasks: [dead.id] });
    await desk.close();
    desk = startRunner(desk.folder);
    expect(await desk.end(dead.id)).toMatchObject({ state: 'succeeded' });
    expect(ledger()).toHaveLength(2);
  });
});

describe('dead letters by filter', () => {
  it('are counted by the plan, and requeued by agent, state, class, text and number', async () => {
    const failed = await Promise.all([deadLetter('a-1'), deadLetter('a-2'), deadLetter('b-1')]);
    const moody = await desk.end(await desk.submit('moody', { mood: 'fails' }));
    const fine = await desk.end(await desk.submit('moody', { mood: 'fine' }));
    const ids = failed.map((task) => task.id);
    const planned = (letters: Requeue) => desk.runner.plan({ verb: 'requeue', ...letters });
    expect(planned({})).toMatchObject({ value: { touches: expect.stringContaining('1 of moody') } });
    expect(planned({ agent: 'family' })).toMatchObject({ value: { touches: '3 of family' } });
    expect(planned({ agent: 'family', limit: 2 })).toMatchObject({
      value: { touches: expect.stringContaining('2 of family; 1 more match') },
    });
    expect(planned({ errorClass: 'worker-lost' })).toMatchObject({
      value: { touches: 'nothing: no dead letter matches' },
    });
    expect(planned({ state: 'cancelled' })).toMatchObject({ value: { touches: expect.stringContaining('nothing') } });

    create('mended');
    expect(await requeue({ agent: 'family', text: 'a-', errorClass: 'tool' })).toMatchObject({ ok: true });
    await Promise.all([desk.end(ids[0] ?? ''), desk.end(ids[1] ?? '')]);
    expect(ids.map((id) => taskOf(id).state)).toEqual(['succeeded', 'succeeded', 'failed']);
    expect([moody.id, fine.id].map((id) => taskOf(id).attempts)).toEqual([moody.attempts, fine.attempts]);
  });

  it('are those of the plan, whatever dies while it is read', async () => {
    const dead = await deadLetter();
    const action = { verb: 'requeue', agent: 'family' } as const;
    const plan = desk.runner.plan(action);
    if (!plan.ok) throw new Error(plan.error.message);
    const later = await deadLetter();
    const { hash } = plan.value;
    expect(await desk.runner.execute(action, 'stale-plan', ada, hash)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT' },
    });
    expect(taskOf(dead.id).state).toBe('failed');
    create('mended');
    expect(await desk.runner.execute(plan.value.action, 'its-action', ada, hash)).toMatchObject({ ok: true });
    expect(await desk.end(dead.id)).toMatchObject({ state: 'succeeded' });
    expect(taskOf(later.id)).toMatchObject({ state: 'failed', endedAt: later.endedAt });
  });
});

describe('what is no dead letter', () => {
  it('is not requeued: done, in doubt, or not there', async () => {
    const fine = await desk.end(await desk.submit('moody', { mood: 'fine' }));
    const doubtful = await desk.end(await desk.submit('moody', { mood: 'doubtful', mark: join(desk.folder, 'mark') }));
    expect(await requeue({ tasks: [fine.id] })).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', message: `${fine.id} is no dead letter: it is succeeded.` },
    });
    expect(await requeue({ tasks: [doubtful.id] })).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', todo: expect.stringContaining(`nightdesk resolve ${doubtful.id}`) },
    });
    expect(await requeue({ tasks: ['t9999'] })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
});

describe('a task that backs off', () => {
  it('is tried at once when a person says so', async () => {
    const id = await desk.submit('patient', { n: 1 });
    const waiting = await until(() => taskOf(id).waitKind === 'backoff' && taskOf(id));
    expect(waiting.runAt).toBeGreaterThan(Date.now() + 60_000);
    expect(await desk.runner.retryNow(id, ada)).toMatchObject({ ok: true });
    await until(() => taskOf(id).attempts === 2);
    await until(() => taskOf(id).waitKind === 'backoff');
    const fine = await desk.end(await desk.submit('moody', { mood: 'fine' }));
    expect(await desk.runner.retryNow(fine.id, ada)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });
});

describe('another input', () => {
  it('makes a new task that names its origin; the old one stays as it ended, and says who goes on', async () => {
    const dead = await deadLetter('invoice-8');
    const made = await desk.runner.resubmit(dead.id, pays());
    if (!made.ok) throw new Error(made.error.message);
    const task = await desk.end(made.value.id);
    expect(task).toMatchObject({
      state: 'succeeded',
      key: null,
      origin: { kind: 'edited', task: dead.id, step: null },
    });
    expect(taskOf(dead.id)).toMatchObject({
      state: 'failed',
      endedAt: dead.endedAt,
      input: dead.input,
      offspring: [{ kind: 'edited', task: task.id, step: null, state: 'succeeded' }],
    });
    const keysOf = (each: TaskDetail) => each.steps.map((step) => step.effectKey);
    expect(keysOf(task)).not.toEqual(keysOf(dead));
  });

  it('is made once under one key, and not while its origin goes on', async () => {
    const dead = await deadLetter();
    const first = await desk.runner.resubmit(dead.id, pays(), 'edit-1');
    const second = await desk.runner.resubmit(dead.id, pays(), 'edit-1');
    expect(second).toMatchObject({ value: { id: first.ok && first.value.id, duplicate: true } });
    const id = await desk.submit('family', { does: 'waits', for: 'go' });
    expect(await desk.runner.resubmit(id, pays())).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', todo: `Cancel it first: nightdesk cancel ${id}` },
    });
    create('go');
    await desk.end(id);
  });
});

describe('a fork', () => {
  it('goes on from a finished step: what was done up to it is not run again, what follows has keys of its own', async () => {
    const dead = await deadLetter('invoice-9');
    create('mended');
    const made = await desk.runner.fork(dead.id, 'debit');
    if (!made.ok) throw new Error(made.error.message);
    const fork = await desk.end(made.value.id);
    expect(fork).toMatchObject({
      state: 'succeeded',
      input: dead.input,
      definition: dead.definition,
      origin: { kind: 'fork', task: dead.id, step: 'debit' },
    });
    const [debit, credit] = fork.steps;
    expect(debit).toMatchObject({ name: 'debit', state: 'done', result: dead.steps[0]?.result, replayedBy: [1] });
    expect(credit?.effectKey).not.toBe(dead.steps[1]?.effectKey);
    expect(ledger().map((line) => line.split(' ')[0])).toEqual(['debit', 'credit', 'credit']);
    expect(taskOf(dead.id)).toMatchObject({ state: 'failed', offspring: [{ kind: 'fork', step: 'debit' }] });
  });

  it('of a task that goes on is one too, and outlives the desk', async () => {
    const id = await desk.submit('family', pays({ until: 'go' }));
    await until(() => taskOf(id).steps.some((step) => step.name === 'credit' && step.state === 'done'));
    const made = await desk.runner.fork(id, 'credit');
    if (!made.ok) throw new Error(made.error.message);
    await desk.close();
    desk = startRunner(desk.folder);
    create('go');
    expect(await desk.end(made.value.id)).toMatchObject({ state: 'succeeded', costUsd: 0 });
    await desk.end(id);
    expect(ledger()).toHaveLength(2);
  });

  it('starts from a finished step only, and not past an effect in doubt', async () => {
    const dead = await deadLetter();
    expect(await desk.runner.fork(dead.id, 'refund')).toMatchObject({
      ok: false,
      error: { code: 'BAD_INPUT', todo: 'Use one of: "debit", "credit".', where: 'step' },
    });
    const mark = join(desk.folder, 'mark');
    const { id } = await desk.end(await desk.submit('moody', { mood: 'doubtful', mark }));
    expect(await desk.runner.fork(id, 'begin')).toMatchObject({ ok: true });
    expect(await desk.runner.fork(id, 'send')).toMatchObject({ ok: false });
  });
});
