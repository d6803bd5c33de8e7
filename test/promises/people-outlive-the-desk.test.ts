import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Question } from '#contract/question.ts';
import { findDesk } from '../../electron/serve/index.ts';
import { documentOf, errorOf } from '../cli/answer.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestDesk;
beforeEach(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterEach(() => desk.close());

const again = async (): Promise<void> => {
  desk = await startDesk(desk.folder, '--rehearsal', '0');
};
const asks = async (): Promise<string> =>
  (await desk.client.tasks.submit({ agent: 'asking', input: { mode: 'asks', ledger: 'ledger' } })).id;
const questionOf = (task: string): Promise<Question> =>
  until(async () => (await desk.client.questions.list({ task }))[0]);
const end = (id: string) =>
  until(async () => {
    const task = await desk.client.tasks.get({ id });
    return task.endedAt !== null && task;
  });
const ledger = () => readFileSync(join(desk.folder, 'ledger'), 'utf8');

describe('a question', () => {
  it('outlives kill -9 of the desk, and its answer does too', async () => {
    const id = await asks();
    const question = await questionOf(id);
    await desk.kill();

    await again();
    expect(await questionOf(id)).toEqual(question);
    await desk.client.questions.answer({ id: question.id, answer: { choice: 'yes' } });
    // Answered means on the disk: killed in the next instant, it is not asked again.
    await desk.kill();

    await again();
    expect(await end(id)).toMatchObject({ state: 'succeeded', output: { choice: 'yes' } });
    expect(await desk.client.questions.list({ open: false, task: id })).toMatchObject([
      { id: question.id, answer: { choice: 'yes' } },
    ]);
    // The step after it may have been begun before the kill and not finished; what had finished is not run again.
    expect(ledger()).toMatch(/^before\n(after\n)+$/);
  });

  it('is listed and answered at the command line', async () => {
    const id = await asks();
    const { id: number } = await questionOf(id);
    const [shown, listed] = await Promise.all([desk.cli('questions'), desk.cli('questions', '--json')]);
    expect(shown.out).toContain('Is this invoice right?');
    expect(shown.out).toContain(`nightdesk answer ${number} note --text TEXT`);
    expect(documentOf('questions', listed).questions).toMatchObject([{ id: number, task: id }]);
    expect((await desk.cli('status')).out).toContain('1 question and 0 reviews wait for a person');

    const refused = errorOf(await desk.cli('answer', String(number), 'note', '--json'));
    expect(refused).toMatchObject({ exit: 2, code: 'BAD_INPUT', where: 'text' });
    const answered = await desk.cli('answer', String(number), 'note', '--text', 'fine by me', '--json');
    expect(documentOf('answer', answered)).toMatchObject({ answer: { choice: 'note', text: 'fine by me' } });
    expect((await end(id)).output).toEqual({ choice: 'note', text: 'fine by me' });
    expect(errorOf(await desk.cli('answer', String(number), 'no', '--json'))).toMatchObject({
      exit: 4,
      code: 'CONFLICT',
    });
    expect((await desk.cli('questions')).out).toBe('Nothing waits for an answer.\n');
  });
});

describe('a question over HTTP', () => {
  it('is answered once, by the person that the header names; a second one is told who was first', async () => {
    const id = await asks();
    const { id: number } = await questionOf(id);
    const { address, token } = findDesk(desk.folder) ?? { address: '', token: '' };
    const as = (name: string) => ({ authorization: `Bearer ${token}`, 'nightdesk-user': name });
    const post = (name: string, choice: string) =>
      fetch(`${address}/v1/questions/${number}/answer`, {
        method: 'POST',
        headers: { ...as(name), 'content-type': 'application/json' },
        body: JSON.stringify({ choice }),
      });
    const listed = await fetch(`${address}/v1/questions`, { headers: as('ada') });
    expect(await listed.json()).toMatchObject({ questions: [{ id: number, task: id }] });
    expect((await fetch(`${address}/v1/questions`)).status).toBe(401);

    const first = await post('ada', 'yes');
    expect(first.status).toBe(200);
    expect(await first.json()).toMatchObject({ by: { name: 'ada', via: 'http' } });
    const second = await post('bob', 'no');
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ message: expect.stringContaining('ada answered it first') });
    expect((await end(id)).output).toEqual({ choice: 'yes' });
  });
});

describe('a task in doubt', () => {
  it('shows what is known and is resolved at the command line', async () => {
    const mark = join(desk.folder, 'mark');
    const { id } = await desk.client.tasks.submit({ agent: 'moody', input: { mood: 'doubtful', mark } });
    const { doubts } = await end(id);
    const { out } = await desk.cli('task', id);
    expect(out).toMatch(/In doubt +send/);
    expect(out).toContain(doubts[0]?.effectKey);
    expect(out).toContain(`nightdesk resolve ${id} --not-landed`);

    expect(errorOf(await desk.cli('resolve', id, '--json'))).toMatchObject({ exit: 2, where: '--landed' });
    const resolved = await desk.cli('resolve', id, '--landed', '{"receipt": 7}', '--json');
    expect(documentOf('resolve', resolved)).toMatchObject({ id });
    expect(await end(id)).toMatchObject({ state: 'succeeded', output: { receipt: 7 } });
    expect(errorOf(await desk.cli('resolve', id, '--not-landed', '--json'))).toMatchObject({
      exit: 4,
      code: 'CONFLICT',
    });
  });
});

it('the board counts what waits for a person, and lists its questions', async () => {
  const id = await asks();
  const { id: number } = await questionOf(id);
  const frames = await desk.client.board.watch({});
  const first = await frames.next();
  await frames.return?.();
  if (first.done || first.value.kind !== 'snapshot') throw new Error('the board began without a snapshot');
  const { state } = first.value;
  expect(state.desk.desk?.waitingForPerson).toEqual({ inDoubt: 0, questions: 1, reviews: 0 });
  expect(state.questions).toMatchObject({ [number]: { task: id, choices: expect.any(Array) } });
});
