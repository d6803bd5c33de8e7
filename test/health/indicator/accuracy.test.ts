import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailureSwitch } from '#contract/agent.ts';
import type { AgentHealth, BoardWindow } from '#contract/health.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { TaskMark, TaskState } from '#contract/task.ts';
import { agentRows, type BoardOptions, endsOf, watchedAgents } from '../../../electron/health/indicator/board.ts';
import { createOverdue } from '../../../electron/health/indicator/overdue.ts';
import {
  type Counted,
  createRollups,
  DAY_MS,
  HOUR_MS,
  type LiveRollups,
  MINUTE_MS,
} from '../../../electron/health/indicator/rollups.ts';
import { RELATIVE_ERROR } from '../../../electron/health/indicator/spread.ts';
import { endOf } from '../../../electron/runner/engine/ended.ts';
import { prepareEvents } from '../../../electron/store/event.ts';
import { prepareIndicators } from '../../../electron/store/indicator.ts';
import { type Database, openDatabase } from '../../../electron/store/open.ts';
import { prepareRollups } from '../../../electron/store/rollup.ts';
import { markBits, prepareTasks, taskOf } from '../../../electron/store/task.ts';

/*
 * Every number of the board against a plain recomputation over a history of 1,000,000 tasks with known rates, latencies and
 * incidents: 15 days, 20 agents. The two share nothing but the rows.
 */

const TASKS = 1_000_000;
const AGENTS = 20;
const SPAN_MS = 15 * DAY_MS;
const NOW = Date.UTC(2026, 10, 24, 3, 17, 42);
/** Agent 3 failed 60 % of its tasks for six hours, and agent 4 took five times as long. */
const INCIDENT = { from: NOW - 9 * HOUR_MS, to: NOW - 3 * HOUR_MS };
const DEADLINE_MS = 6 * HOUR_MS;
const WINDOWS: Record<BoardWindow, { ms: number; grain: number; past: number; bar: number }> = {
  '1h': { ms: HOUR_MS, grain: MINUTE_MS, past: HOUR_MS, bar: MINUTE_MS },
  '24h': { ms: DAY_MS, grain: HOUR_MS, past: HOUR_MS, bar: HOUR_MS },
  '7d': { ms: 7 * DAY_MS, grain: HOUR_MS, past: DAY_MS, bar: 2 * HOUR_MS },
};
const NAMES = Object.keys(WINDOWS) as BoardWindow[];

const agentName = (n: number): string => `agent-${String(n).padStart(2, '0')}`;

/** Every third agent counts retries as failures, every fifth slow ones, and half have a latency bound. */
function objectiveOf(agent: string): Counted {
  const n = Number(agent.slice(-2));
  const failure: FailureSwitch[] = ['failed', 'incorrect'];
  if (n % 3 === 0) failure.push('retried');
  if (n % 5 === 0) failure.push('slow');
  return { success: 0.9, p95Ms: n % 2 === 0 || n % 5 === 0 ? 8_000 : null, failure };
}

/** One statement inside SQLite: primes mix agents, ends and latencies evenly, and the same in each run. */
function seed(db: Database): void {
  db.pragma('synchronous = OFF');
  db.prepare(
    `WITH RECURSIVE
      n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @tasks),
      t AS (
        SELECT i, (i * 7919) % 1009 AS roll, (i * 104729) % @agents + 1 AS agent, 100 + (i * 6151) % 9000 AS took,
          @now - @span + CAST(i * (@span * 1.0 / @tasks) AS INTEGER) AS at, (i * 3571) % 997 AS mark
        FROM n
      ),
      u AS (SELECT *, at >= @from AND at < @to AS troubled FROM t),
      s AS (
        SELECT *, CASE WHEN roll < 2 THEN 'queued' WHEN roll < 4 THEN 'waiting'
          WHEN troubled AND agent = 3 AND roll % 10 < 6 THEN 'failed' WHEN roll < 30 THEN 'failed'
          WHEN roll < 36 THEN 'cancelled' WHEN roll < 38 THEN 'in-doubt' ELSE 'succeeded' END AS state,
          iif(troubled AND agent = 4, took * 5, took) AS takes FROM u
      )
    INSERT INTO task (id, agent, state, priority, accepted_at, wait_kind, started_at, ended_at, attempts, failures, cost_usd,
      tokens_in, tokens_out, marks, error, input)
    SELECT i, printf('agent-%02d', agent), state, 0, at - 45000, iif(state = 'waiting', 'person', NULL),
      iif(state IN ('queued', 'waiting'), NULL, at - 45000 + takes / 3),
      iif(state IN ('queued', 'waiting'), NULL, at - 45000 + takes), 1, mark < 80, (i % 7) / 1000.0, 1000 + i % 13, i % 5,
      iif(mark < 80, @retried, 0) | iif(mark % 50 = 0, @incorrect, 0) | iif(mark % 40 = 1, @fallback, 0) |
        iif(mark % 90 = 2, @unverified, 0) | iif(mark % 100 = 3, @deferred, 0) | iif(mark % 110 = 4, @reviewed, 0) | iif(mark % 120 = 5, @partial, 0),
      iif(state = 'failed', iif(i % 3 = 0, '{"class":"timeout","message":"x"}', '{"class":"tool","message":"x"}'), NULL), '{}'
    FROM s`,
  ).run({
    tasks: TASKS,
    agents: AGENTS,
    now: NOW,
    span: SPAN_MS,
    ...INCIDENT,
    ...Object.fromEntries(
      (['retried', 'incorrect', 'fallback', 'unverified', 'deferred', 'reviewed', 'partial'] as TaskMark[]).map(
        (mark) => [mark, markBits(mark)],
      ),
    ),
  });
}

/** A row as it lies in the table, and nothing of ours. */
type Row = {
  agent: string;
  state: TaskState;
  accepted: number;
  started: number;
  ended: number | null;
  usd: number;
  tokens: number;
  marks: number;
  timeout: 0 | 1;
};

let db: Database;
let folder: string;
let rollups: LiveRollups;
let options: BoardOptions;
const rows = new Map<string, Row[]>();
const boards = new Map<BoardWindow, Record<string, AgentHealth>>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-accuracy-'));
  const opened = openDatabase(folder, NOW);
  if (!opened.ok) throw new Error(opened.error.message);
  db = opened.value.db;
  seed(db);
  const tasks = prepareTasks(db);
  rollups = createRollups(prepareRollups(db), objectiveOf);
  rollups.load(NOW, function* (from): Generator<TaskEnded> {
    for (const row of tasks.endedSince(from)) {
      yield { kind: 'ended', task: taskOf(row), end: endOf(row.state, row.error), firstAttempt: row.failures === 0 };
    }
  });
  const agents = Array.from({ length: AGENTS }, (_, n) => ({
    name: agentName(n + 1),
    team: null,
    runtime: 'embedded',
    schedule: null,
    budgetDailyUsd: null,
    deadlineMs: DEADLINE_MS,
    expectEveryMs: null,
  }));
  const lanes = agents.map(({ name }) => {
    const lane = { agent: name, intake: 'open' as const, intakeUntil: null, route: [], running: 0 };
    return { ...lane, queued: 1, waiting: 1 };
  });
  const snapshot = { agents, lanes };
  const overdue = createOverdue({
    tasks: prepareIndicators(db),
    events: prepareEvents(db),
    now: () => NOW,
    passed: () => 0,
  });
  overdue.refresh(watchedAgents({ snapshot, foreign: new Map() }));
  options = {
    rollups,
    snapshot,
    foreign: new Map(),
    standing: new Map(),
    objectiveOf,
    overdueOf: overdue.of,
    startedAt: NOW,
    now: NOW,
    unknownOf: () => undefined,
  };
  for (const window of NAMES) boards.set(window, agentRows(window, options));
  const plain = db.prepare<[], Row>(
    `SELECT agent, state, accepted_at AS accepted, started_at AS started, ended_at AS ended, cost_usd AS usd, tokens_in AS tokens,
      marks, error LIKE '%timeout%' AS timeout FROM task`,
  );
  for (const row of plain.iterate()) {
    const known = rows.get(row.agent);
    if (known) known.push(row);
    else rows.set(row.agent, [row]);
  }
}, 120_000);
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const has = (row: Row, mark: TaskMark): boolean => (row.marks & markBits(mark)) !== 0;
const floor = (at: number, grain: number): number => Math.floor(at / grain) * grain;
const count = <T>(all: readonly T[], wanted: (one: T) => boolean): number =>
  all.reduce((sum, one) => sum + Number(wanted(one)), 0);

/** What the design calls good, said again in other words. */
function isGood(row: Row, { failure, p95Ms }: Counted, firstOnly = false): boolean {
  if (row.state !== 'succeeded' || row.ended === null) return false;
  if (has(row, 'incorrect')) return false;
  if ((firstOnly || failure.includes('retried')) && has(row, 'retried')) return false;
  return !(failure.includes('slow') && p95Ms !== null && row.ended - row.accepted > p95Ms);
}
const counts = (row: Row): boolean => row.ended !== null && row.state !== 'cancelled';

/** The value at a rank of the sorted values. */
function quantile(values: number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(at * (sorted.length - 1))] ?? Number.NaN;
}

function near(shown: number | null, exact: number): void {
  expect(shown).not.toBeNull();
  // Shown in whole ms.
  expect(Math.abs((shown ?? 0) - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR + 0.5);
}

describe.each(NAMES)('the board of %s', (window) => {
  const { ms, grain, past, bar } = WINDOWS[window];
  const from = floor(NOW - ms, grain);

  it.each(Array.from({ length: AGENTS }, (_, n) => agentName(n + 1)))('of %s is what its rows say', (agent) => {
    const shown = boards.get(window)?.[agent];
    const all = rows.get(agent) ?? [];
    const ended = all.filter((row) => row.ended !== null && row.ended >= from && row.ended <= NOW);
    const objective = objectiveOf(agent);
    const good = ended.filter((row) => isGood(row, objective));
    const succeeded = ended.filter((row) => row.state === 'succeeded');
    const overdue = count(all, (row) => row.ended === null && row.accepted <= NOW - DEADLINE_MS);
    const total = count(ended, counts) + overdue;
    expect(overdue).toBeGreaterThan(50);

    expect(shown?.success).toMatchObject({ good: good.length, total });
    expect(shown?.firstAttempt).toMatchObject({ good: count(ended, (row) => isGood(row, objective, true)), total });
    expect(shown?.counts).toEqual({
      succeeded: succeeded.length,
      failed: count(ended, (row) => row.state === 'failed' && row.timeout === 0),
      timedOut: count(ended, (row) => row.state === 'failed' && row.timeout === 1),
      rejected: 0,
      cancelled: count(ended, (row) => row.state === 'cancelled'),
      inDoubt: count(ended, (row) => row.state === 'in-doubt'),
      overdue,
    });
    const late = (row: Row): boolean => objective.p95Ms !== null && (row.ended ?? 0) - row.accepted > objective.p95Ms;
    for (const mark of ['retried', 'incorrect', 'fallback', 'unverified', 'deferred', 'reviewed', 'partial'] as const) {
      expect([mark, shown?.marks[mark]]).toEqual([mark, count(succeeded, (row) => has(row, mark))]);
    }
    expect(shown?.marks.slow).toBe(count(succeeded, late));
    if (objective.p95Ms !== null) {
      expect(shown?.withinP95).toMatchObject({ good: count(succeeded, (row) => !late(row)), total: succeeded.length });
    }
    // A cancel and an end in doubt say nothing of how long a task takes.
    const timed = ended.filter((row) => counts(row) && row.state !== 'in-doubt');
    const took = timed.map((row) => (row.ended ?? 0) - row.accepted);
    near(shown?.p50Ms ?? null, quantile(took, 0.5));
    near(shown?.p95Ms ?? null, quantile(took, 0.95));
    if (took.length >= 500) near(shown?.p99Ms ?? null, quantile(took, 0.99));
    else expect(shown?.p99Ms).toBeNull();
    near(
      shown?.fromStart.p95Ms ?? null,
      quantile(
        timed.map((row) => (row.ended ?? 0) - row.started),
        0.95,
      ),
    );
    expect(shown?.costUsd).toBeCloseTo(
      ended.reduce((sum, row) => sum + row.usd, 0),
      6,
    );
    expect(shown?.costPerSuccessUsd).toBeCloseTo(ended.reduce((sum, row) => sum + row.usd, 0) / succeeded.length, 9);
    expect(shown?.tokens.in).toBe(ended.reduce((sum, row) => sum + row.tokens, 0));
    expect(shown?.lastSuccessAt).toBe(Math.max(...succeeded.map((row) => row.ended ?? 0)));

    const minutes = new Map<number, { good: number; all: number }>();
    for (const row of ended.filter(counts)) {
      const minute = floor(row.ended ?? 0, MINUTE_MS);
      const known = minutes.get(minute) ?? { good: 0, all: 0 };
      minutes.set(minute, { good: known.good + Number(isGood(row, objective)), all: known.all + 1 });
    }
    expect(shown?.availability).toMatchObject({
      measuredMinutes: minutes.size,
      goodMinutes: count([...minutes.values()], (each) => each.good >= objective.success * each.all),
    });

    const then = { from: floor(NOW - 7 * DAY_MS - ms, past), to: floor(NOW - 7 * DAY_MS, past) };
    const before = all.filter((row) => counts(row) && (row.ended ?? 0) >= then.from && (row.ended ?? 0) < then.to);
    expect(shown?.lastWeek.success).toMatchObject({
      good: count(before, (row) => isGood(row, objective)),
      total: before.length,
    });

    const first = floor(NOW, bar) - (ms / bar - 1) * bar;
    const bars = Array.from({ length: ms / bar }, () => ({ good: 0, bad: 0 }));
    for (const row of all) {
      const at = bars[Math.floor(((row.ended ?? -1) - first) / bar)];
      if (at && counts(row)) at[isGood(row, objective) ? 'good' : 'bad'] += 1;
    }
    expect(shown?.spark.good).toEqual(bars.map((each) => each.good));
    expect(shown?.spark.bad).toEqual(bars.map((each) => each.bad));
  });

  it('adds the bars of all agents up', () => {
    const board = boards.get(window) ?? {};
    const { ends } = endsOf(window, board, options);
    const sum = Object.values(ends).reduce((all, each) => all + each.good + each.bad, 0);
    const inBars = Object.values(board).flatMap(({ spark }) => [...spark.good, ...spark.bad]);
    expect(sum).toBe(inBars.reduce((all, each) => all + each, 0));
  });
});

it('shows the incidents that were made', () => {
  const board = boards.get('24h') ?? {};
  // Six of 24 hours at 60 %; agent 6 has the same objective and no incident.
  expect(board['agent-03']?.state).toBe('failing');
  expect(board['agent-03']?.success.high).toBeLessThan(board['agent-06']?.success.low ?? 0);
  // Its p95 within the bound is for 95 of 100: every agent misses that; only this one lost a quarter of its day.
  expect(board['agent-04']?.withinP95?.high).toBeLessThan((board['agent-02']?.withinP95?.low ?? 0) - 0.1);
  expect((board['agent-04']?.p95Ms ?? 0) / (board['agent-02']?.p95Ms ?? 1)).toBeGreaterThan(3);
});
