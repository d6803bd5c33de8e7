import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('provider-rate-limited: the fallback takes the work until the provider takes calls again', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 10_000 });
  await desk.fault('anthropic', { retryAfterMs: 30_000 });
  const incident = await desk.fires('provider-rate-limited', 'provider-rate-limited');

  const run = await desk.carryOut('provider-rate-limited', incident, {
    answers: { cause: 'more-work' },
    does: { 'Keep below the limit from now on': () => desk.fault('anthropic', null) },
  });
  expect(run.outcome).toBe('recovered');
  await desk.resolves('provider-rate-limited');
  const [route] = await desk.client.providers.routes();
  expect(route).toMatchObject({ agent: 'billing', reroutedTo: null });
});
