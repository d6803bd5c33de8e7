import { describe, expect, it } from 'vitest';
import type { Integration, Spend } from '#contract/integration.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import { readCheck } from '../../../electron/runbook/execute/measure.ts';
import { parseCheck } from '../../../electron/runbook/parse/check.ts';
import { createTestRuntime } from '../../support/runtime.ts';

const runtime = createTestRuntime({
  agents: { triage: { route: ['anthropic'] } },
  providers: ['anthropic'],
  now: () => 0,
});

type Given = Partial<RuntimeSnapshot> & { p95?: number | null; oldest?: number | null };

/** What a check that is written so reads. */
function read(text: string, { p95 = null, oldest = null, ...snapshot }: Given = {}) {
  const { check, faults } = parseCheck(`${text} within 1m`);
  if (check === null) throw new Error(faults.map(({ message }) => message).join(' '));
  return readCheck(check, {
    runtime: { ...runtime, snapshot: () => ({ ...runtime.snapshot(), ...snapshot }) },
    measure: {
      rate: () => ({ good: 0, total: 0, estimate: null, low: 0, high: 1 }),
      p95: () => p95,
      oldest: () => oldest,
      alertState: (rule, about) => (rule === 'budget-reached' && about === 'agent:triage' ? 'resolved' : undefined),
    },
  });
}
const held = (text: string, given?: Given): boolean | 'no-data' => {
  const reading = read(text, given);
  return reading.kind === 'data' ? reading.holds : 'no-data';
};

describe('a check', () => {
  it('on an integration reads its breaker, and has no data of one that no tool reached', () => {
    const ledger: Integration = {
      ...{ name: 'ledger', breaker: 'open', since: 0, probeAt: null, calls: 4, errors: 4, lastError: null },
      ...{ lastEffectAt: null, criticalTo: [] },
    };
    expect(read('integration(name=ledger) != closed', { integrations: [ledger] })).toEqual({
      kind: 'data',
      holds: true,
      text: "ledger's breaker is open",
    });
    expect(held('integration(name=ledger) == closed', { integrations: [ledger] })).toBe(false);
    expect(held('integration(name=mailbox) == closed', { integrations: [ledger] })).toBe('no-data');
  });

  it('on spans compares them with spans, and has no data where nothing ended', () => {
    expect(held('p95(agent=triage) <= 30s', { p95: 30_000 })).toBe(true);
    expect(held('p95(agent=triage) <= 30s', { p95: 31_000 })).toBe(false);
    expect(read('p95(agent=triage, within=2m) <= 30s')).toEqual({
      kind: 'no-data',
      text: 'no task ended in the last 2 min',
    });
    expect(held('oldest(agent=triage) <= 5m', { oldest: 0 })).toBe(true);
    expect(held('oldest(agent=triage) <= 5m', { oldest: 300_001 })).toBe(false);
    expect(held('oldest(agent=nobody) <= 5m')).toBe('no-data');
  });

  it('on spans is compared with nothing else', () => {
    expect(() => read('p95(agent=triage) <= 95%')).toThrow('p95 is not compared with "95%".');
    expect(() => read('oldest(agent=triage) <= 30')).toThrow('oldest is not compared with "30".');
  });

  it('on loops counts those of the agent', () => {
    const looping = [
      { agent: 'triage', task: 't1' },
      { agent: 'drafts', task: 't2' },
    ];
    expect(read('looping_tasks(agent=triage) == 1', { looping })).toEqual({
      kind: 'data',
      holds: true,
      text: '1 repeat themselves',
    });
    expect(held('looping_tasks(agent=nobody) == 0', { looping })).toBe('no-data');
  });

  it('on spend reads the share of the budget, also above all of it, and has no data without a budget', () => {
    const spend: Spend = {
      ...{ scope: 'agent', name: 'triage', day: '2026-11-24', usd: 12, tokens: 0, reservedUsd: 0, budgetUsd: 10 },
      ...{ budgetTokens: null, share: 1.2, level: 'reached' },
    };
    expect(held('spend(agent=triage) < 80%', { spends: [spend] })).toBe(false);
    expect(held('spend(agent=triage) >= 100%', { spends: [spend] })).toBe(true);
    expect(held('spend(agent=triage) < 80%', { spends: [{ ...spend, share: null, budgetUsd: null }] })).toBe('no-data');
    expect(held('spend(agent=triage) < 80%', { spends: [{ ...spend, scope: 'provider' }] })).toBe('no-data');
  });

  it('on worker deaths takes no argument', () => {
    expect(held('worker_deaths() == 0', { workers: { wanted: 2, youngDeaths: 0 } })).toBe(true);
    expect(held('worker_deaths() == 0', { workers: { wanted: 2, youngDeaths: 3 } })).toBe(false);
    expect(() => read('worker_deaths(agent=triage) == 0')).toThrow('worker_deaths has no argument "agent".');
  });

  it('on an alert may name its subject', () => {
    expect(held('alert(rule=budget-reached, about=agent:triage) == resolved')).toBe(true);
    expect(held('alert(rule=budget-reached, about=provider:triage) == resolved')).toBe('no-data');
  });
});
