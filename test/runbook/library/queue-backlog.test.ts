import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('queue-backlog: more at once drains the queue', async () => {
  desk = await openLibraryDesk(['nightly']);
  desk.traffic({ agent: 'nightly', input: 'work', everyMs: 10_000 });
  await desk.fault('anthropic', { latencyMs: 40_000 });
  const incident = await desk.fires('queue-growing', 'queue-backlog');

  const run = await desk.carryOut('queue-backlog', incident, { answers: { cause: 'it-moves' } });
  expect(run).toMatchObject({ outcome: 'recovered', inputs: { rule: 'queue-growing', concurrency: '16' } });
  await desk.resolves('queue-growing');
});
