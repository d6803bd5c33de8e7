import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '#contract/settings.ts';
import { createRetention, nextRows } from '../../electron/desk/retention.ts';
import { createRollups } from '../../electron/health/indicator/rollups.ts';
import { endOf } from '../../electron/runner/engine/ended.ts';
import { type Committer, createCommitter } from '../../electron/store/committer.ts';
import { type Database, openDatabase } from '../../electron/store/open.ts';
import { prepareRetention } from '../../electron/store/retention.ts';
import { prepareRollups } from '../../electron/store/rollup.ts';
import { prepareTasks, taskOf } from '../../electron/store/task.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = 1_800_000_000_000 - (1_800_000_000_000 % HOUR);

let folder: string;
let db: Database;
let committer: Committer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-retention-'));
  const opened = openDatabase(folder, NOW);
  if (!opened.ok) throw new Error(opened.error.message);
  db = opened.value.db;
  committer = createCommitter(db);
});
afterEach(() => {
  if (db.open) db.close();
});

/** A task with two steps, an attempt and a question. */
function ended(at: number | null, change: { state?: string; key?: string; result?: string } = {}): number {
  const { state = at === null ? 'queued' : 'succeeded', key = null, result = '{}' } = change;
  const id = Number(
    db
      .prepare(
        `INSERT INTO task (agent, key, state, priority, accepted_at, started_at, ended_at, attempts, input) VALUES ('a', ?, ?, 0, ?, ?, ?, 1, '{"b":1,"a":2}')`,
      )
      .run(key, state, (at ?? NOW) - 1_000, (at ?? NOW) - 900, at).lastInsertRowid,
  );
  for (const seq of [0, 1]) {
    db.prepare(
      `INSERT INTO step (task, seq, attempt, name, kind, state, started_at, result) VALUES (?, ?, 1, 's' || ?, 'step', 'done', 0, ?)`,
    ).run(id, seq, seq, result);
  }
  db.prepare(
    `INSERT INTO attempt (task, number, worker, started_at, ended_at, outcome) VALUES (?, 1, 'w', 0, 0, 'succeeded')`,
  ).run(id);
  db.prepare(
    `INSERT INTO question (task, agent, step, seq, kind, text, choices, asked_at, answered_at, rehearsal) VALUES (?, 'a', 's', 0, 'ask', '?', '[]', 0, 1, 0)`,
  ).run(id);
  return id;
}

/** In one transaction. */
function many(count: number, make: (n: number) => unknown): void {
  db.transaction(() => {
    for (let n = 0; n < count; n += 1) make(n);
  })();
}

/** Health has counted everything until then. */
function counted(until: number): void {
  db.prepare(
    `INSERT OR REPLACE INTO rollup (span, agent, type, start, body, latency) VALUES ('minute', 'a', 'default', ?, '{}', x'')`,
  ).run(until);
}

const idsIn = (table: string, column: string): unknown[] =>
  db.prepare(`SELECT DISTINCT ${column} FROM ${table} ORDER BY 1`).pluck().all();

function keep(yaml: { keep?: string; megabytes?: number }) {
  const settings = settingsSchema.parse({ retention: yaml });
  const lines: string[] = [];
  const retention = createRetention({
    db,
    committer,
    settings: () => settings,
    now: () => NOW,
    log: (line) => lines.push(line),
  });
  return { retention, lines };
}

describe('retention by age', () => {
  it('removes what ended longer ago than it says, with steps, attempts and questions; the rest stays whole', async () => {
    const old = [ended(NOW - 3 * DAY), ended(NOW - 2 * DAY - 1, { state: 'failed' })];
    const kept = [ended(NOW - 2 * DAY + 1), ended(null), ended(NOW - HOUR)];
    counted(NOW - HOUR);
    const { retention } = keep({ keep: '2d' });
    retention.look();
    await until(() => retention.removed() === old.length);
    retention.stop();
    for (const [table, column] of [
      ['task', 'id'],
      ['step', 'task'],
      ['attempt', 'task'],
      ['question', 'task'],
    ] as const) {
      expect(idsIn(table, column)).toEqual(kept);
    }
  });

  it('never removes a task in doubt: a person has not said what became of it', async () => {
    const doubtful = ended(NOW - 30 * DAY, { state: 'in-doubt' });
    ended(NOW - 29 * DAY);
    const newest = ended(NOW - HOUR);
    counted(NOW);
    const { retention } = keep({ keep: '1d' });
    retention.look();
    await until(() => retention.removed() === 1);
    retention.stop();
    expect(idsIn('task', 'id')).toEqual([doubtful, newest]);
  });

  it('never gives up the newest id: another task would get it', async () => {
    const ids = [ended(NOW - 9 * DAY), ended(NOW - 8 * DAY)];
    counted(NOW);
    const { retention } = keep({ keep: '1d' });
    retention.look();
    await until(() => retention.removed() === 1);
    retention.stop();
    expect(ended(null)).toBeGreaterThan(ids[1] ?? 0);
  });

  it('removes nothing that the rollups have not counted for good', async () => {
    const uncounted = ended(NOW - 5 * DAY + 10 * 60_000);
    const before = ended(NOW - 5 * DAY - 1);
    ended(null);
    counted(NOW - 5 * DAY + 20 * 60_000);
    const { retention } = keep({ keep: '1d' });
    retention.look();
    await until(() => retention.removed() === 1);
    retention.stop();
    expect(idsIn('task', 'id')).toContain(uncounted);
    expect(idsIn('task', 'id')).not.toContain(before);
  });
});

describe('events of other runtimes', () => {
  it('stay for as long as late ones are taken, however short tasks are kept, so that none lands twice', async () => {
    const insert = db.prepare(
      `INSERT INTO event (runtime, task, sequence, agent, type, kind, at, body) VALUES ('crew', ?, 0, 'crew.a', 'default', 'accepted', ?, '{}')`,
    );
    insert.run('old', NOW - 32 * DAY);
    insert.run('late', NOW - 29 * DAY);
    const { retention } = keep({ keep: '1d' });
    retention.look();
    await until(() => idsIn('event', 'task').length === 1);
    retention.stop();
    expect(idsIn('event', 'task')).toEqual(['late']);
  });
});

describe('rates over what was removed', () => {
  it('are the same after a restart, to the task', async () => {
    const tasks = prepareTasks(db);
    const live = createRollups(prepareRollups(db), () => ({ success: 0.99, p95Ms: null, failure: ['failed'] }));
    many(400, (n) => ended(NOW - n * (HOUR / 10), { state: n % 7 === 0 ? 'failed' : 'succeeded' }));
    function* endedSince(from: number) {
      for (const row of tasks.endedSince(from)) {
        yield { kind: 'ended', task: taskOf(row), end: endOf(row.state, row.error), firstAttempt: true } as const;
      }
    }
    live.load(NOW, endedSince);
    await committer.commit(() => live.flush(NOW));
    const before = live.sum('hour', 'a', NOW - 3 * DAY, NOW);
    const { retention } = keep({ keep: '6h' });
    retention.look();
    await until(() => idsIn('task', 'id').length < 80);
    retention.stop();
    const again = createRollups(prepareRollups(db), () => ({ success: 0.99, p95Ms: null, failure: ['failed'] }));
    again.load(NOW, endedSince);
    const after = again.sum('hour', 'a', NOW - 3 * DAY, NOW);
    const counts = (bucket: object) => Object.entries(bucket).filter(([, value]) => typeof value === 'number');
    expect(counts(after)).toEqual(counts(before));
    expect(before).toMatchObject({ succeeded: 342, failed: 58 });
  });
});

describe('a file that is too large', () => {
  it('loses the oldest ends first, and the space is used again: it does not grow on', async () => {
    const result = JSON.stringify('x'.repeat(100_000));
    many(500, (n) => ended(NOW - 2 * DAY - n, { result, key: `k-${n}` }));
    ended(null);
    counted(NOW);
    const { retention } = keep({ keep: '30d', megabytes: 64 });
    const limit = 64 * 1024 * 1024;
    expect(retention.usedBytes()).toBeGreaterThan(limit);
    retention.look();
    await until(() => retention.usedBytes() <= limit);
    const pages = db.pragma('page_count', { simple: true });
    const left = idsIn('task', 'id') as number[];
    expect(left.length).toBeLessThan(450);
    // The newest id, queued, and of the ended ones the youngest.
    expect(left.slice(0, -1)).toEqual(Array.from({ length: left.length - 1 }, (_, index) => index + 1));
    retention.stop();
    const next = keep({ keep: '30d', megabytes: 64 }).retention;
    many(100, (n) => ended(NOW - DAY - n, { result }));
    next.look();
    await until(() => next.usedBytes() <= limit);
    next.stop();
    expect(Number(db.pragma('page_count', { simple: true }))).toBeLessThan(Number(pages) * 1.5);
  });

  it('whose tasks go early: their keys stand for them until their time', async () => {
    const early = ended(NOW - DAY, { key: 'early' });
    const late = ended(NOW - 40 * DAY, { key: 'late' });
    ended(null);
    const store = prepareRetention(db);
    const tasks = prepareTasks(db);
    const done = store.removeTasks(0, NOW, 1_000, { since: NOW - 30 * DAY, forMs: 30 * DAY });
    expect(done.tasks).toBe(2);
    expect(tasks.spentKey('a', 'early', NOW)).toMatchObject({ task: early });
    expect(tasks.spentKey('a', 'late', NOW)).toBeUndefined();
    expect(tasks.spentKey('a', 'early', NOW + 29 * DAY + 1)).toBeUndefined();
    expect(store.removeRest(0, NOW + 29 * DAY + 1, 10)).toBe(1);
    expect(late).toBeGreaterThan(early);
  });
});

describe('a key whose task was removed for want of space', () => {
  let desk: TestRunner | undefined;
  afterEach(() => desk?.close());

  it('is done once all the same, and stands for its input alone', async () => {
    ended(NOW - DAY, { key: 'early' });
    ended(null);
    db.prepare(`UPDATE task SET agent = 'one-step' WHERE key = 'early'`).run();
    prepareRetention(db).removeTasks(0, NOW, 1_000, { since: 0, forMs: 30 * DAY });
    db.close();
    desk = startRunner(folder, 1, { now: () => NOW });
    const submit = (input: { a: number; b: number }) =>
      desk?.runner.submit([{ agent: 'one-step', input, key: 'early' }]).then(([result]) => result);
    expect(await submit({ a: 2, b: 1 })).toEqual({ ok: true, value: { id: 't1', duplicate: true } });
    expect(await submit({ a: 3, b: 1 })).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });
});

describe('removing beside the work', () => {
  it('takes about as many rows at a time as it may, however many steps a task has', () => {
    const id = ended(NOW - DAY);
    const step = db.prepare(
      `INSERT INTO step (task, seq, attempt, name, kind, state, started_at) VALUES (?, ?, 1, 's' || ?, 'step', 'done', 0)`,
    );
    many(498, (n) => step.run(id, n + 2, n + 2));
    ended(null);
    const store = prepareRetention(db);
    let batches = 0;
    for (let more = true; more; batches += 1) {
      const done = store.removeTasks(0, NOW, 50, { since: NOW, forMs: 0 });
      expect(done.rows).toBeLessThanOrEqual(53);
      more = done.more;
    }
    expect(batches).toBeGreaterThanOrEqual(10);
    expect(idsIn('step', 'task')).toEqual([2]);
  });

  it('is slower when a batch took long, and never stops', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1_000, noNaN: true }), (rows, ms) => {
        const next = nextRows(rows, ms);
        expect(next).toBeGreaterThanOrEqual(1);
        expect(next).toBeLessThanOrEqual(2_000);
        if (ms > 5 && rows > 8) expect(next).toBeLessThan(rows);
      }),
    );
  });
});
