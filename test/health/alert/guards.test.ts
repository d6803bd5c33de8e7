import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Integration, Spend } from '#contract/integration.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

let desk: TestHealth;
beforeEach(() => {
  desk = startHealth({ 'invoice-triage': { tools: ['ledger.post'] }, elsewhere: {} });
});
afterEach(() => desk.close());

const ledger: Integration = {
  name: 'ledger',
  breaker: 'open',
  since: NIGHT,
  probeAt: NIGHT + 15_000,
  calls: 10,
  errors: 10,
  lastError: { message: 'connection refused', at: NIGHT },
  lastEffectAt: null,
  criticalTo: [],
};
const spend: Spend = {
  scope: 'agent',
  name: 'invoice-triage',
  day: '2027-01-15',
  usd: 8.5,
  tokens: 1_000,
  reservedUsd: 0.1,
  budgetUsd: 10,
  budgetTokens: null,
  share: 0.85,
  level: 'warned',
};

const titles = () => desk.health.incidents(true).map((incident) => incident.title);

describe('an integration whose breaker opens', () => {
  it('opens an incident that names its users, and resolves it when it closes', async () => {
    desk.emit({ kind: 'integration', integration: ledger });
    await until(() => titles().length === 1);
    expect(desk.health.incidents(true)[0]).toMatchObject({
      title: 'ledger does not answer: invoice-triage affected',
      agents: ['invoice-triage'],
      alerts: [{ rule: 'integration-breaker-open', value: '100 % errors of 10 calls in 1 min' }],
    });
    expect(desk.health.alertState('integration-breaker-open', 'ledger')).toBe('firing');
    desk.emit({ kind: 'integration', integration: { ...ledger, breaker: 'half-open' } });
    desk.emit({ kind: 'integration', integration: { ...ledger, breaker: 'closed' } });
    await until(() => titles().length === 0);
    expect(desk.health.incident(1)).toMatchObject({ state: 'resolved' });
  });
});

describe('a budget', () => {
  it('that is warned of and then spent is one alert that rises to a page, and a new day resolves it', async () => {
    desk.emit({ kind: 'spend', spend });
    await until(() => titles().length === 1);
    const alert = () => desk.health.incident(1)?.alerts[0];
    expect(alert()).toMatchObject({ rule: 'budget-80', severity: 'ticket', value: '$8.50 of $10.00' });
    desk.emit({ kind: 'spend', spend: { ...spend, usd: 10, share: 1, level: 'reached' } });
    await until(() => alert()?.severity === 'page');
    expect(alert()).toMatchObject({
      rule: 'budget-reached',
      summary: "Today's budget of agent invoice-triage is spent: nothing new starts",
    });
    expect(titles()).toHaveLength(1);
    expect(desk.health.alertState('budget-reached', 'invoice-triage')).toBe('firing');
    desk.emit({ kind: 'spend', spend: { ...spend, usd: 0, share: 0, level: 'fine' } });
    await until(() => titles().length === 0);
    expect(desk.health.alertState('budget-reached', 'invoice-triage')).toBe('resolved');
  });
});
