import { describe, expect, it } from 'vitest';
import type { Integration, Spend } from '#contract/integration.ts';
import type { Provider } from '#contract/provider.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import { ALERT_RULES, limitSignals, signalsOf } from '../../../electron/health/alert/rules.ts';
import { summaryOf } from '../../support/health.ts';

const NIGHT = 1_800_000_000_000;
const nothing: RuntimeSnapshot = {
  agents: [],
  lanes: [],
  providers: [],
  interventions: [],
  integrations: [],
  spends: [],
  looping: [],
  workers: { wanted: 2, youngDeaths: 0 },
};
const ledger: Integration = {
  name: 'ledger',
  breaker: 'open',
  since: NIGHT,
  probeAt: NIGHT + 15_000,
  calls: 8,
  errors: 6,
  lastError: { message: 'connection refused', at: NIGHT },
  lastEffectAt: null,
  criticalTo: ['invoice-triage'],
};
const spend: Spend = {
  scope: 'agent',
  name: 'reply-drafts',
  day: '2027-01-15',
  usd: 8,
  tokens: 100,
  reservedUsd: 0,
  budgetUsd: 10,
  budgetTokens: null,
  share: 0.8,
  level: 'warned',
};

function events(snapshot: Partial<RuntimeSnapshot>): Record<string, string> {
  const signals = signalsOf({ ...nothing, ...snapshot });
  return Object.fromEntries(signals.map((signal) => [`${signal.rule} ${signal.subject}`, signal.event]));
}

describe('the alert rules', () => {
  it('hold for a provider that refuses calls as too many, and a minute after its last refusal', () => {
    const provider: Provider = {
      ...{ name: 'anthropic', kind: 'anthropic', configured: true, rehearsal: false, breaker: 'closed', since: NIGHT },
      ...{ probeAt: null, calls: 4, errors: 0, failedInRow: 0, lastHour: { calls: 4, errors: [] }, fault: null },
      ...{ share: 1, inFlight: 0, atGate: 3, concurrency: null, rate: null },
      lastError: { message: 'rate_limit_error', status: 429, at: NIGHT },
      cooldownUntil: NIGHT + 30_000,
    };
    const event = (change: Partial<Provider>, at: number) =>
      limitSignals({ ...nothing, providers: [{ ...provider, ...change }] }, at)[0]?.event;
    expect(event({}, NIGHT)).toBe('holds');
    expect(event({ cooldownUntil: null }, NIGHT + 59_999)).toBe('holds');
    expect(event({ cooldownUntil: null }, NIGHT + 60_000)).toBe('cleared');
    expect(event({ cooldownUntil: null, lastError: null }, NIGHT)).toBe('cleared');
    expect(event({ cooldownUntil: null, lastError: { message: 'down', at: NIGHT } }, NIGHT)).toBe('cleared');
  });

  it('fire for an integration whose breaker is open, and are not sure of it while it is probed', () => {
    expect(events({ integrations: [ledger] })).toMatchObject({ 'integration-breaker-open ledger': 'holds' });
    expect(events({ integrations: [{ ...ledger, breaker: 'half-open' }] })).toMatchObject({
      'integration-breaker-open ledger': 'uncertain',
    });
    expect(signalsOf({ ...nothing, integrations: [ledger] })[0]).toMatchObject({
      title: 'ledger does not answer: invoice-triage affected',
      value: '75 % errors of 8 calls in 1 min',
      error: 'connection refused',
      labels: { integration: 'ledger', agent: 'invoice-triage' },
    });
  });

  it('count calls in words that fit their number', () => {
    const value = (calls: number, errors: number) =>
      signalsOf({ ...nothing, integrations: [{ ...ledger, calls, errors }] })[0]?.value;
    expect(value(1, 1)).toBe('100 % errors of 1 call in 1 min');
    expect(value(2, 1)).toBe('50 % errors of 2 calls in 1 min');
    expect(value(0, 0)).toBe('no calls in 1 min');
  });

  it('warn of a budget at 80 %, and say when all of it is spent', () => {
    const of = (level: Spend['level']) => events({ spends: [{ ...spend, level }] });
    const about = 'agent:reply-drafts';
    expect(of('fine')).toMatchObject({ [`budget-80 ${about}`]: 'cleared', [`budget-reached ${about}`]: 'cleared' });
    expect(of('warned')).toMatchObject({ [`budget-80 ${about}`]: 'holds', [`budget-reached ${about}`]: 'cleared' });
    expect(of('reached')).toMatchObject({ [`budget-80 ${about}`]: 'uncertain', [`budget-reached ${about}`]: 'holds' });
    expect(signalsOf({ ...nothing, spends: [spend] })[0]).toMatchObject({ value: '$8.00 of $10.00' });
  });

  it('fire for an agent whose tasks repeat themselves, and are over when none does', () => {
    const agents = [summaryOf('reply-drafts'), summaryOf('invoice-triage')];
    const looping = [
      { agent: 'reply-drafts', task: 't7' },
      { agent: 'reply-drafts', task: 't9' },
    ];
    const [loops, still] = signalsOf({ ...nothing, agents, looping }).filter(({ rule }) => rule === 'task-looping');
    expect(loops).toMatchObject({
      subject: 'reply-drafts',
      event: 'holds',
      severity: 'ticket',
      title: 'reply-drafts repeats itself: t7 and 1 more wait for a person',
      value: '2 looping',
      labels: { agent: 'reply-drafts', task: 't7' },
    });
    expect(still).toMatchObject({ subject: 'invoice-triage', event: 'cleared' });
    expect(events({ agents })).toMatchObject({ 'task-looping reply-drafts': 'cleared' });
  });

  it('fire for workers that die one after the other, and are over when they live', () => {
    const after = (youngDeaths: number) => events({ workers: { wanted: 2, youngDeaths } });
    expect([0, 1, 2, 3].map((deaths) => after(deaths)['worker-crash-loop workers'])).toEqual([
      'cleared',
      'uncertain',
      'uncertain',
      'holds',
    ]);
  });

  it('say what they are for: a title, a sentence of when, and rules of one kind differ in severity or window alone', () => {
    for (const [name, { title, when, kind }] of Object.entries(ALERT_RULES)) {
      expect(`${name}: ${title}, ${when}`).toMatch(/^[a-z0-9-]+: [A-Z][^.]+, [^A-Z][^.].{10,}[^.]$/);
      expect(kind).not.toContain('file:');
    }
    const kinds = Object.groupBy(Object.entries(ALERT_RULES), ([, { kind }]) => kind);
    const shared = Object.entries(kinds).flatMap(([kind, rules = []]) => (rules.length > 1 ? [kind] : []));
    expect(shared.toSorted()).toEqual(['budget', 'heartbeat', 'success']);
  });
});
