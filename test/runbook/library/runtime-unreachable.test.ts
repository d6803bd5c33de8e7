import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('runtime-unreachable: workers that stood still go on, and so do their tasks', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 10_000 });
  await desk.pass(60_000);
  desk.workers.stop(true);
  const incident = await desk.fires('heartbeat-lost', 'runtime-unreachable');

  const run = await desk.carryOut('runtime-unreachable', incident, {
    answers: { cause: 'stopped-or-hung' },
    does: {
      'Let stopped ones go on, or kill those that hang: successors start by themselves': () => desk.workers.stop(false),
    },
  });
  expect(run).toMatchObject({ outcome: 'recovered', inputs: { runtime: 'embedded' } });
  await desk.resolves('heartbeat-lost');
  desk.traffic(null);
  await desk.until(
    async () => (await desk.client.tasks.list({ state: ['queued', 'running'], limit: 1 })).tasks.length === 0,
  );
  expect((await desk.client.tasks.list({ state: ['failed', 'in-doubt'], limit: 10 })).tasks).toEqual([]);
});
