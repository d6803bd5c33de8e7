import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('retry-loop: no new one begins, the one that loops is stopped, and the rest succeed', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 10_000 });
  await desk.submit('billing', { amount: 7, loop: true });
  const incident = await desk.fires('task-looping', 'retry-loop');

  const run = await desk.carryOut('retry-loop', incident, {
    answers: { cause: 'this-input-alone' },
    does: {
      'Answer every looping task: steer it, or stop it': async () => {
        const [question] = await desk.client.questions.list({ open: true });
        await desk.client.questions.answer({ id: question?.id ?? 0, answer: { choice: 'stop' } });
      },
    },
  });
  expect(run.outcome).toBe('recovered');
  await desk.resolves('task-looping');
  const { tasks } = await desk.client.tasks.list({ state: ['failed'], limit: 10 });
  expect(tasks.map(({ id }) => id)).toEqual([run.inputs.task]);
});
