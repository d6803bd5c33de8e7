import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('worker-crash-loop: workers stay alive once the cause is gone, and the queue is worked off', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.workers.dieAtStart(true);
  desk.workers.kill();
  await desk.submit('billing', { amount: 5 }, 3);
  const incident = await desk.fires('worker-crash-loop', 'worker-crash-loop');

  const run = await desk.carryOut('worker-crash-loop', incident, {
    answers: { cause: 'something-else' },
    does: { 'The cause is gone': () => desk.workers.dieAtStart(false) },
  });
  expect(run.outcome).toBe('recovered');
  await desk.resolves('worker-crash-loop');
  expect((await desk.client.tasks.list({ state: ['succeeded'], limit: 10 })).tasks).toHaveLength(3);
});
