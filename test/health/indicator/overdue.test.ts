import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { type WaitKind, waitKindSchema } from '#contract/task.ts';
import { createOverdue } from '../../../electron/health/indicator/overdue.ts';
import { prepareEvents } from '../../../electron/store/event.ts';
import { prepareIndicators } from '../../../electron/store/indicator.ts';
import { type Database, openDatabase } from '../../../electron/store/open.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const open: Database[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

function openStore(): Database {
  const opened = openDatabase(mkdtempSync(join(tmpdir(), 'nightdesk-overdue-')), NOW);
  if (!opened.ok) throw new Error(opened.error.message);
  open.push(opened.value.db);
  return opened.value.db;
}

function insert(
  db: Database,
  task: { agent: string; state: string; wait: WaitKind | null; priority: number; at: number },
) {
  const ended = ['succeeded', 'failed'].includes(task.state) ? task.at + 1 : null;
  db.prepare(
    `INSERT INTO task (agent, state, wait_kind, priority, accepted_at, ended_at, input) VALUES (?, ?, ?, ?, ?, ?, '{}')`,
  ).run(task.agent, task.state, task.wait, task.priority, task.at, ended);
}

function overdueIn(db: Database) {
  return createOverdue({ tasks: prepareIndicators(db), events: prepareEvents(db), now: () => NOW, passed: () => 0 });
}

const watched = (name: string, deadlineMs: number) => ({ name, isEmbedded: true, deadlineMs, inFlight: 1 });

it('counts what is in flight past its deadline, in whatever state, and nothing else', () => {
  const state = fc.oneof(
    fc.record({ state: fc.constantFrom('queued', 'running', 'succeeded', 'failed'), wait: fc.constant(null) }),
    fc.record({ state: fc.constant('waiting'), wait: fc.constantFrom(...waitKindSchema.options) }),
    fc.record({ state: fc.constant('retrying'), wait: fc.constant<WaitKind>('backoff') }),
  );
  const task = fc.record({
    agent: fc.constantFrom('a', 'b'),
    how: state,
    priority: fc.constantFrom(-5, 0, 100),
    /** Since the one before it was accepted. */
    passed: fc.integer({ min: 0, max: HOUR }),
  });
  fc.assert(
    fc.property(fc.array(task, { maxLength: 40 }), fc.integer({ min: 0, max: 20 * HOUR }), (tasks, deadline) => {
      const db = openStore();
      let at = NOW - 12 * HOUR;
      const late = { a: 0, b: 0 };
      for (const { agent, how, priority, passed } of tasks) {
        at = Math.min(NOW, at + passed);
        insert(db, { agent, ...how, priority, at });
        const inFlight = how.state !== 'succeeded' && how.state !== 'failed' && how.wait !== 'delayed';
        if (inFlight && at <= NOW - deadline) late[agent as 'a' | 'b'] += 1;
      }
      const overdue = overdueIn(db);
      overdue.refresh([watched('a', deadline), watched('b', deadline)]);
      expect({ a: overdue.of('a'), b: overdue.of('b') }).toEqual(late);
    }),
    { numRuns: 40 },
  );
}, 30_000);

it('says that it could not count, not zero, and counts again when it can', () => {
  const db = openStore();
  insert(db, { agent: 'a', state: 'queued', wait: null, priority: 0, at: NOW - 2 * HOUR });
  const tasks = prepareIndicators(db);
  let broken = true;
  let passed = 0;
  const overdue = createOverdue({
    tasks: {
      ...tasks,
      idAt(moment) {
        if (broken) throw new Error('database disk image is malformed');
        return tasks.idAt(moment);
      },
    },
    events: prepareEvents(db),
    now: () => NOW,
    passed: () => passed,
  });
  overdue.refresh([watched('a', HOUR)]);
  expect(overdue.of('a')).toBeNull();
  expect(overdue.failed()).toContain('malformed');
  broken = false;
  passed += 60_000;
  overdue.refresh([watched('a', HOUR)]);
  expect(overdue.of('a')).toBe(1);
});

it('reads ranges of indexes, not the queue', () => {
  const db = openStore();
  for (const [sql, ...values] of [
    [
      `SELECT count(*) FROM task INDEXED BY task_runnable WHERE agent = ? AND state = 'queued' AND priority = ? AND id <= ?`,
      'a',
      0,
      9,
    ],
    ['SELECT count(*) FROM task INDEXED BY task_waiting WHERE wait_kind = ? AND agent = ? AND id <= ?', 'turn', 'a', 9],
  ] as const) {
    const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    expect(plan.map(({ detail }) => detail).join()).toMatch(/SEARCH task USING COVERING INDEX .*(rowid|id)<\?/);
  }
});
