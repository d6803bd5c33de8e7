import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import type { Spend } from '#contract/integration.ts';
import { endedTask } from '../../support/ended.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

const ANA: Actor = { name: 'ana', via: 'console' };
const MINUTE = 60_000;

let test: TestHealth;
beforeEach(() => {
  test = startHealth({ 'invoice-triage': { route: ['anthropic/claude'] }, elsewhere: { route: ['google/gemini'] } });
});
afterEach(() => test.close());

const part = () => test.health.incidentPart;

let tasks = 0;
/** `count` tasks of an agent end so in the minute that begins `minute` minutes after NIGHT. */
function end(minute: number, state: 'succeeded' | 'failed', count: number, agent = 'invoice-triage'): void {
  for (let index = 0; index < count; index += 1) {
    tasks += 1;
    test.emit(endedTask({ id: `t${tasks}`, agent, state, endedAt: NIGHT + minute * MINUTE + index }));
  }
}

async function down(provider: string): Promise<IncidentDetail> {
  test.setBreaker(provider, 'open', { calls: 20, errors: 15 });
  return until(() => {
    const found = test.health.incidents(true).find(({ title }) => title.startsWith(provider));
    return found && test.health.incident(found.id);
  });
}

describe('what an incident did to tasks', () => {
  it('begins at the first bad minute of its agents, and is mitigated when they are well again', async () => {
    end(-9, 'succeeded', 20);
    end(-3, 'failed', 5);
    end(-1, 'failed', 5);
    end(-5, 'failed', 5, 'elsewhere');
    const { id } = await down('anthropic');
    end(0, 'failed', 5);
    for (const minute of [1, 2, 3, 4, 5]) end(minute, 'succeeded', 10);
    test.clock.now = NIGHT + 6 * MINUTE;
    await part().desk.resolve({ id, reason: 'the vendor is back', anyway: true }, ANA);
    expect(test.health.incident(id)?.times).toEqual({
      impactAt: NIGHT - 3 * MINUTE,
      detectedAt: NIGHT,
      mitigatedAt: NIGHT + MINUTE,
      resolvedAt: NIGHT + 6 * MINUTE,
    });
    const draft = part().desk.draft({ id, fresh: true });
    expect(draft.ok && draft.value.text).toContain('15 of 65 tasks (23.1 %) of invoice-triage failed');
  });

  it('is measured while it lasts, without anybody asking', async () => {
    end(-2, 'failed', 5);
    const { id } = await down('anthropic');
    await until(() => test.health.incident(id)?.times.impactAt === NIGHT - 2 * MINUTE);
  });

  it('draws its agents’ ends around it, with half an hour before', async () => {
    end(-20, 'succeeded', 7);
    end(-1, 'failed', 3);
    end(-1, 'failed', 9, 'elsewhere');
    const { id } = await down('anthropic');
    test.clock.now = NIGHT + 2 * MINUTE;
    const chart = part().chart(id);
    expect(chart).toMatchObject({ bucketMs: MINUTE });
    const sum = (counts: number[] | undefined): number => counts?.reduce((total, count) => total + count, 0) ?? 0;
    expect([sum(chart?.good), sum(chart?.bad)]).toEqual([7, 3]);
    expect(chart?.from).toBeLessThanOrEqual(NIGHT - 30 * MINUTE);
    expect(chart?.bad[(NIGHT - MINUTE - (chart?.from ?? 0)) / MINUTE]).toBe(3);
    expect(part().chart(99)).toBeUndefined();
  });
});

it('times of many: merged ones count once, open ones as at least', async () => {
  const first = await part().desk.open({ title: 'One', severity: 'sev2', agents: [] }, ANA);
  const second = await part().desk.open({ title: 'Two', severity: 'sev2', agents: [] }, ANA);
  const third = await part().desk.open({ title: 'Three', severity: 'sev2', agents: [] }, ANA);
  if (!first.ok || !second.ok || !third.ok) throw new Error('not opened');
  test.clock.now = NIGHT + 10 * MINUTE;
  await part().desk.resolve({ id: first.value.id, reason: 'done', anyway: false }, ANA);
  await part().desk.merge({ id: third.value.id, into: first.value.id }, ANA);
  await part().desk.resolve({ id: first.value.id, reason: 'done', anyway: false }, ANA);
  test.clock.now = NIGHT + 30 * MINUTE;
  expect(part().stats(28, false)).toMatchObject({
    incidents: 2,
    detect: { n: 0, unmeasured: 2 },
    resolve: { n: 2, lasting: 1, medianMs: 20 * MINUTE, medianAtLeast: true, p90Ms: 30 * MINUTE, p90AtLeast: true },
  });
  expect(part().stats(28, true).incidents).toBe(0);
});

describe('the severity of what alerts open', () => {
  it('is sev2 for a page; a ticket’s is sev3 until an alert that pages joins it', async () => {
    expect((await down('anthropic')).severity).toBe('sev2');
    const spend: Spend = {
      scope: 'agent',
      name: 'elsewhere',
      day: '2026-11-24',
      usd: 8.1,
      tokens: 0,
      reservedUsd: 0,
      budgetUsd: 10,
      budgetTokens: null,
      share: 0.81,
      level: 'warned',
    };
    test.emit({ kind: 'spend', spend });
    const ticket = await until(() => test.health.incidents(true).find(({ title }) => title.startsWith('80 %')));
    expect(ticket.severity).toBe('sev3');
    test.setBreaker('google', 'open', { calls: 20, errors: 15 });
    await until(() => test.health.incident(ticket.id)?.severity === 'sev2');
    const texts = test.health.incident(ticket.id)?.timeline.map(({ text }) => text);
    expect(texts).toContain('Its severity is sev2: an alert that pages joined it');
  });
});
