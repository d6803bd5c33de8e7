import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentHealthSchema } from '#contract/health.ts';
import type { Task } from '#contract/task.ts';
import { HOUR_MS, MINUTE_MS } from '../../electron/health/indicator/rollups.ts';
import { endedTask } from '../support/ended.ts';
import { NIGHT, startHealth, type TestHealth } from '../support/health.ts';
import { until } from '../support/until.ts';

let desk: TestHealth;
beforeEach(() => {
  desk = startHealth({ 'invoice-triage': { team: 'finance', budgetDailyUsd: 10 }, 'reply-drafts': {} });
});
afterEach(() => desk.close());

/** So many ends of an agent at the desk's moment, as a real runner would tell them. */
function end(count: number, change: Partial<Task> = {}): void {
  for (let n = 0; n < count; n += 1) desk.emit(endedTask({ endedAt: desk.clock.now, ...change }));
}

function row(agent: string, window: '1h' | '24h' | '7d' = '1h') {
  const found = desk.health.board(window).agents[agent];
  if (!found) throw new Error(`no row of ${agent}`);
  return found;
}

describe('the board', () => {
  it('has a row for each agent, one without any task too, and never green without data', () => {
    const { agents, ends } = desk.health.board('1h');
    expect(Object.keys(agents)).toEqual(['invoice-triage', 'reply-drafts']);
    for (const each of Object.values(agents)) {
      expect(agentHealthSchema.parse(each)).toMatchObject({
        state: 'not-enough-data',
        success: { estimate: null, total: 0 },
        p95Ms: null,
        lastSuccessAt: null,
      });
    }
    expect(Object.values(ends).every(({ good, bad }) => good === 0 && bad === 0)).toBe(true);
  });

  it('counts what ended, with its interval, latency, cost and retries', () => {
    end(38);
    end(2, { state: 'failed', acceptedAt: NIGHT - 20_000 });
    end(5, { state: 'cancelled' });
    desk.emit(endedTask({ endedAt: NIGHT, firstAttempt: false, marks: ['retried'] }));
    desk.setLane('invoice-triage', { intake: 'paused', queued: 7, running: 2, waiting: 1 });
    expect(row('invoice-triage')).toMatchObject({
      team: 'finance',
      state: 'met',
      intake: 'paused',
      success: { good: 39, total: 41 },
      firstAttempt: { good: 38, total: 41 },
      retries: 1,
      queued: 7,
      running: 2,
      waiting: 1,
      budgetDailyUsd: 10,
      lastSuccessAt: NIGHT,
      rehearsal: false,
    });
    expect(row('invoice-triage').costTodayUsd).toBeCloseTo(0.46);
    expect(row('invoice-triage').p50Ms).toBeGreaterThan(980);
    expect(row('reply-drafts').success.total).toBe(0);
  });

  it('shows ends bar by bar, and forgets what left the window', () => {
    end(3);
    desk.clock.now += 10 * MINUTE_MS;
    end(2, { state: 'failed' });
    end(1, { agent: 'reply-drafts' });
    const { spark } = row('invoice-triage');
    expect(spark.bucketMs).toBe(MINUTE_MS);
    expect([spark.good.at(-11), spark.bad.at(-11), spark.good.at(-1), spark.bad.at(-1)]).toEqual([3, 0, 0, 2]);
    const { ends, bucketMs } = desk.health.board('1h');
    expect(bucketMs).toBe(MINUTE_MS);
    expect(ends[NIGHT]).toEqual({ from: NIGHT, good: 3, bad: 0 });
    expect(ends[NIGHT + 10 * MINUTE_MS]).toEqual({ from: NIGHT + 10 * MINUTE_MS, good: 1, bad: 2 });

    desk.clock.now += 55 * MINUTE_MS;
    expect(row('invoice-triage').success).toMatchObject({ good: 0, total: 2 });
    expect(row('invoice-triage', '24h').success).toMatchObject({ good: 3, total: 5 });
    desk.clock.now += 48 * HOUR_MS;
    expect(row('invoice-triage', '24h').success.total).toBe(0);
    expect(row('invoice-triage', '7d').success).toMatchObject({ good: 3, total: 5 });
  });

  it('adds up all bars of a week to the counts of the row', () => {
    for (let hour = 0; hour < 160; hour += 7) {
      end(2);
      desk.clock.now += 7 * HOUR_MS;
    }
    const { success, spark } = row('invoice-triage', '7d');
    const bars = spark.good.reduce((sum, each) => sum + each, 0);
    expect(success.good).toBe(46);
    expect(bars).toBe(46);
    expect(spark.good).toHaveLength(84);
  });

  it('measures a rate to the minute, as a verify step asks for it', () => {
    end(10, { state: 'failed' });
    desk.clock.now += 6 * MINUTE_MS;
    end(9);
    end(1, { state: 'in-doubt' });
    expect(desk.health.rate('invoice-triage', 5 * MINUTE_MS)).toMatchObject({ good: 9, total: 10, estimate: 0.9 });
    expect(desk.health.rate('invoice-triage', 10 * MINUTE_MS)).toMatchObject({ good: 9, total: 20 });
    expect(desk.health.rate('nobody', MINUTE_MS)).toMatchObject({ total: 0, estimate: null });
  });
});

describe('a desk that starts again', () => {
  it('knows since when an agent stands as it does', async () => {
    end(20, { state: 'failed' });
    await until(() => desk.changes() > 0);
    desk.clock.now += MINUTE_MS;
    end(5, { state: 'failed' });
    expect(row('invoice-triage')).toMatchObject({ state: 'failing', since: NIGHT, reason: '25 of 25 failed' });
    await desk.restart();
    expect(row('invoice-triage')).toMatchObject({ state: 'failing', since: NIGHT, success: { good: 0, total: 25 } });
  });

  it('knows it, too, when the disk refused to write it at first', async () => {
    desk.disk.full = true;
    end(20, { state: 'failed' });
    await until(() => desk.disk.refused > 2);
    desk.disk.full = false;
    desk.clock.now += MINUTE_MS;
    await until(() => desk.changes() > 0);
    await desk.restart();
    expect(row('invoice-triage')).toMatchObject({ state: 'failing', since: NIGHT });
  });

  it('counts what ended while it was not looking, once', async () => {
    end(4);
    await desk.restart(() => desk.ended.push(endedTask({ endedAt: NIGHT + 1 })));
    expect(row('invoice-triage').success).toMatchObject({ good: 5, total: 5 });
    await desk.restart();
    expect(row('invoice-triage').success).toMatchObject({ good: 5, total: 5 });
  });

  it('goes on counting in memory while the disk refuses, and writes it all later', async () => {
    desk.disk.full = true;
    end(3);
    await until(() => desk.disk.refused > 0);
    expect(row('invoice-triage').success.total).toBe(3);
    desk.disk.full = false;
    const before = desk.changes();
    await until(() => desk.changes() > before);
    // An hour on, what is shown of it comes from the disk alone.
    desk.clock.now += 2 * HOUR_MS;
    end(1);
    await desk.restart(() => desk.ended.splice(0));
    expect(row('invoice-triage', '24h').success.total).toBe(3);
  });
});

describe('rules that cannot be looked at', () => {
  it('are said to be so, though those after them work', async () => {
    const isSaid = () => desk.health.silence.troubles().some((trouble) => trouble.includes('rules of files'));
    desk.files.broken = true;
    await until(isSaid);
    desk.files.broken = false;
    await until(() => !isSaid());
  });
});
