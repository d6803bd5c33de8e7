import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentHealth } from '#contract/health.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../electron/health/indicator/rollups.ts';
import { endedTask } from '../../support/ended.ts';
import { insertEnded } from '../../support/ended-rows.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';

let desk: TestHealth;
beforeEach(() => {
  desk = startHealth({ 'invoice-triage': {}, 'reply-drafts': {} });
});
afterEach(() => desk.close());

/** Two days of ends of both runtimes, of every kind; the last hour but one holds some, too. */
async function history(): Promise<void> {
  const events: object[] = [];
  for (let n = 0; n < 400; n += 1) {
    const endedAt = NIGHT - 2 * DAY_MS + Math.floor((n * (2 * DAY_MS - 30 * MINUTE_MS)) / 400);
    desk.clock.now = endedAt;
    const state = n % 11 === 0 ? 'failed' : n % 37 === 0 ? 'in-doubt' : 'succeeded';
    const took = 500 + ((n * 7919) % 60_000);
    const agent = n % 3 === 0 ? 'reply-drafts' : 'invoice-triage';
    const end = endedTask({
      id: `t${n + 1}`,
      agent,
      state,
      endedAt,
      acceptedAt: endedAt - took,
      firstAttempt: n % 9 !== 0,
    });
    desk.emit(end);
    insertEnded(desk.folder, end);
    const event = { runtime: 'crew', agent: 'writer', task: `c${n}`, sequence: 1, kind: 'ended', at: endedAt };
    events.push({
      ...event,
      end: state,
      acceptedAt: endedAt - took,
      costUsd: 0.01,
      attempts: 1 + (n % 4 === 0 ? 1 : 0),
    });
  }
  desk.clock.now = NIGHT;
  await desk.health.ingest(events);
}

/** What the board shows, but for what depends on when it was asked. */
function shown(): Record<string, Partial<AgentHealth>>[] {
  return (['1h', '24h', '7d'] as const).map((window) =>
    Object.fromEntries(
      Object.entries(desk.health.board(window).agents).map(([name, { since: _, costUsd, ...row }]) => [
        name,
        { ...row, costUsd: Math.round(costUsd * 1e6), costTodayUsd: 0, costPerSuccessUsd: 0 },
      ]),
    ),
  );
}

function damage(sql: string): void {
  const db = new Database(join(desk.folder, 'nightdesk.db'));
  db.exec(sql);
  db.close();
}

describe('rollups made again from the events', () => {
  it('are the same, bucket by bucket', async () => {
    await history();
    const before = shown();
    const rebuilt = await desk.health.rebuild();
    expect(rebuilt.differing).toBe(0);
    expect(shown()).toEqual(before);
  });

  it.each([
    ['were lost', `DELETE FROM rollup WHERE span IN ('minute', 'hour') AND start < ${NIGHT - 3 * HOUR_MS}`],
    ['are wrong', `UPDATE rollup SET body = json_set(body, '$.failed', 99) WHERE start < ${NIGHT - 3 * HOUR_MS}`],
  ])('put those that %s right', async (_what, sql) => {
    await history();
    const before = shown();
    await desk.restart(() => damage(sql));
    expect(shown()).not.toEqual(before);
    const rebuilt = await desk.health.rebuild();
    expect(rebuilt.differing).toBeGreaterThan(50);
    // The first hour of what is left is not touched: retention may have taken a part of it.
    expect(shown()[0]).toEqual(before[0]);
    expect(shown()[1]).toEqual(before[1]);
    expect((await desk.health.rebuild()).differing).toBe(0);
    await desk.restart();
    expect(shown()[1]).toEqual(before[1]);
  });

  it('keep a failure whose task was requeued by a person, and count a doubt that was resolved once', async () => {
    const at = NIGHT - 5 * HOUR_MS;
    desk.clock.now = at;
    insertEnded(desk.folder, endedTask({ id: 't9', endedAt: at - 3 * HOUR_MS }));
    desk.emit(
      endedTask({ id: 't1', state: 'failed', endedAt: at }),
      endedTask({ id: 't2', state: 'in-doubt', endedAt: at }),
    );
    desk.clock.now = NIGHT - 2 * HOUR_MS;
    for (const id of ['t1', 't2']) {
      const last = endedTask({ id, endedAt: desk.clock.now });
      desk.emit(last);
      insertEnded(desk.folder, last);
    }
    desk.clock.now = NIGHT;
    const counts = () => desk.health.board('24h').agents['invoice-triage']?.counts;
    expect(counts()).toMatchObject({ succeeded: 2, failed: 1, inDoubt: 0 });
    // The rows of the tasks know their last end only.
    desk.ended.splice(0, 2);
    expect((await desk.health.rebuild()).differing).toBe(0);
    expect(counts()).toMatchObject({ succeeded: 2, failed: 1, inDoubt: 0 });
  });
});
