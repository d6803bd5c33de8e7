import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Resolution } from '#contract/question.ts';
import { ada, bob } from '../support/people.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestRunner;
beforeEach(() => {
  desk = startRunner();
});
afterEach(() => desk.close());

const moody = (mood: string) => desk.submit('moody', { mood, mark: join(desk.folder, mood) });
const resolve = (id: string, resolution: Resolution, step?: string) =>
  desk.runner.people.resolve(id, resolution, step, ada);
const ended = (id: string, state: string) =>
  until(() => {
    const task = desk.runner.task(id);
    return task.ok && task.value.state === state && task.value;
  });

describe('a task in doubt', () => {
  it('says what is known: the effect, its key, what was asked, and that nothing could be checked', async () => {
    const task = await desk.end(await moody('doubtful'));
    expect(task.doubts).toEqual([
      {
        step: 'send',
        effectKey: expect.stringMatching(/^nd-/),
        request: null,
        begunAt: expect.any(Number),
        attempt: 1,
        check: null,
      },
    ]);
    expect(desk.runner.people.waiting()).toMatchObject({ inDoubt: 1 });
  });

  it('goes on with the result when it landed, and the effect is not run again', async () => {
    const { id } = await desk.end(await moody('doubtful'));
    const resolved = await resolve(id, { as: 'landed', result: 'found by hand' });
    expect(resolved).toMatchObject({ ok: true, value: { id } });
    const task = await ended(id, 'succeeded');
    expect(task.output).toBe('found by hand');
    expect(task.steps.find((step) => step.name === 'send')).toMatchObject({ state: 'done', result: 'found by hand' });
    expect(task.steps.find((step) => step.name === 'send resolved')).toMatchObject({
      kind: 'check',
      request: { asked: ada },
      result: { landed: true, receipt: 'found by hand' },
    });
    expect(task.doubts).toEqual([]);
    expect(desk.runner.people.waiting()).toMatchObject({ inDoubt: 0 });
  });

  it('runs the effect again under the same key when it did not land', async () => {
    const { id, doubts } = await desk.end(await moody('doubtful'));
    await resolve(id, { as: 'not-landed' });
    const task = await ended(id, 'succeeded');
    expect(task.output).toBe('sent');
    const tries = task.steps.filter((step) => step.name === 'send');
    expect(tries.map((step) => step.state)).toEqual(['failed', 'done']);
    expect(tries.map((step) => step.effectKey)).toEqual([doubts[0]?.effectKey, doubts[0]?.effectKey]);
    expect(tries[0]?.error?.message).toBe('it did not land, says ada');
  });

  it('fails with the reason when it is given up', async () => {
    const { id } = await desk.end(await moody('doubtful'));
    const ends: string[] = [];
    desk.runner.watch((events) => {
      for (const event of events) if (event.kind === 'ended') ends.push(event.task.state);
    });
    await resolve(id, { as: 'given-up', reason: 'the bank cannot tell either' });
    const task = await ended(id, 'failed');
    expect(task.reason).toBe('given up by ada: the bank cannot tell either');
    expect(task.attempts).toBe(2);
    expect(ends).toEqual(['failed']);
  });

  it('is resolved once: the second person is told who was first', async () => {
    const { id } = await desk.end(await moody('doubtful'));
    const both = await Promise.all([
      desk.runner.people.resolve(id, { as: 'landed', result: 'sent' }, undefined, bob),
      resolve(id, { as: 'not-landed' }),
    ]);
    expect(both).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'CONFLICT', message: expect.stringContaining('bob resolved it first') } },
    ]);
    expect((await ended(id, 'succeeded')).output).toBe('sent');
  });

  it('stays so when the step that is named is not the one', async () => {
    const { id } = await desk.end(await moody('doubtful'));
    expect(await resolve(id, { as: 'not-landed' }, 'begin')).toMatchObject({
      ok: false,
      error: { code: 'BAD_INPUT', message: expect.stringContaining('"send"'), where: 'step' },
    });
    expect(desk.runner.taskRow(id)?.state).toBe('in-doubt');
  });

  it('keeps its doubt and its resolution over a restart of the desk', async () => {
    const { id, doubts } = await desk.end(await moody('doubtful'));
    await desk.close();
    desk = startRunner(desk.folder);
    expect(desk.runner.task(id)).toMatchObject({ value: { state: 'in-doubt', doubts } });
    await resolve(id, { as: 'landed', result: 'sent' });
    expect((await ended(id, 'succeeded')).output).toBe('sent');
  });
});

describe('a task that is not in doubt', () => {
  it('is not resolved', async () => {
    const { id } = await desk.end(await moody('fine'));
    expect(await resolve(id, { as: 'not-landed' })).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', message: `${id} is not in doubt, it is succeeded.` },
    });
    expect(await resolve('t9999', { as: 'not-landed' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
});

it('an effect whose check could not be asked is asked again, never sent again', async () => {
  const task = await desk.end(await moody('unaskable'));
  expect(task).toMatchObject({ state: 'succeeded', output: 'found' });
  const mark = join(desk.folder, 'unaskable');
  expect(existsSync(mark) && readFileSync(mark, 'utf8')).toBe('sent\n');
});
