import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('budget-reached: the budget is raised for today, and what waited runs', async () => {
  desk = await openLibraryDesk(['spender'], { prices: { 'anthropic/claude': { input: 1_000, output: 1_000 } } });
  await desk.submit('spender', 'first', 9);
  desk.traffic({ agent: 'spender', input: 'more', everyMs: 60_000 });
  const incident = await desk.fires('budget-reached', 'budget-reached');
  await desk.until(
    async () => (await desk.client.tasks.list({ state: ['queued', 'waiting'], limit: 10 })).tasks.length > 2,
  );

  const run = await desk.carryOut('budget-reached', incident, {
    inputs: { budget: '400' },
    answers: { cause: 'more-work' },
  });
  expect(run).toMatchObject({ outcome: 'recovered', agent: 'spender' });
  await desk.resolves('budget-reached');
  expect(await desk.client.actions.interventions()).toMatchObject([
    { verb: 'set', agent: 'spender', to: '$400 a day' },
  ]);
});
