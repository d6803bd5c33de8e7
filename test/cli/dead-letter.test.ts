import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS));
});
afterAll(() => desk.close());

const INPUT = { does: 'pays', steps: ['debit'], fails: true };
const end = (id: string) => desk.client.tasks.wait({ id, withinMs: 20_000 });
async function deadLetter(key: string): Promise<string> {
  const { id } = await desk.client.tasks.submit({ agent: 'family', input: INPUT, key });
  expect((await end(id)).state).toBe('failed');
  return id;
}
function file(name: string, text: string): string {
  const path = join(desk.folder, name);
  writeFileSync(path, text);
  return path;
}

it('dead letters are requeued, edited and forked at the command line', async () => {
  const [first, second] = await Promise.all([deadLetter('cli-1'), deadLetter('cli-2')]);
  expect((await desk.cli('task', first)).out).toContain(`nightdesk requeue ${first}`);
  expect(errorOf(await desk.cli('requeue', '--json'))).toMatchObject({ exit: 2, where: 'tasks' });
  expect(errorOf(await desk.cli('requeue', '--agent', 'family', '--json'))).toMatchObject({ exit: 2, where: '--yes' });
  const listed = await desk.cli('tasks', '--class', 'tool', '--json');
  expect(documentOf('tasks', listed).total).toBe(2);

  const [edited, forked] = await Promise.all([
    desk.cli('resubmit', first, '--input', file('edited.json', '{"does":"pays","steps":["debit"]}'), '--json'),
    desk.cli('fork', first, '--step', 'debit', '--key', 'fork-1', '--json'),
  ]);
  expect(await end(documentOf('resubmit', edited).id)).toMatchObject({ state: 'succeeded' });
  const fork = documentOf('fork', forked).id;
  expect((await desk.cli('task', first)).out).toContain(`${fork} (forked after "debit")`);
  expect(documentOf('fork', await desk.cli('fork', first, '--step', 'debit', '--key', 'fork-1', '--json'))).toEqual({
    id: fork,
    duplicate: true,
  });

  file('mended', '');
  const one = await desk.cli('requeue', first, '--json');
  expect(documentOf('action', one)).toMatchObject({ receipt: { repeated: false }, outcome: { state: 'applied' } });
  const rest = await desk.cli('requeue', '--agent', 'family', '--class', 'tool', '--text', 'cli-', '--yes');
  expect(rest.err).toContain('1 of family');
  await until(async () => (await desk.client.tasks.get({ id: second })).state === 'succeeded');
  expect(await end(first)).toMatchObject({ state: 'succeeded' });
  expect(errorOf(await desk.cli('requeue', first, '--json'))).toMatchObject({ exit: 4, code: 'CONFLICT' });
});

it('a task that backs off is tried at the command line', async () => {
  const { id } = await desk.client.tasks.submit({ agent: 'patient', input: null });
  await until(async () => (await desk.client.tasks.get({ id })).waitKind === 'backoff');
  expect(documentOf('retry', await desk.cli('retry', id, '--json'))).toMatchObject({ id });
  await until(async () => (await desk.client.tasks.get({ id })).attempts === 2);
});
