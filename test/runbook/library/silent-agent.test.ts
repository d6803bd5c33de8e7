import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('silent-agent: the source is woken, and the agent succeeds again', async () => {
  desk = await openLibraryDesk(['nightly']);
  await desk.submit('nightly', 'work');
  const incident = await desk.fires('no-success', 'silent-agent');

  const run = await desk.carryOut('silent-agent', incident, {
    answers: { cause: 'a-caller' },
    does: {
      "Ask the caller's team since when they send nothing": () =>
        desk.traffic({ agent: 'nightly', input: 'work', everyMs: 30_000 }),
    },
  });
  expect(run.outcome).toBe('recovered');
  await desk.resolves('no-success');
});
