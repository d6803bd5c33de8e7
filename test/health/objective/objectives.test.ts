import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import type { ObjectivePreview, ObjectiveStanding } from '#contract/objective.ts';
import type { Task } from '#contract/task.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../electron/health/indicator/rollups.ts';
import { endedTask } from '../../support/ended.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

const AGENT = 'invoice-triage';
const ANN: Actor = { name: 'ann', via: 'console' };

let desk: TestHealth;
let lastId: number;
beforeEach(() => {
  lastId = 0;
  desk = startHealth({ [AGENT]: {} });
});
afterEach(() => desk.close());

/** So many ends at a moment. */
function end(count: number, endedAt: number, change: Partial<Task> & { firstAttempt?: boolean } = {}): void {
  for (let n = 0; n < count; n += 1) {
    lastId += 1;
    desk.emit(endedTask({ id: `t${lastId}`, endedAt, acceptedAt: endedAt - 1_000, ...change }));
  }
}

function standing(): ObjectiveStanding {
  const found = desk.health.objectives.standing(AGENT);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

async function preview(change: { success?: number; p95Ms?: number | null }): Promise<ObjectivePreview> {
  const found = await desk.health.objectives.preview({ agent: AGENT, ...change });
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

describe('an objective', () => {
  it("is the file's until a person sets one over it, and again when that is taken back; it outlives the desk", async () => {
    expect(standing().objective).toMatchObject({ success: 0.95, p95Ms: 30_000, from: 'file', since: null, by: null });

    desk.clock.now += MINUTE_MS;
    const set = await desk.health.objectives.set({ agent: AGENT, success: 0.99, failure: ['failed', 'retried'] }, ANN);
    const wanted = { success: 0.99, p95Ms: 30_000, failure: ['failed', 'retried'], from: 'console', by: ANN };
    expect(set).toMatchObject({ ok: true, value: { objective: { ...wanted, since: NIGHT + MINUTE_MS } } });

    await desk.restart();
    expect(standing().objective).toMatchObject(wanted);
    expect(desk.health.board('1h').agents[AGENT]?.objective).toMatchObject({ success: 0.99 });

    expect(await desk.health.objectives.clear(AGENT, ANN)).toMatchObject({
      ok: true,
      value: { objective: { success: 0.95, from: 'file' } },
    });
    expect(await desk.health.objectives.clear(AGENT, ANN)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });

  it('is a change on the timeline, with who made it and what it changed', async () => {
    await desk.health.objectives.set({ agent: AGENT, success: 0.99, p95Ms: null }, ANN);
    desk.clock.now += MINUTE_MS;
    await desk.health.objectives.clear(AGENT, ANN);
    const made = desk.health.incidentPart.changes(NIGHT, desk.clock.now).filter(({ kind }) => kind === 'objective');
    expect(made).toMatchObject([
      { subject: AGENT, by: ANN, text: expect.stringContaining('taken back') },
      { subject: AGENT, by: ANN, text: 'success 95 % -> 99 %; p95 30s -> none' },
    ]);
  });

  it.each([
    ['of an agent that is not there', { agent: 'nobody', success: 0.9 }, 'NOT_FOUND'],
    ['over a minute', { agent: AGENT, windowMs: MINUTE_MS }, 'BAD_INPUT'],
    ['with a bound of nothing', { agent: AGENT, p95Ms: 0 }, 'BAD_INPUT'],
    [
      'that counts slow tasks and says not what slow is',
      { agent: AGENT, p95Ms: null, failure: ['slow' as const] },
      'BAD_INPUT',
    ],
  ])('%s is refused', async (_, change, code) => {
    expect(await desk.health.objectives.set(change, ANN)).toMatchObject({ ok: false, error: { code } });
    expect(standing().objective.from).toBe('file');
  });
});

describe('a standing', () => {
  it('counts by the switches of the objective in force', async () => {
    end(90, NIGHT);
    end(6, NIGHT, { firstAttempt: false, marks: ['retried'] });
    end(4, NIGHT, { state: 'failed' });
    end(9, NIGHT, { state: 'cancelled' });
    expect(standing().success).toMatchObject({ good: 96, total: 100 });
    expect(standing().errorBudget).toMatchObject({ bad: 4, burn1h: expect.closeTo(0.8) });
    await desk.health.objectives.set({ agent: AGENT, failure: ['failed', 'retried'] }, ANN);
    expect(standing().success).toMatchObject({ good: 90, total: 100 });
    expect(standing().errorBudget).toMatchObject({ bad: 10, burn1h: expect.closeTo(2) });
  });

  it('is unknown without ends, and its windows and chart hold no zero in their place', () => {
    expect(standing()).toMatchObject({
      verdict: 'unknown',
      success: { total: 0, estimate: null },
      errorBudget: { spent: null, burn1h: null, burn6h: null },
      availability: { measuredMinutes: 0, coverage: 0 },
    });
    expect(standing().burnDown.every(({ left }) => left === null)).toBe(true);
  });

  it('counts the latency bound exactly, of successes', () => {
    end(93, NIGHT, { acceptedAt: NIGHT - 30_000 });
    end(7, NIGHT, { acceptedAt: NIGHT - 30_001 });
    end(5, NIGHT, { state: 'failed', acceptedAt: NIGHT - 99_000 });
    expect(standing().latency).toMatchObject({ verdict: 'insufficient-data', within: { good: 93, total: 100 } });
  });

  it('is the same after a restart, and lets go of what left each window', async () => {
    end(50, NIGHT);
    end(5, NIGHT - 2 * HOUR_MS, { state: 'failed' });
    end(5, NIGHT - 3 * DAY_MS, { state: 'failed' });
    const before = standing();
    expect(before.errorBudget).toMatchObject({ bad: 10, burn1h: 0, burn6h: expect.closeTo(5 / 55 / 0.05) });
    await desk.restart();
    expect(standing()).toEqual(before);
    desk.clock.now += 5 * HOUR_MS;
    expect(standing().errorBudget).toMatchObject({ bad: 10, burn1h: null, burn6h: 0 });
    desk.clock.now += 28 * DAY_MS;
    expect(standing().success).toMatchObject({ good: 50, total: 55 });
  });

  it('compares this week with the one before, and says what chance cannot explain', () => {
    end(200, NIGHT - 8 * DAY_MS);
    end(160, NIGHT - DAY_MS);
    expect(standing().weeks).toMatchObject({ change: 'unclear', now: { total: 160 }, before: { total: 200 } });
    end(40, NIGHT - DAY_MS, { state: 'failed' });
    expect(standing().weeks.change).toBe('worse');
  });

  it('burns down over its window to what is left', () => {
    end(180, NIGHT - 2.5 * DAY_MS);
    end(4, NIGHT - 1.5 * DAY_MS, { state: 'failed' });
    end(16, NIGHT);
    const { burnDown, errorBudget } = standing();
    expect(errorBudget).toMatchObject({ allowed: expect.closeTo(10), bad: 4 });
    expect(burnDown).toHaveLength(30);
    expect(burnDown.at(-1)).toEqual({ at: NIGHT, left: expect.closeTo(0.6) });
    expect(burnDown.flatMap(({ left }) => (left === null ? [] : [left]))).toEqual(
      [1, 0.6, 0.6].map((left) => expect.closeTo(left)),
    );
  });
});

describe('the rules of an objective', () => {
  const alert = (rule: string) => desk.health.alerts.all().find((each) => each.rule === rule && each.subject === AGENT);

  it('page when an agent fails, stand when nothing ends, and are over when it does well again', async () => {
    end(60, NIGHT);
    end(30, NIGHT, { state: 'failed' });
    await until(() => alert('success-burn-fast')?.state === 'firing' || alert('success-collapse')?.state === 'firing');
    const rule = alert('success-burn-fast') === undefined ? 'success-collapse' : 'success-burn-fast';
    expect(alert(rule)).toMatchObject({ severity: 'page', labels: { agent: AGENT, objective: '95 %' } });

    // Seven hours without an end: nothing says that it is over.
    const changes = desk.changes();
    desk.clock.now += 7 * HOUR_MS;
    end(1, desk.clock.now, { state: 'cancelled' });
    await until(() => desk.changes() > changes + 1);
    expect(alert(rule)?.resolvedAt).toBeNull();

    end(400, desk.clock.now);
    await until(() => alert(rule)?.state === 'resolved');
  });
});

describe('a preview', () => {
  it('says how often another objective would have paged, over the minutes that are kept', async () => {
    // Three bad half hours in ten days of 20 tasks an hour; the worst fails all, the mildest a third.
    for (let hour = 240; hour > 0; hour -= 1) end(20, NIGHT - hour * HOUR_MS + 10 * MINUTE_MS);
    for (const [day, bad] of [
      [8, 60],
      [5, 30],
      [2, 5],
    ] as const) {
      for (let minute = 0; minute < bad; minute += 1) {
        end(1, NIGHT - day * DAY_MS + (minute % 30) * MINUTE_MS, { state: 'failed' });
      }
    }
    // What ended is on the disk when the desk has stopped.
    await desk.restart();
    const strict = await preview({ success: 0.99 });
    const lax = await preview({ success: 0.7 });
    expect(strict.pages.length).toBeGreaterThanOrEqual(2);
    expect(strict.pages.map(({ at }) => Math.round((NIGHT - at) / DAY_MS))).toEqual(expect.arrayContaining([8, 5]));
    expect(lax.pages.length).toBeLessThan(strict.pages.length);
    expect(strict).toMatchObject({
      verdict: 'missed',
      resolutionMs: MINUTE_MS,
      from: NIGHT - 240 * HOUR_MS + 10 * MINUTE_MS,
    });
    expect(lax.verdict).toBe('met');
    expect(standing().objective.from).toBe('file');
  });

  it('counts the bound in force, estimates another one from the sketches, and says so', async () => {
    end(90, NIGHT, { acceptedAt: NIGHT - 10_000 });
    end(10, NIGHT, { acceptedAt: NIGHT - 40_000 });
    expect(await preview({})).toMatchObject({ latency: { exact: true, within: { good: 90, total: 100 } }, notes: [] });
    const tighter = await preview({ p95Ms: 20_000 });
    expect(tighter).toMatchObject({ latency: { exact: false, within: { good: 90, total: 100 } } });
    expect(tighter.notes.join()).toContain('estimated');
    expect((await preview({ p95Ms: null })).latency).toBeNull();
  });
});
