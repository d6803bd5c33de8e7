import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('provider-down: agents work on the fallback while the provider is down, and go back when it serves', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 10_000 });
  await desk.pass(60_000);
  await desk.fault('anthropic', { down: true });
  const incident = await desk.fires('provider-breaker-open', 'provider-down');

  const run = await desk.carryOut('provider-down', incident, { answers: { cause: 'provider-outage' } });
  expect(run).toMatchObject({ outcome: 'recovered', agent: 'billing' });
  const providers = await desk.client.providers.list();
  expect(providers.find(({ name }) => name === 'anthropic')?.breaker).not.toBe('closed');

  await desk.fault('anthropic', null);
  const action = { verb: 'reroute', agent: 'billing', to: 'default' } as const;
  await desk.client.actions.execute({ action, key: 'back-again' });
  await desk.resolves('provider-breaker-open');
});
