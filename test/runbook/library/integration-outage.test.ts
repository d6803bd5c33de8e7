import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('integration-outage: tasks wait for the ledger, and none is lost', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 10_000 });
  await desk.pass(60_000);
  desk.set('ledger-down', true);
  const incident = await desk.fires('integration-breaker-open', 'integration-outage');

  const run = await desk.carryOut('integration-outage', incident, {
    answers: { cause: 'their-outage' },
    does: { 'ledger is repaired': () => desk.set('ledger-down', false) },
  });
  expect(run).toMatchObject({ outcome: 'recovered', inputs: { agent: 'billing', integration: 'ledger' } });
  await desk.resolves('integration-breaker-open');
  expect((await desk.client.tasks.list({ state: ['failed', 'in-doubt'], limit: 10 })).tasks).toEqual([]);
});
