import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AgentDefinition, nightdeskKeysSchema } from '#contract/agent.ts';
import { settingsSchema } from '#contract/settings.ts';
import { createBudgets, DESK } from '../../../electron/runner/engine/budgets.ts';
import { createGate } from '../../../electron/runner/engine/gate.ts';
import { newLane, openControl } from '../../../electron/runner/engine/lane.ts';
import type { Verdict } from '../../../electron/runner/engine/protocol.ts';
import { createProviderDesk } from '../../../electron/runner/engine/provider-desk.ts';
import type { Running } from '../../../electron/runner/engine/running.ts';
import { openDatabase } from '../../../electron/store/open.ts';
import { prepareSpend } from '../../../electron/store/spend.ts';
import { until } from '../../support/until.ts';

const NOON = Date.UTC(2026, 10, 24, 12);
const definition = {
  name: 'spender',
  model: ['alpha/a'],
  nightdesk: nightdeskKeysSchema.parse({ limits: { output: 100 } }),
} as AgentDefinition;
const asked = { model: null, tokensIn: 100 };

let verdicts: { task: number; verdict: Verdict }[];
beforeEach(() => {
  verdicts = [];
});

/** A gate with one provider, `alpha`; a call of it costs $0.20 at the worst. */
function openGate(settings: object, diskTakes = () => true) {
  const opened = openDatabase(mkdtempSync(join(tmpdir(), 'nightdesk-test-')), NOON);
  if (!opened.ok) throw new Error(opened.error.message);
  const current = settingsSchema.parse({ prices: { 'alpha/a': { input: 1_000, output: 1_000 } }, ...settings });
  const now = (): number => NOON;
  const providers = createProviderDesk({
    now,
    settings: () => current,
    persist: () => {},
    onChange: () => {},
    onEvent: () => {},
    onServing: () => {},
    atGate: () => 0,
  });
  providers.configure([{ name: 'alpha', kind: 'rehearsal', configured: true, rehearsal: true }], new Map());
  const budgets = createBudgets({
    spending: prepareSpend(opened.value.db),
    now,
    settings: () => current,
    budgetOf: () => ({}),
    onLevel: () => {},
    onSpent: () => {},
  });
  const lane = newLane('spender', openControl('spender'), NOON);
  lane.definition = definition;
  const gate = createGate({
    laneOf: () => lane,
    providers,
    budgets,
    settings: () => current,
    payers: (run) => [{ scope: 'agent', name: run.agent }],
    now,
    diskTakes,
    answer: (run, verdict) => verdicts.push({ task: run.id, verdict }),
  });
  return { gate, budgets, providers, lane };
}

function running(id: number, change: Partial<Running> = {}): Running {
  return {
    id,
    agent: 'spender',
    key: null,
    per: null,
    priority: 0,
    epoch: 1,
    attempt: 1,
    worker: 'worker 1',
    acceptedAt: NOON,
    startedAt: NOON,
    claimedAt: NOON,
    failures: 0,
    crashes: 0,
    costUsd: 0,
    tokensIn: 0,
    tokensOut: 0,
    marks: 0,
    model: null,
    definition,
    failedCalls: new Map(),
    cancelling: false,
    limitUsd: null,
    childrenUsd: 0,
    parent: null,
    ...change,
  };
}

describe('the gate', () => {
  it('tells the agent with its call when 80 % of a budget is spent, and not before', () => {
    const { gate, budgets } = openGate({ budget: { daily: 10 } });
    gate.ask(running(1), asked);
    budgets.settle(1, 'alpha', [DESK], { usd: 8, tokens: 100 });
    gate.ask(running(2), asked);
    expect(verdicts.map(({ verdict }) => verdict.kind === 'go' && verdict.notice)).toEqual([
      null,
      "80 % of today's budget of the whole desk is spent: come to the point, and finish with as few calls as you can.",
    ]);
  });

  it('lets those that wait pass in the order in which they came', async () => {
    const { gate, providers } = openGate({ providers: { alpha: { concurrency: 1 } } });
    for (const id of [1, 2, 3, 4]) gate.ask(running(id), asked);
    expect(verdicts.map(({ task }) => task)).toEqual([1]);
    for (const done of [1, 2, 3]) {
      gate.leave(running(done));
      await until(() => verdicts.length === done + 1);
    }
    expect(verdicts.map(({ task }) => task)).toEqual([1, 2, 3, 4]);
    expect(providers.get('alpha')?.inFlight).toBe(1);
  });

  it('gives the worst case of a call back when its attempt is over', () => {
    const { gate, budgets } = openGate({ budget: { daily: 10 } });
    gate.ask(running(1), asked);
    expect(budgets.spend(DESK).reservedUsd).toBeCloseTo(0.2);
    gate.leave(running(1));
    expect(budgets.spend(DESK)).toMatchObject({ reservedUsd: 0, usd: 0 });
  });

  it('holds a call whose worst case only those under way leave no room for, and lets it go when they cost less', async () => {
    const { gate, budgets } = openGate({ budget: { daily: 0.3 } });
    gate.ask(running(1), asked);
    gate.ask(running(2), asked);
    expect(verdicts).toHaveLength(1);
    budgets.settle(1, 'alpha', [], { usd: 0.05, tokens: 50 });
    gate.wake();
    await until(() => verdicts.length === 2);
    expect(verdicts[1]).toMatchObject({ task: 2, verdict: { kind: 'go' } });
  });

  it('answers one that waits when its lane is paused', async () => {
    const { gate, lane } = openGate({ providers: { alpha: { concurrency: 1 } } });
    gate.ask(running(1), asked);
    gate.ask(running(2), asked);
    lane.control = { ...lane.control, intake: 'paused' };
    gate.wake();
    await until(() => verdicts.length === 2);
    expect(verdicts[1]).toMatchObject({ task: 2, verdict: { kind: 'hold' } });
  });

  it('stops a task that has cost its limit, what it spawned counted in; a raised one goes on', () => {
    const { gate } = openGate({});
    const limited = {
      ...definition,
      nightdesk: nightdeskKeysSchema.parse({ limits: { output: 100, cost: 1 } }),
    };
    const spent = { definition: limited, costUsd: 0.6, childrenUsd: 0.4 };
    gate.ask(running(1, spent), asked);
    gate.ask(running(2, { ...spent, limitUsd: 2 }), asked);
    expect(verdicts.map(({ verdict }) => verdict)).toMatchObject([
      { kind: 'limit', limitUsd: 1, spentUsd: 1 },
      { kind: 'go' },
    ]);
  });

  it('lets no call out while its answer could not be written', async () => {
    const disk = { takes: false };
    const { gate } = openGate({}, () => disk.takes);
    gate.ask(running(1), asked);
    expect(verdicts).toEqual([]);
    disk.takes = true;
    gate.wake();
    await until(() => verdicts.length === 1);
    expect(verdicts[0]).toMatchObject({ verdict: { kind: 'go' } });
  });
});
