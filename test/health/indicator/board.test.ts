import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { agentRows, type BoardOptions } from '../../../electron/health/indicator/board.ts';
import { type Counted, createRollups, DAY_MS, HOUR_MS } from '../../../electron/health/indicator/rollups.ts';
import { type Database, openDatabase } from '../../../electron/store/open.ts';
import { prepareRollups } from '../../../electron/store/rollup.ts';
import { endedTask } from '../../support/ended.ts';

const NOW = Date.UTC(2026, 10, 24, 3, 30);
const OBJECTIVE: Counted = { success: 0.9, p95Ms: 5_000, failure: ['failed'] };
const open: Database[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

/** A board of one agent, of which 30 tasks ended well and 10 did not. */
function boardOf(change: Partial<BoardOptions> = {}) {
  const opened = openDatabase(mkdtempSync(join(tmpdir(), 'nightdesk-board-')), NOW);
  if (!opened.ok) throw new Error(opened.error.message);
  open.push(opened.value.db);
  const rollups = createRollups(prepareRollups(opened.value.db), () => OBJECTIVE);
  for (let n = 0; n < 30; n += 1) rollups.count(endedTask({ id: `t${n}`, endedAt: NOW, firstAttempt: n >= 6 }));
  for (let n = 0; n < 10; n += 1) rollups.count(endedTask({ id: `u${n}`, endedAt: NOW, state: 'failed' }));
  const agent = { team: null, runtime: 'embedded', schedule: null, budgetDailyUsd: null, expectEveryMs: null };
  const options: BoardOptions = {
    rollups,
    snapshot: { agents: [{ ...agent, name: 'invoice-triage', deadlineMs: DAY_MS }], lanes: [] },
    foreign: new Map(),
    standing: new Map(),
    objectiveOf: () => OBJECTIVE,
    overdueOf: () => 0,
    startedAt: NOW - DAY_MS,
    now: NOW,
    unknownOf: () => undefined,
    ...change,
  };
  return {
    rollups,
    row: (now = NOW) => {
      const found = agentRows('1h', { ...options, now })['invoice-triage'];
      if (!found) throw new Error('no row');
      return found;
    },
  };
}

describe('a row of the board', () => {
  it('says what first attempts did alone, and what retries added', () => {
    const { row } = boardOf();
    expect(row()).toMatchObject({ success: { good: 30, total: 40 }, firstAttempt: { good: 24, total: 40 } });
    expect(row().retryLift).toBeCloseTo(0.15);
  });

  it('holds hung tasks among the bad ones', () => {
    expect(boardOf({ overdueOf: () => 60 }).row()).toMatchObject({
      success: { good: 30, total: 100 },
      state: 'failing',
      reason: '10 failed and 60 overdue of 100',
    });
  });

  it.each<[string, Partial<BoardOptions>, string]>([
    [
      'its runtime’s heartbeat is lost',
      { unknownOf: () => ({ since: NOW - HOUR_MS, reason: 'the heartbeat was lost 60 min ago' }) },
      'heartbeat was lost',
    ],
    ['what is overdue could not be counted', { overdueOf: () => null }, 'cannot be counted'],
  ])('is unknown when %s: no number is drawn from what was known, and none is zero', (_when, change, reason) => {
    const row = boardOf(change).row();
    expect(row.state).toBe('unknown');
    expect(row.reason).toContain(reason);
    for (const rate of [row.success, row.firstAttempt, row.withinP95]) {
      expect(rate).toMatchObject({ estimate: null, low: 0, high: 1 });
    }
    expect([row.p50Ms, row.p95Ms, row.p99Ms, row.retryLift, row.costPerSuccessUsd]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    // What was known last can still be told.
    expect(row.success).toMatchObject({ good: 30, total: 40 });
  });

  it('stands beside the same hours of a week ago', () => {
    const { row, rollups } = boardOf();
    const then = NOW - 7 * DAY_MS - 40 * 60_000;
    for (let n = 0; n < 8; n += 1) {
      rollups.count(
        endedTask({ id: `w${n}`, endedAt: then, acceptedAt: then - 2_000, state: n < 2 ? 'failed' : 'succeeded' }),
      );
    }
    rollups.count(endedTask({ id: 'x', endedAt: then - 3 * HOUR_MS }));
    const { lastWeek } = row();
    expect(lastWeek.success).toMatchObject({ good: 6, total: 8 });
    expect(Math.abs((lastWeek.p95Ms ?? 0) - 2_000)).toBeLessThanOrEqual(20);
    expect(row(NOW + DAY_MS).lastWeek.success).toMatchObject({ estimate: null, total: 0 });
  });
});
