import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import { loadAgents } from '../../electron/runner/definition/index.ts';
import { answer, questionOf } from '../support/people.ts';
import { startRunner, TEST_AGENTS, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestRunner;
beforeEach(() => {
  desk = startRunner();
});
afterEach(() => desk.close());

const good = { text: 'Dear customer', confidence: 0.9 };
const unsure = { text: 'Dear customer', confidence: 0.2 };
const drafting = (outputs: Json[], calls: Json[] = []) => desk.submit('drafting', { outputs, calls });
const lines = (file: string) =>
  existsSync(join(desk.folder, file)) ? readFileSync(join(desk.folder, file), 'utf8').trimEnd().split('\n') : [];

describe('an output', () => {
  it('that fits, holds its checks and satisfies its judge leaves', async () => {
    const task = await desk.end(await drafting([good]));
    expect(task).toMatchObject({ state: 'succeeded', output: good, model: 'rehearsal/writer' });
    expect(task.marks).not.toContain('fallback');
    expect(task.steps.map(({ name, kind }) => [name, kind])).toEqual([
      ['model call 1', 'model'],
      ['judge 1', 'check'],
      ['output', 'output'],
    ]);
    expect(task.steps[1]?.call).toMatchObject({ provider: 'openai', model: 'judge', tokensIn: 100 });
    expect(task.tokensIn).toBe(200);
    expect(task.steps[2]?.result).toEqual({
      fits: 'matches schema',
      repaired: false,
      checks: ['greets'],
      judge: 'openai/judge',
    });
  });

  it.each([
    ['does not fit its schema', { text: 'Dear customer' }, /^the output does not fit its schema: /],
    [
      'fails a check',
      { text: 'Hi', confidence: 0.9 },
      /^the output is refused by the check "greets": it begins without "Dear"$/,
    ],
    [
      'its judge refuses',
      { text: 'Dear fool', confidence: 0.9 },
      /^the output is refused by its judge: it calls somebody a fool$/,
    ],
  ])('that %s is repaired once, and the second time is incorrect', async (_what, bad, why) => {
    const [repaired, failed] = await Promise.all([drafting([bad, good]), drafting([bad, bad])]);
    const mended = await desk.end(repaired);
    expect(mended).toMatchObject({ state: 'succeeded', output: good });
    expect(mended.steps.find((step) => step.kind === 'output')?.result).toMatchObject({ repaired: true });
    const wrong = await desk.end(failed);
    expect(wrong).toMatchObject({ state: 'failed', attempts: 1, error: { class: 'incorrect' } });
    expect(wrong.error?.message).toMatch(why);
    expect(wrong.marks).toContain('incorrect');
    expect(wrong.output).not.toBeNull();
  });

  it('waits when its judge cannot be asked, and the agent’s own calls are not made again', async () => {
    desk.runner.setFault('openai', { errorRate: 0, latencyMs: 0, down: true });
    const openai = () => desk.runner.snapshot().providers.find((each) => each.name === 'openai');
    await Promise.all(Array.from({ length: 15 }, () => drafting([good])));
    await until(() => openai()?.breaker === 'open');
    const id = await drafting([good]);
    const deferred = await until(() => {
      const task = desk.runner.task(id);
      return task.ok && task.value.waitKind === 'deferred' && task.value;
    });
    expect(deferred.reason).toContain('openai');
    expect(deferred.steps.filter((step) => step.state === 'done').map((step) => step.name)).toEqual(['model call 1']);
    expect(deferred.model).toBe('rehearsal/writer');
  });

  it('of a code agent is checked too; it cannot be repaired', async () => {
    const task = await desk.end(await desk.submit('asking', { mode: 'says', says: 'far more than twenty letters' }));
    expect(task).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: { class: 'incorrect', message: expect.stringContaining('does not fit its schema') },
    });
  });
});

describe('a review', () => {
  it('is asked for when the confidence is low, with the output and the reason', async () => {
    const id = await drafting([unsure]);
    expect(await questionOf(desk, id)).toMatchObject({
      kind: 'review',
      step: 'review',
      text: 'Is the output of drafting right? Its confidence is 0.2, below 0.5.',
      details: { output: unsure },
    });
    expect(desk.runner.people.waiting()).toEqual({ inDoubt: 0, questions: 0, reviews: 1 });
  });

  it('that accepts lets the output leave, marked as reviewed', async () => {
    const id = await drafting([unsure]);
    await answer(desk, id, { choice: 'accept' });
    const task = await desk.end(id);
    expect(task).toMatchObject({ state: 'succeeded', output: unsure });
    expect(task.marks).toContain('reviewed');
    expect(task.steps.find((step) => step.kind === 'output')?.result).toMatchObject({ reviewed: 'accept' });
    expect(task.steps.filter((step) => step.kind === 'model')).toHaveLength(1);
  });

  it('that edits puts the edited output in its place, once it fits', async () => {
    const id = await drafting([unsure]);
    await answer(desk, id, { choice: 'edit', value: { text: 7 } });
    const again = await questionOf(desk, id);
    expect(again).toMatchObject({
      step: 'review, edit 1',
      text: expect.stringContaining('The edited output does not fit its schema'),
      details: { output: unsure, edited: { text: 7 } },
    });
    await answer(desk, id, { choice: 'edit', value: { text: 'Dear Ada', confidence: 1 } });
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', output: { text: 'Dear Ada', confidence: 1 } });
  });

  it('that rejects fails the task as incorrect, and keeps the output', async () => {
    const id = await drafting([unsure]);
    await answer(desk, id, { choice: 'reject', text: 'wrong customer' });
    const task = await desk.end(id);
    expect(task).toMatchObject({
      state: 'failed',
      output: unsure,
      error: { class: 'incorrect', message: 'the output was rejected by a person: wrong customer' },
    });
    expect(task.marks).toEqual(expect.arrayContaining(['incorrect', 'reviewed']));
  });

  it('that sends it back gives the model the words, and sees what it makes of them', async () => {
    const id = await drafting([unsure, good]);
    await answer(desk, id, { choice: 'redo', text: 'name the order' });
    const task = await desk.end(id);
    expect(task).toMatchObject({
      state: 'succeeded',
      output: { text: 'Dear customer (name the order)', confidence: 0.9 },
    });
  });

  it('of what was sent back is asked for again when it is still unsure', async () => {
    const id = await drafting([unsure]);
    await answer(desk, id, { choice: 'redo', text: 'name the order' });
    await answer(desk, id, { choice: 'accept' });
    const task = await desk.end(id);
    expect(task.output).toEqual({ text: 'Dear customer (name the order)', confidence: 0.2 });
    expect(task.steps.filter((step) => step.kind === 'ask').map((step) => step.name)).toEqual(['review', 'review 2']);
  });
});

describe('a code agent that sends what it wrote to review before its effect', () => {
  const careful = () => desk.submit('asking', { mode: 'sends-after-review', ledger: 'ledger' });

  it('goes on with what the person put in its place', async () => {
    const id = await careful();
    expect(await questionOf(desk, id)).toMatchObject({
      kind: 'review',
      text: 'It names a price.',
      details: { output: 'draft' },
    });
    expect(lines('ledger')).toEqual([]);
    await answer(desk, id, { choice: 'edit', value: 'better' });
    const task = await desk.end(id);
    expect(task).toMatchObject({ state: 'succeeded', output: 'better' });
    expect(task.marks).toContain('reviewed');
    expect(lines('ledger')).toEqual(['sent better']);
  });

  it('fails as incorrect when it is rejected, and the effect never ran', async () => {
    const id = await careful();
    await answer(desk, id, { choice: 'reject' });
    expect(await desk.end(id)).toMatchObject({ state: 'failed', error: { class: 'incorrect' } });
    expect(lines('ledger')).toEqual([]);
  });
});

describe('an effect that wants approval', () => {
  const send = { tool: 'mail.send', input: { to: 'ada@example.org' } };

  it('does not run before a person approves it', async () => {
    const id = await drafting([good], [send]);
    expect(await questionOf(desk, id)).toMatchObject({
      kind: 'approval',
      text: 'May drafting run mail.send?',
      details: { tool: 'mail.send', input: send.input },
    });
    expect(lines('mails')).toEqual([]);
    await answer(desk, id, { choice: 'approve' });
    const task = await desk.end(id);
    expect(task.state).toBe('succeeded');
    expect(task.marks).toContain('reviewed');
    expect(lines('mails')).toEqual(['ada@example.org']);
  });

  it('runs with the input as the person edited it, once that fits', async () => {
    const id = await drafting([good], [send]);
    await answer(desk, id, { choice: 'edit', value: { to: 'nobody' } });
    expect((await questionOf(desk, id)).text).toMatch(/^The edited input does not fit: mail\.send: /);
    await answer(desk, id, { choice: 'edit', value: { to: 'bob@example.org' } });
    const task = await desk.end(id);
    expect(task.steps.find((step) => step.kind === 'effect')?.request).toEqual({ to: 'bob@example.org' });
    expect(lines('mails')).toEqual(['bob@example.org']);
  });

  it('is not run when the person refuses; the model is told why and goes on', async () => {
    const id = await drafting([good], [send]);
    await answer(desk, id, { choice: 'reject', text: 'not before Monday' });
    const task = await desk.end(id);
    expect(task.state).toBe('succeeded');
    expect(JSON.stringify(task.output)).toContain('A person refused mail.send: not before Monday');
    expect(lines('mails')).toEqual([]);
  });

  it('of a code agent waits too, be it a tool or an effect of its own', async () => {
    const id = await desk.submit('asking', { mode: 'pays', ledger: 'ledger' });
    await answer(desk, id, { choice: 'approve' });
    expect(await questionOf(desk, id)).toMatchObject({ text: 'May asking run wire?', details: { effect: 'wire' } });
    expect([lines('paid'), lines('ledger')]).toEqual([['Nordwind 120'], []]);
    await answer(desk, id, { choice: 'approve' });
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', output: { receipt: { paid: 120 } } });
    expect([lines('paid'), lines('ledger')]).toEqual([['Nordwind 120'], ['wired']]);
  });

  it('of a code agent that a person refuses fails the task, and is not tried again', async () => {
    const id = await desk.submit('asking', { mode: 'pays', ledger: 'ledger' });
    await answer(desk, id, { choice: 'reject', text: 'no money' });
    const task = await desk.end(id);
    expect(task).toMatchObject({
      state: 'failed',
      error: { class: 'incorrect', message: 'A person refused pay: no money' },
    });
    expect(task.attemptList.map((attempt) => attempt.outcome)).toEqual(['parked', 'failed']);
    expect(lines('paid')).toEqual([]);
  });
});

it('a model that may ask a person gets the answer as the result of its tool', async () => {
  const ask = { tool: 'ask', input: { question: 'Which order?', choices: ['A-1', 'A-2'] } };
  const id = await drafting([good], [ask]);
  const question = await questionOf(desk, id);
  expect(question).toMatchObject({ kind: 'ask', text: 'Which order?' });
  expect(question.choices.map((choice) => choice.value)).toEqual(['A-1', 'A-2', 'other']);
  await answer(desk, id, { choice: 'other', text: 'B-7' });
  const task = await desk.end(id);
  expect(task.state).toBe('succeeded');
  expect(JSON.stringify(task.output)).toContain('B-7');
  expect(task.marks).not.toContain('reviewed');
});

it('an edited checks.ts is another definition', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-test-'));
  cpSync(join(TEST_AGENTS, 'drafting'), join(folder, 'drafting'), { recursive: true });
  const hashOf = () => loadAgents([folder]).definitions[0]?.hash;
  const before = hashOf();
  expect(before).toBeDefined();
  appendFileSync(join(folder, 'drafting', 'checks.ts'), '\n// stricter\n');
  expect(hashOf()).not.toBe(before);
});
