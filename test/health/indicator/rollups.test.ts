import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { TaskEnded } from '#contract/runtime.ts';
import { latencyAt } from '../../../electron/health/indicator/bucket.ts';
import {
  type Counted,
  createRollups,
  HOUR_MS,
  type LiveRollups,
  MINUTE_MS,
} from '../../../electron/health/indicator/rollups.ts';
import { countOf, RELATIVE_ERROR } from '../../../electron/health/indicator/spread.ts';
import { createCommitter } from '../../../electron/store/committer.ts';
import { runner } from '../../../electron/store/migrations/001-runner.ts';
import { openDatabase } from '../../../electron/store/open.ts';
import { prepareRollups } from '../../../electron/store/rollup.ts';
import { prepareTasks } from '../../../electron/store/task.ts';
import { endedTask } from '../../support/ended.ts';

/** The first ms of an hour. */
const HOUR = Math.floor(1_800_000_000_000 / HOUR_MS) * HOUR_MS;
const AGENT = 'invoice-triage';
const OBJECTIVE: Counted = { success: 0.95, p95Ms: 30_000, failure: ['failed', 'incorrect'] };
const WAITED_MS = 5_000;
const open: Database.Database[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

function openStore(folder = mkdtempSync(join(tmpdir(), 'nightdesk-rollups-'))) {
  const opened = openDatabase(folder, HOUR);
  if (!opened.ok) throw new Error(opened.error.message);
  const { db } = opened.value;
  open.push(db);
  return { folder, db, rollups: createRollups(prepareRollups(db), () => OBJECTIVE) };
}

/** Ends at these moments, as the task table would give them again. */
function journalOf(...ends: number[]) {
  const all = ends.map((endedAt) => endedTask({ endedAt, acceptedAt: endedAt - WAITED_MS }));
  return {
    all,
    since: (from: number): TaskEnded[] => all.filter((each) => (each.task.endedAt ?? 0) >= from),
  };
}

function good(rollups: LiveRollups, span: 'minute' | 'hour', from: number, now: number): number {
  return rollups.sum(span, AGENT, from, now).succeeded;
}

describe('sums over a window', () => {
  it('hold what ended in it, to the grain of the span, of one agent alone', () => {
    const { rollups } = openStore();
    for (const at of [HOUR - 1, HOUR, HOUR + MINUTE_MS, HOUR + 2 * MINUTE_MS]) {
      rollups.count(endedTask({ endedAt: at }));
      rollups.count(endedTask({ agent: 'other', endedAt: at, state: 'failed' }));
    }
    const now = HOUR + 2 * MINUTE_MS + 1;
    expect(good(rollups, 'minute', now - HOUR_MS, now)).toBe(4);
    expect(good(rollups, 'minute', HOUR, now)).toBe(3);
    expect(good(rollups, 'minute', HOUR + MINUTE_MS + 59_999, now)).toBe(2);
    expect(good(rollups, 'hour', HOUR, now)).toBe(3);
    expect(rollups.sum('minute', 'other', HOUR, now)).toMatchObject({ succeeded: 0, failed: 3 });
    expect(rollups.sum('minute', 'nobody', HOUR, now)).toMatchObject({ succeeded: 0, failed: 0, lastEndAt: null });
  });

  it('are right whenever they are read, however ends and reads follow each other', () => {
    const event = fc.record({
      /** Time that passes before it, ms. */
      pass: fc.integer({ min: 0, max: 100_000 }),
      /** How long before now the task ended: its commit came later. */
      late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000 })),
      read: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.integer({ min: 1, max: 15 * MINUTE_MS }),
        (events, windowMs) => {
          const rollups = createRollups(prepareRollups(open[0] ?? openStore().db), () => OBJECTIVE);
          const ends: number[] = [];
          let now = HOUR + 30 * MINUTE_MS;
          for (const { pass, late, read } of events) {
            now += pass;
            rollups.count(endedTask({ endedAt: now - late }));
            ends.push(now - late);
            if (!read) continue;
            const first = Math.floor((now - windowMs) / MINUTE_MS) * MINUTE_MS;
            const expected = ends.filter((at) => at >= first).length;
            expect(good(rollups, 'minute', now - windowMs, now)).toBe(expected);
          }
        },
      ),
    );
  });

  it('give percentiles of all tasks of the window together', () => {
    const { rollups } = openStore();
    for (let minute = 0; minute < 60; minute += 1) {
      const endedAt = HOUR + minute * MINUTE_MS;
      // One slow minute: an average of the minutes' percentiles would be far from what people waited.
      const waited = minute === 0 ? 60_000 : 100;
      for (let n = 0; n < 10; n += 1) rollups.count(endedTask({ endedAt, acceptedAt: endedAt - waited }));
    }
    const now = HOUR + HOUR_MS - 1;
    const sum = rollups.sum('minute', AGENT, HOUR, now);
    expect(Math.abs((latencyAt(sum, 0.95) ?? 0) - 100)).toBeLessThanOrEqual(1);
    expect(Math.abs((latencyAt(sum, 0.99) ?? 0) - 60_000)).toBeLessThanOrEqual(600);
    expect(latencyAt(rollups.sum('hour', AGENT, HOUR, now), 0.95)).toBe(latencyAt(sum, 0.95));
  });
});

describe('rollups on the disk', () => {
  it('are there again after a restart, with their percentiles', () => {
    const first = openStore();
    const ends = [HOUR - 3 * HOUR_MS, HOUR - HOUR_MS, HOUR - 1];
    for (const at of ends) first.rollups.count(endedTask({ endedAt: at, acceptedAt: at - WAITED_MS }));
    expect(first.rollups.hasChanges()).toBe(true);
    first.rollups.flush(HOUR)();
    expect(first.rollups.hasChanges()).toBe(false);
    first.db.close();

    const { rollups } = openStore(first.folder);
    rollups.load(HOUR, journalOf(...ends).since);
    expect(good(rollups, 'hour', HOUR - 4 * HOUR_MS, HOUR)).toBe(3);
    // Minutes are held for two hours; older ones come from the disk.
    expect(good(rollups, 'minute', HOUR - 4 * HOUR_MS, HOUR)).toBe(3);
    const p95 = latencyAt(rollups.sum('hour', AGENT, HOUR - 4 * HOUR_MS, HOUR), 0.95) ?? 0;
    expect(Math.abs(p95 - WAITED_MS)).toBeLessThanOrEqual(WAITED_MS * RELATIVE_ERROR);
    expect([...rollups.agents()]).toEqual([AGENT]);
  });

  it('are exact after a crash, wherever it fell: nothing lost, nothing counted twice', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 3 * HOUR_MS }), { maxLength: 40 });
    const folder = mkdtempSync(join(tmpdir(), 'nightdesk-rollups-'));
    let number = 0;
    fc.assert(
      fc.property(moments, fc.double({ min: 0, max: 1, noNaN: true }), (after, share) => {
        number += 1;
        const store = openStore(join(folder, String(number)));
        const ends = after.toSorted((a, b) => a - b).map((ms) => HOUR + ms);
        const flushed = Math.floor(ends.length * share);
        for (const [index, at] of ends.entries()) {
          store.rollups.count(endedTask({ endedAt: at }));
          if (index === flushed) store.rollups.flush(at)();
        }
        const now = HOUR + 3 * HOUR_MS;
        const again = createRollups(prepareRollups(store.db), () => OBJECTIVE);
        again.load(now, journalOf(...ends).since);
        expect(good(again, 'hour', HOUR, now)).toBe(ends.length);
        const lastHour = ends.filter((at) => at >= now - HOUR_MS).length;
        expect(good(again, 'minute', now - HOUR_MS, now)).toBe(lastHour);
      }),
      { numRuns: 25 },
    );
  });

  it('that the disk refused are written with the next flush', async () => {
    const { db, rollups } = openStore();
    const committer = createCommitter(db);
    rollups.count(endedTask({ endedAt: HOUR }));
    const refused = committer.commit(() => {
      rollups.flush(HOUR);
      throw new Error('database or disk is full');
    });
    await expect(refused).rejects.toThrow('full');
    expect(rollups.hasChanges()).toBe(true);
    (await committer.commit(() => rollups.flush(HOUR)))();
    expect(rollups.hasChanges()).toBe(false);
    expect([...prepareRollups(db).since('hour', 0)]).toMatchObject([{ agent: AGENT, start: HOUR }]);
  });

  it('that changed again before the commit was answered are written again', async () => {
    const { db, rollups } = openStore();
    rollups.count(endedTask({ endedAt: HOUR }));
    const durable = await createCommitter(db).commit(() => rollups.flush(HOUR));
    rollups.count(endedTask({ endedAt: HOUR + 1 }));
    durable();
    expect(rollups.hasChanges()).toBe(true);
  });
});

describe('a long past that is counted again', () => {
  it('goes to the disk on the way, the same as if it had been counted at once, also when that is cut off', () => {
    const days = 20;
    const now = HOUR;
    const moments = Array.from({ length: days * 24 * 60 }, (_, n) => now - (n + 1) * MINUTE_MS).toReversed();
    const journal = journalOf(...moments);
    const { folder, db, rollups } = openStore();
    rollups.load(now, journal.since);
    // Nothing was flushed: what is there was put there on the way.
    const onDisk = db.prepare<[], { n: number; newest: number }>(
      `SELECT count(*) AS n, max(start) AS newest FROM rollup WHERE span = 'minute'`,
    );
    const { n, newest } = onDisk.get() ?? { n: 0, newest: 0 };
    expect(n).toBeGreaterThan(10_000);
    expect(newest).toBeLessThan(now - 2 * HOUR_MS);
    const hours = (of: LiveRollups) =>
      of.history('hour', AGENT, now - days * 24 * HOUR_MS, now).map(({ bucket }) => bucket.succeeded);
    const minutes = (of: LiveRollups) => of.history('minute', AGENT, now - days * 24 * HOUR_MS, now).length;
    expect(hours(rollups)).toEqual(new Array(days * 24).fill(60));
    expect(minutes(rollups)).toBe(moments.length);
    // As after a crash: what is on the disk, and the rest counted again.
    const again = openStore(folder).rollups;
    again.load(now, journal.since);
    expect(hours(again)).toEqual(hours(rollups));
    expect(minutes(again)).toBe(moments.length);
  });
});

describe('a database from before there were rollups', () => {
  it('is upgraded, and its history counted from its tasks', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightdesk-rollups-'));
    const old = new Database(join(folder, 'nightdesk.db'));
    old.exec(runner.sql);
    old.pragma('user_version = 1');
    const insert = old.prepare(
      `INSERT INTO task (agent, state, priority, accepted_at, ended_at, input) VALUES ('${AGENT}', ?, 0, ?, ?, '{}')`,
    );
    insert.run('succeeded', HOUR, HOUR + 2_000);
    insert.run('failed', HOUR, HOUR + MINUTE_MS);
    insert.run('queued', HOUR, null);
    old.close();

    const { db, rollups } = openStore(folder);
    expect(db.pragma('user_version', { simple: true })).toBeGreaterThan(1);
    const tasks = prepareTasks(db);
    rollups.load(HOUR + HOUR_MS, function* (from) {
      for (const row of tasks.endedSince(from)) {
        yield endedTask({ state: row.state, acceptedAt: row.accepted_at, endedAt: row.ended_at });
      }
    });
    const sum = rollups.sum('hour', AGENT, HOUR, HOUR + HOUR_MS);
    expect(sum).toMatchObject({ succeeded: 1, failed: 1 });
    expect(countOf(sum.latency)).toBe(2);
  });
});
