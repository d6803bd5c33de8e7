import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import { type GuardDesk, startGuarded } from '../support/guard.ts';

const me: Actor = { name: 'ada', via: 'cli' };
let desk: GuardDesk;
beforeEach(() => {
  desk = startGuarded();
});
afterEach(() => desk.close());

async function parked(id: string, attempts = 1) {
  const task = await desk.when(id, (each) => each.waitKind === 'person' && each.attempts === attempts);
  const [question] = desk.runner.people.questions({ open: true, task: id, limit: 10 });
  if (!question) throw new Error('nothing is asked');
  return { task, question };
}

describe('an agent that repeats itself', () => {
  it('is told at the third time, and heeds it', async () => {
    const task = await desk.end(await desk.submit('looper', { mode: 'same-call', heeds: 'You repeat yourself' }));
    expect(task).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(task.steps.filter((step) => step.kind === 'tool')).toHaveLength(3);
    expect(JSON.stringify(task.steps.at(-2)?.request)).toContain('the same call of orders.find');
  });

  it.each([
    ['same-call', 5],
    ['cycle', 10],
    ['wrong-input', 5],
    ['chant', 2],
  ] as const)('by %s waits for a person as looping, is not retried and never ends as success', async (mode, calls) => {
    const { task, question } = await parked(await desk.submit('looper', { mode }));
    expect(task).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(task.steps.filter((step) => step.kind === 'model')).toHaveLength(calls);
    expect(question).toMatchObject({ kind: 'loop', agent: 'looper' });
    expect(question.choices.map((choice) => choice.value)).toEqual(['continue', 'steer', 'stop']);
    expect(desk.runner.snapshot().looping).toEqual([{ agent: 'looper', task: task.id }]);
  });

  it('goes on when a person says so, and is asked again when it goes on repeating itself', async () => {
    const id = await desk.submit('looper', { mode: 'same-call' });
    const { question } = await parked(id);
    await desk.runner.people.answer(question.id, { choice: 'continue' }, me);
    const again = await parked(id, 2);
    expect(again.task.steps.filter((step) => step.kind === 'model')).toHaveLength(10);
    // What was done before is not done again.
    expect(again.task.steps.filter((step) => step.kind === 'model' && step.attempt === 1)).toHaveLength(5);
    expect(again.question.step).toBe('loop 2');
  });

  it('is steered by what a person says', async () => {
    const id = await desk.submit('looper', { mode: 'cycle', heeds: 'look in the archive' });
    const { question } = await parked(id);
    await desk.runner.people.answer(question.id, { choice: 'steer', text: 'look in the archive' }, me);
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', output: { text: 'stopped: look in the archive' } });
  });

  it('ends as failed when a person stops it', async () => {
    const id = await desk.submit('looper', { mode: 'same-call' });
    const { question } = await parked(id);
    await desk.runner.people.answer(question.id, { choice: 'stop' }, me);
    expect(await desk.end(id)).toMatchObject({ state: 'failed', error: { class: 'loop' }, attempts: 2 });
    expect(desk.runner.snapshot().looping).toEqual([]);
  });
});

describe('batch work', () => {
  it('over forty different arguments with the same result is not halted', async () => {
    const task = await desk.end(await desk.submit('looper', { mode: 'batch' }));
    expect(task).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(task.steps.filter((step) => step.kind === 'tool')).toHaveLength(40);
  });
});
