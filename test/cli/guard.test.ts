import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterAll(() => desk.close());

describe('budgets, integrations, routes and history', () => {
  it('are shown as tables and as documents', async () => {
    const { spends } = documentOf('budgets', await desk.cli('budgets', '--json'));
    expect(spends[0]).toMatchObject({ scope: 'desk', budgetUsd: null, level: 'fine' });
    const own = spends.find((spend) => spend.name === 'invoice-triage');
    expect(own).toMatchObject({ scope: 'agent', level: 'fine' });
    expect(own?.budgetUsd).toBeGreaterThan(0);
    expect((await desk.cli('budgets')).out).toMatch(/agent invoice-triage +\$0\.00 +\$0\.00 +\$\d+\.00/);

    const { integrations } = documentOf('integrations', await desk.cli('integrations', '--json'));
    expect(integrations.map((integration) => integration.name)).toEqual(expect.arrayContaining(['ledger', 'vendors']));

    const { routes } = documentOf('routes', await desk.cli('routes', '--json'));
    const route = routes.find((each) => each.agent === 'invoice-triage');
    expect(route?.hops.map((hop) => hop.state)).toEqual(['serves', 'serves', 'serves']);
    expect((await desk.cli('routes')).out).toMatch(/invoice-triage +anthropic\/claude-sonnet-4-5 +serves/);

    expect((await desk.cli('history', 'anthropic')).out).toBe('Nothing befell them.\n');
  });
});

async function budgetOf(agent: string): Promise<number | null | undefined> {
  const { spends } = documentOf('budgets', await desk.cli('budgets', '--json'));
  return spends.find((spend) => spend.name === agent)?.budgetUsd;
}

describe('set and reset', () => {
  it('set what an agent may do at once and spend a day, and set it back', async () => {
    const own = await budgetOf('invoice-triage');
    const set = documentOf(
      'action',
      await desk.cli('set', 'invoice-triage', '--concurrency', '2', '--budget', '$5', '--json'),
    );
    expect(set).toMatchObject({
      plan: { command: 'nightdesk set invoice-triage --concurrency 2 --budget 5' },
      outcome: { state: 'applied' },
    });
    expect((await desk.cli('status')).out).toMatch(/set invoice-triage to 2 at a time, \$5 a day/);
    const back = await desk.cli('set', 'invoice-triage', '--concurrency', 'default', '--budget', 'default', '--json');
    expect(documentOf('action', back).outcome.state).toBe('applied');
    expect(await budgetOf('invoice-triage')).toBe(own);
  });

  it('refuse a change of nothing, an amount that is none, and a breaker that is not there', async () => {
    expect(errorOf(await desk.cli('set', 'invoice-triage', '--json'))).toMatchObject({ exit: 2, code: 'BAD_INPUT' });
    expect((await desk.cli('set', 'invoice-triage', '--budget', 'much')).code).toBe(2);
    expect(errorOf(await desk.cli('reset', 'nobody', '--json'))).toMatchObject({ exit: 3, code: 'NOT_FOUND' });
  });

  it('reset a breaker, and history says who did', async () => {
    const reset = documentOf('action', await desk.cli('reset', 'anthropic', '--json'));
    expect(reset).toMatchObject({ outcome: { state: 'applied' } });
    const { events } = documentOf('history', await desk.cli('history', 'anthropic', '--json'));
    expect(events).toMatchObject([{ provider: 'anthropic', kind: 'reset' }]);
    expect((await desk.cli('reset', 'ledger')).out).toContain('the breaker of integration ledger is closed');
  });
});
