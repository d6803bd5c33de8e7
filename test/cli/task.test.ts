import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS));
});
afterAll(() => desk.close());

/** A file with this text, in the desk's folder. */
function file(name: string, text: string): string {
  const path = join(desk.folder, name);
  writeFileSync(path, text);
  return path;
}

const mood = (name: string) => file(`${name}.json`, JSON.stringify({ mood: name }));

describe('submit', () => {
  it('answers at once with the id, and once for a key', async () => {
    const first = await desk.cli('submit', 'moody', '--input', mood('fine'), '--key', 'once', '--json');
    const second = await desk.cli('submit', 'moody', '--input', mood('fine'), '--key', 'once', '--json');
    const submitted = documentOf('submit', first);
    expect(first.code).toBe(0);
    expect(submitted).toMatchObject({ duplicate: false, task: null });
    expect(documentOf('submit', second)).toMatchObject({ id: submitted.id, duplicate: true });
  });

  it('waits for a success, for a failure, and not beyond its timeout', async () => {
    const [fine, fails, hangs] = await Promise.all([
      desk.cli('submit', 'moody', '--input', mood('fine'), '--wait', '--json'),
      desk.cli('submit', 'moody', '--input', mood('fails'), '--wait'),
      desk.cli('submit', 'moody', '--input', mood('hangs'), '--timeout', '300ms', '--json'),
    ]);
    expect(fine).toMatchObject({ code: 0, err: '' });
    expect(documentOf('submit', fine).task).toMatchObject({ state: 'succeeded', output: 'done' });
    expect(fails.code).toBe(1);
    expect(fails.out).toMatch(/State +failed/);
    expect(fails.out).toContain('it always fails');
    expect(fails.err).toMatch(/^Accepted as t\d+\. Waiting for its end\.\n$/);
    expect(hangs.code).toBe(11);
    const { id } = documentOf('submit', hangs);
    expect(await desk.cli('cancel', id)).toMatchObject({ code: 0, out: expect.stringMatching(/^Done, seen after /) });
    expect(errorOf(await desk.cli('cancel', id, '--json'))).toMatchObject({ exit: 4, code: 'CONFLICT' });
  });

  it('says where an input is no JSON', async () => {
    const broken = file('broken.json', '{\n  "mood": "fine",\n}\n');
    const answer = errorOf(await desk.cli('submit', 'moody', '--input', broken, '--json'));
    expect(answer).toMatchObject({ exit: 2, code: 'BAD_INPUT', where: `${broken}:3:1` });
    expect(answer.message).toContain('at line 3, column 1');
  });

  it.each([
    ['a file that is not there', ['submit', 'moody', '--input', '/nowhere/at/all.json'], 2, '/nowhere/at/all.json'],
    ['no input', ['submit', 'moody'], 2, '--input'],
    ['a bad span', ['submit', 'moody', '--input', '-', '--timeout', 'soon'], 2, 'for example 500ms'],
    ['a bad name', ['submit', 'MOODY', '--input', '-'], 2, 'lower-case letters'],
    ['an empty input', ['submit', 'moody', '--input', '/dev/null'], 2, 'ends too early'],
    ['an unknown state', ['tasks', '--state', 'queued,lost'], 2, 'States are queued, running'],
    ['a limit out of bounds', ['tasks', '--limit', '0'], 2, 'from 1 to 1000'],
    ['a bad task id', ['task', '7'], 2, 't123'],
    ['a task that is not there', ['task', 't999999'], 3, 'no task t999999'],
    ['a task to cancel that is not there', ['cancel', 't999999'], 3, 'no task t999999'],
  ])('refuses %s', async (_what, words, exit, said) => {
    const answer = await desk.cli(...words);
    expect(answer).toMatchObject({ code: exit, out: '' });
    expect(answer.err).toContain(said);
  });
});

describe('an agent', () => {
  it('that is not there is refused with those that are', async () => {
    const answer = errorOf(await desk.cli('submit', 'nobody', '--input', mood('fine'), '--json'));
    expect(answer).toMatchObject({ exit: 3, code: 'NOT_FOUND', next: expect.stringContaining('moody') });
  });
});

describe('tasks and task', () => {
  it('lists by agent and state, page by page, and shows one', async () => {
    await desk.cli('submit', 'moody', '--input', mood('fails-once'), '--wait');
    const list = ['tasks', '--agent', 'moody', '--state', 'succeeded', '--state', 'failed', '--limit', '1', '--json'];
    const page = documentOf('tasks', await desk.cli(...list));
    expect(page.tasks).toHaveLength(1);
    expect(page.tasks[0]).toMatchObject({ agent: 'moody', state: 'succeeded', marks: ['retried'] });
    const next = documentOf('tasks', await desk.cli(...list, '--before', page.next ?? ''));
    expect(next.tasks[0]?.id).not.toBe(page.tasks[0]?.id);

    const id = page.tasks[0]?.id ?? '';
    const [machine, human] = await Promise.all([desk.cli('task', id, '--json'), desk.cli('task', id)]);
    expect(documentOf('task', machine).attemptList.map(({ outcome }) => outcome)).toEqual(['retried', 'succeeded']);
    expect(human.out).toMatch(/Attempts +2 of 3, 5 s each at most/);
    expect(human.out).toMatch(/ +1 +retried +.+it fails the first time/);
  });
});
