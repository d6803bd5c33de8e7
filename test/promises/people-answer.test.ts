import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada, answer, bob, questionOf } from '../support/people.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestRunner;
beforeEach(() => {
  desk = startRunner();
});
afterEach(() => desk.close());

const lane = () => desk.runner.snapshot().lanes.find((each) => each.agent === 'asking');
const asking = (mode: string, more: { deadlineMs?: number } = {}) =>
  desk.submit('asking', { mode, ledger: 'ledger', ...more });
const lines = (file: string) =>
  existsSync(join(desk.folder, file)) ? readFileSync(join(desk.folder, file), 'utf8').trimEnd().split('\n') : [];

describe('a task that asks a person', () => {
  it('waits with its question and holds no worker', async () => {
    const id = await asking('asks');
    const question = await questionOf(desk, id);
    expect(question).toMatchObject({
      task: id,
      agent: 'asking',
      step: 'is it right',
      kind: 'ask',
      text: 'Is this invoice right?',
      details: { invoice: 'INV-7', total: 120 },
      deadline: null,
      answeredAt: null,
      rehearsal: true,
    });
    expect(question.choices.map((choice) => choice.value)).toEqual(['yes', 'no', 'note']);
    expect(desk.runner.taskRow(id)).toMatchObject({
      state: 'waiting',
      waitKind: 'person',
      reason: 'Is this invoice right?',
    });
    expect(lane()).toMatchObject({ running: 0, waiting: 1 });
    expect(desk.runner.people.waiting()).toEqual({ inDoubt: 0, questions: 1, reviews: 0 });
  });

  it('goes on with the answer as the result of its step, and runs no finished step again', async () => {
    const id = await asking('asks');
    const answered = await answer(desk, id, { choice: 'yes', text: 'looked at it' });
    expect(answered).toMatchObject({ answer: { choice: 'yes', text: 'looked at it' }, by: ada });
    const task = await desk.end(id);
    expect(task).toMatchObject({ state: 'succeeded', output: { choice: 'yes', text: 'looked at it' } });
    expect(task.attemptList.map((attempt) => attempt.outcome)).toEqual(['parked', 'succeeded']);
    expect(task.steps.find((step) => step.kind === 'ask')).toMatchObject({
      name: 'is it right',
      state: 'done',
      result: { choice: 'yes', text: 'looked at it' },
      replayedBy: [2],
    });
    expect(lines('ledger')).toEqual(['before', 'after']);
    expect(lane()).toMatchObject({ queued: 0, running: 0, waiting: 0 });
    expect(task.marks).not.toContain('retried');
  });

  it('takes the first of two answers; the second is told who was first', async () => {
    const id = await asking('asks');
    const { id: question } = await questionOf(desk, id);
    const [first, second] = await Promise.all([
      desk.runner.people.answer(question, { choice: 'yes' }, ada),
      desk.runner.people.answer(question, { choice: 'no' }, bob),
    ]);
    expect(first).toMatchObject({ ok: true, value: { by: ada } });
    expect(second).toMatchObject({
      ok: false,
      error: {
        code: 'CONFLICT',
        message: expect.stringMatching(/ada answered it first, with "yes"/),
        kept: 'The answer of ada stands.',
      },
    });
    expect((await desk.end(id)).output).toEqual({ choice: 'yes' });
  });

  it.each([
    [{ choice: 'maybe' }, 'use one of: yes, no, note', 'choice'],
    [{ choice: 'note' }, 'wants a text', 'text'],
    [{ choice: 'yes', value: 3 }, 'takes no value', 'value'],
  ])('keeps its question open after the answer %j, which does not fit', async (given, why, where) => {
    const id = await asking('asks');
    const question = await questionOf(desk, id);
    expect(await desk.runner.people.answer(question.id, given, ada)).toMatchObject({
      ok: false,
      error: { code: 'BAD_INPUT', message: expect.stringContaining(why), where, kept: 'The question stays open.' },
    });
    expect(await questionOf(desk, id)).toEqual(question);
  });

  it('is not found by a number that no question has', async () => {
    expect(await desk.runner.people.answer(4_711, { choice: 'yes' }, ada)).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
  });

  it('fails at once when nobody, or no deadline, could answer it', async () => {
    const task = await desk.end(await asking('asks-nonsense'));
    expect(task).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: { class: 'definition', message: expect.stringContaining('its deadline does not answer it: "maybe"') },
    });
    expect(desk.runner.people.open()).toEqual([]);
  });

  it('waits although its code catches everything', async () => {
    const id = await asking('swallows');
    await questionOf(desk, id);
    expect(desk.runner.taskRow(id)).toMatchObject({ state: 'waiting', waitKind: 'person' });
    await answer(desk, id, { choice: 'yes' });
    expect((await desk.end(id)).output).toBe('went on');
  });

  it('lets an effect that runs beside the question end, and does not put it in doubt', async () => {
    const id = await asking('asks-beside-an-effect');
    await answer(desk, id, { choice: 'yes' });
    const task = await desk.end(id);
    expect(task).toMatchObject({ state: 'succeeded', output: { choice: 'yes' } });
    expect(task.steps.find((step) => step.name === 'slow')).toMatchObject({ state: 'done', attempt: 1 });
    expect(lines('ledger')).toEqual(['sent']);
  });

  it('closes its question unanswered when it is cancelled', async () => {
    const id = await asking('asks');
    const { id: question } = await questionOf(desk, id);
    await desk.runner.execute({ verb: 'cancel', task: id }, 'cancel-waiting', bob);
    const task = await desk.end(id);
    expect(task.state).toBe('cancelled');
    expect(task.steps.find((step) => step.kind === 'ask')).toMatchObject({
      state: 'failed',
      error: { class: 'cancelled' },
    });
    expect(desk.runner.people.questions({ open: false, task: id, limit: 9 })).toMatchObject([
      { answer: null, by: bob },
    ]);
    expect(desk.runner.people.open()).toEqual([]);
    expect(await desk.runner.people.answer(question, { choice: 'yes' }, ada)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', message: expect.stringContaining('its task ended') },
    });
    expect(lane()).toMatchObject({ queued: 0, running: 0, waiting: 0 });
    expect(lines('ledger')).toEqual(['before']);
  });
});

describe('a deadline', () => {
  it('answers with its choice when nobody did', async () => {
    const id = await asking('asks', { deadlineMs: 50 });
    expect((await desk.end(id)).output).toEqual({ choice: 'no' });
    expect(desk.runner.people.questions({ open: false, task: id, limit: 9 })).toMatchObject([
      { onDeadline: 'no', answer: { choice: 'no' }, by: { name: 'Nightdesk', via: 'desk' } },
    ]);
  });

  it('comes too late for a question that a person answered', async () => {
    const id = await asking('asks', { deadlineMs: 600_000 });
    const { deadline, askedAt } = await questionOf(desk, id);
    expect(deadline).toBe(askedAt + 600_000);
    await answer(desk, id, { choice: 'yes' });
    expect((await desk.end(id)).output).toEqual({ choice: 'yes' });
  });

  it('that passed while the desk was down answers when it is up again', async () => {
    const id = await asking('asks', { deadlineMs: 400 });
    const { deadline, id: question } = await questionOf(desk, id);
    await desk.close();
    await until(() => Date.now() > (deadline ?? Number.POSITIVE_INFINITY));

    desk = startRunner(desk.folder);
    expect((await desk.end(id)).output).toEqual({ choice: 'no' });
    const [closed] = desk.runner.people.questions({ open: false, task: id, limit: 9 });
    expect(closed).toMatchObject({ id: question, answer: { choice: 'no' } });
    expect(closed?.answeredAt).toBeGreaterThan(deadline ?? 0);
    expect(lines('ledger')).toEqual(['before', 'after']);
  });
});
