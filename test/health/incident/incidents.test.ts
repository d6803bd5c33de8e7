import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import { ACKNOWLEDGED_MS, REOPEN_MS } from '../../../electron/health/alert/life.ts';
import { endedTask } from '../../support/ended.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

const ANA: Actor = { name: 'ana', via: 'console' };
const BEN: Actor = { name: 'ben', via: 'cli' };
const RULE = 'provider-breaker-open';

let desk: TestHealth;
beforeEach(() => {
  desk = startHealth({
    'reply-drafts': {},
    'invoice-triage': {},
    'second-choice': { route: ['openai/gpt', 'anthropic/claude'] },
    elsewhere: { route: ['google/gemini'] },
  });
});
afterEach(() => desk.close());

/** Waits until the incident stands like this, and gives it. */
function incident(state: IncidentDetail['state'], id = 1): Promise<IncidentDetail> {
  return until(() => {
    const found = desk.health.incident(id);
    return found?.state === state && found;
  });
}

/** Lets everything that was begun before be written. */
async function written(): Promise<void> {
  desk.health.addEntry(1, { at: desk.clock.now, kind: 'note', text: 'all before this is written', by: null });
  await until(() => texts(1).includes('all before this is written'));
}

function texts(id: number): string[] {
  return desk.health.incident(id)?.timeline.map((entry) => entry.text) ?? [];
}

async function breakDown(): Promise<IncidentDetail> {
  desk.setBreaker('anthropic', 'open', {
    calls: 20,
    errors: 15,
    failedInRow: 0,
    lastError: { message: '529 overloaded', status: 529, at: NIGHT },
  });
  return incident('open');
}

describe('a provider’s breaker that opens', () => {
  it('opens an incident that says what is down, who suffers, and which runbook answers', async () => {
    desk.setLane('invoice-triage', { queued: 40, waiting: 2 });
    expect(await breakDown()).toMatchObject({
      title: 'anthropic is down: invoice-triage and 2 more affected',
      openedAt: NIGHT,
      resolvedAt: null,
      acknowledgedBy: null,
      // Those that start with it first, the busiest of them first of all.
      agents: ['invoice-triage', 'reply-drafts', 'second-choice'],
      runbooks: [{ name: 'provider-down', title: 'Provider down' }],
      alerts: [
        {
          rule: RULE,
          state: 'firing',
          labels: { provider: 'anthropic', agent: 'invoice-triage' },
          value: '75 % errors of 20 calls in 1 min',
          error: '529 overloaded',
          firedAt: NIGHT,
          resolvedAt: null,
        },
      ],
      touches: '0 failed, 42 waiting',
      changed: 'in the 6 h before: invoice-triage',
      done: 'nothing yet',
      timeline: [{ at: NIGHT, kind: 'alert', text: 'Alert: breaker of anthropic opens', by: null }],
    });
    expect(desk.health.alertState(RULE, 'anthropic')).toBe('firing');
    expect(desk.changes()).toBeGreaterThan(0);
  });

  it('is one incident with one alert, however often it is told', async () => {
    for (let times = 0; times < 5; times += 1) desk.setBreaker('anthropic', 'open');
    await incident('open');
    desk.clock.now += 1_000;
    desk.setBreaker('anthropic', 'open');
    await written();
    expect(desk.health.incidents(false)).toHaveLength(1);
    expect(desk.health.incident(1)?.alerts).toHaveLength(1);
    expect(texts(1).filter((text) => text.startsWith('Alert'))).toHaveLength(1);
  });

  it('is an incident of its own for each provider', async () => {
    await breakDown();
    desk.setBreaker('google', 'open');
    expect(await incident('open', 2)).toMatchObject({
      title: 'google is down: elsewhere affected',
      agents: ['elsewhere'],
    });
    desk.setBreaker('google', 'closed');
    await incident('resolved', 2);
    expect(desk.health.incident(1)?.state).toBe('open');
  });

  it('is tried again while the disk refuses to write it', async () => {
    desk.disk.full = true;
    desk.setBreaker('anthropic', 'open');
    await until(() => desk.disk.refused > 0);
    expect(desk.health.incidents(false)).toEqual([]);
    desk.disk.full = false;
    const ofAnthropic = () => desk.health.incidents(false).filter(({ title }) => title.startsWith('anthropic'));
    await until(() => ofAnthropic().length > 0);
    await written();
    expect(ofAnthropic()).toHaveLength(1);
  });

  it('says nothing of a provider that was never in trouble', () => {
    desk.setBreaker('openai', 'closed');
    expect(desk.health.alertState(RULE, 'openai')).toBeUndefined();
    expect(desk.health.alertState('another-rule', 'anthropic')).toBeUndefined();
    expect(desk.health.incidents(false)).toEqual([]);
  });
});

describe('a provider that comes back', () => {
  it('does not resolve anything while its breaker only probes', async () => {
    await breakDown();
    desk.setBreaker('anthropic', 'half-open');
    await written();
    expect(desk.health.incident(1)).toMatchObject({ state: 'open', alerts: [{ state: 'firing' }] });
  });

  it('resolves alert and incident when its breaker closes', async () => {
    await breakDown();
    desk.clock.now += 60_000;
    desk.setBreaker('anthropic', 'closed');
    expect(await incident('resolved')).toMatchObject({
      resolvedAt: NIGHT + 60_000,
      alerts: [{ state: 'resolved', resolvedAt: NIGHT + 60_000 }],
    });
    expect(texts(1)).toEqual(['Resolved: breaker of anthropic closed', 'Alert: breaker of anthropic opens']);
    expect(desk.health.alertState(RULE, 'anthropic')).toBe('resolved');
    expect(desk.health.incidents(true)).toEqual([]);
    expect(desk.health.incidents(false)).toHaveLength(1);
  });

  it('and breaks again soon continues the same incident, which nobody has acknowledged any more', async () => {
    await breakDown();
    await desk.health.acknowledge(1, ANA);
    desk.setBreaker('anthropic', 'closed');
    await incident('resolved');
    desk.clock.now += REOPEN_MS;
    desk.setBreaker('anthropic', 'open');
    expect(await incident('open')).toMatchObject({ resolvedAt: null, acknowledgedBy: null });
    expect(texts(1)[0]).toBe('Alert: breaker of anthropic opens again');
    expect(desk.health.incidents(false)).toHaveLength(1);
  });

  it('and breaks again later is a new incident', async () => {
    await breakDown();
    desk.setBreaker('anthropic', 'closed');
    await incident('resolved');
    desk.clock.now += REOPEN_MS + 1;
    desk.setBreaker('anthropic', 'open');
    await incident('open', 2);
    expect(desk.health.incident(1)?.state).toBe('resolved');
  });

  it('while the desk was down is seen when it starts again', async () => {
    await breakDown();
    await desk.restart();
    expect(desk.health.incident(1)).toMatchObject({ state: 'open', alerts: [{ state: 'firing' }] });
    await desk.restart(() => {
      desk.clock.now += 1_000;
      desk.setBreaker('anthropic', 'closed');
    });
    await incident('resolved');
    expect(desk.health.incidents(false)).toHaveLength(1);
  });
});

describe('an incident that a person works on', () => {
  it('is acknowledged by the first who says so', async () => {
    await breakDown();
    desk.clock.now += 5_000;
    expect(await desk.health.acknowledge(1, ANA)).toMatchObject({
      ok: true,
      value: { state: 'acknowledged', acknowledgedBy: ANA, alerts: [{ state: 'acknowledged' }] },
    });
    expect(await desk.health.acknowledge(1, BEN)).toMatchObject({ ok: true, value: { acknowledgedBy: ANA } });
    expect(desk.health.incident(1)?.timeline[0]).toEqual({
      at: NIGHT + 5_000,
      kind: 'note',
      text: 'ana acknowledged',
      by: ANA,
    });
  });

  it('is kept quiet for another half hour when who has it says so again', async () => {
    await breakDown();
    await desk.health.acknowledge(1, ANA);
    desk.clock.now += 20 * 60_000;
    await desk.health.acknowledge(1, BEN);
    expect(desk.health.incident(1)?.alerts[0]?.acknowledgedUntil).toBe(NIGHT + ACKNOWLEDGED_MS);
    await desk.health.acknowledge(1, ANA);
    expect(desk.health.incident(1)).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: ANA,
      alerts: [{ acknowledgedUntil: desk.clock.now + ACKNOWLEDGED_MS }],
      timeline: [{ text: 'ana acknowledged again' }, {}, {}],
    });
  });

  it('ends by its alerts for no reason that a person gave for an end before', async () => {
    await breakDown();
    await desk.health.incidentPart.desk.resolve({ id: 1, reason: 'known outage', anyway: true }, ANA);
    desk.setBreaker('anthropic', 'closed');
    await written();
    desk.setBreaker('anthropic', 'open');
    await incident('open');
    desk.setBreaker('anthropic', 'closed');
    expect(await incident('resolved')).toMatchObject({ resolveReason: null });
  });

  it('is acknowledged once when two say so at the same moment', async () => {
    await breakDown();
    await Promise.all([desk.health.acknowledge(1, ANA), desk.health.acknowledge(1, BEN)]);
    expect(texts(1).filter((text) => text.endsWith('acknowledged'))).toEqual(['ana acknowledged']);
    expect(desk.health.incident(1)?.acknowledgedBy).toEqual(ANA);
  });

  it.each([0, 1, 2, 3, 4])('resolves, however close a person’s word comes (%i turns later)', async (turns) => {
    await breakDown();
    desk.setBreaker('anthropic', 'closed');
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    await desk.health.acknowledge(1, ANA);
    await written();
    expect(desk.health.incident(1)).toMatchObject({ state: 'resolved', alerts: [{ state: 'resolved' }] });
    expect(desk.health.incidents(true)).toEqual([]);
  });

  it('resolves after it was acknowledged, and keeps who did', async () => {
    await breakDown();
    await desk.health.acknowledge(1, ANA);
    desk.setBreaker('anthropic', 'closed');
    expect(await incident('resolved')).toMatchObject({ acknowledgedBy: ANA });
    expect(await desk.health.acknowledge(1, BEN)).toMatchObject({ ok: true, value: { state: 'resolved' } });
  });

  it('takes notes, and what was done to its agents, newest first', async () => {
    await breakDown();
    for (const agent of ['invoice-triage', 'elsewhere']) {
      desk.emit({ kind: 'intervention', interventions: [], by: BEN, text: `ben paused ${agent}`, agent });
    }
    await written();
    expect((await desk.health.note(1, 'vendor has a status page up', ANA)).ok).toBe(true);
    expect(desk.health.incident(1)?.timeline).toMatchObject([
      { kind: 'note', text: 'vendor has a status page up', by: ANA },
      { kind: 'note', text: 'all before this is written', by: null },
      { kind: 'action', text: 'ben paused invoice-triage', by: BEN },
      { kind: 'alert' },
    ]);
    expect(desk.health.incident(1)?.done).toBe('ben paused invoice-triage');
  });

  it('says what it cost so far: failures since it opened, tasks that wait now', async () => {
    await breakDown();
    desk.setLane('reply-drafts', { queued: 3, waiting: 4 });
    desk.emit(
      endedTask({ id: 't1', agent: 'reply-drafts', state: 'failed', endedAt: NIGHT + 1_000 }),
      endedTask({ id: 't2', agent: 'invoice-triage', state: 'in-doubt', endedAt: NIGHT + 2_000 }),
      endedTask({ id: 't3', agent: 'invoice-triage', endedAt: NIGHT + 3_000 }),
      endedTask({ id: 't4', agent: 'elsewhere', state: 'failed', endedAt: NIGHT + 3_000 }),
    );
    desk.clock.now += 90_000;
    expect(desk.health.incident(1)?.touches).toBe('2 failed, 7 waiting');
  });

  it('that is not there is refused with where to look', async () => {
    for (const answer of [await desk.health.acknowledge(9, ANA), await desk.health.note(9, 'x', ANA)]) {
      expect(answer).toMatchObject({
        ok: false,
        error: { code: 'NOT_FOUND', message: 'There is no incident 9.', todo: expect.stringContaining('incidents') },
      });
    }
    expect(desk.health.incident(9)).toBeUndefined();
  });
});
