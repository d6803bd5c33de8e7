import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('latency: another provider serves, and the objective holds', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 30_000 });
  await desk.fault('anthropic', { latencyMs: 40_000 });
  const incident = await desk.fires('latency-objective', 'latency');

  const run = await desk.carryOut('latency', incident, { answers: { cause: 'model' } });
  expect(run.outcome).toBe('recovered');
  await desk.resolves('latency-objective');
});
