import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SamplePlan } from '#contract/agent.ts';
import type { Actor } from '#contract/basic.ts';
import { CANARY_KEY } from '#contract/canary.ts';
import { fail, succeed } from '#contract/errors.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { Correctness } from '#contract/sample.ts';
import type { Step, Task, TaskDetail } from '#contract/task.ts';
import { createSampling, type Sampling } from '../../../electron/health/sample/index.ts';
import { createCommitter } from '../../../electron/store/committer.ts';
import { type Database, openDatabase } from '../../../electron/store/open.ts';
import { endedTask } from '../../support/ended.ts';
import { NIGHT, summaryOf } from '../../support/health.ts';
import { randomFrom } from '../../support/storm/schedule.ts';

const AGENT = 'invoice-triage';
const ADA: Actor = { name: 'ada', via: 'console' };
const DAY = 86_400_000;

/** What the test plays around the samples: it may change all of it. */
const world = {
  folder: '',
  now: NIGHT,
  plan: { rate: 1, minimum: 0, most: 10_000, objective: 0.99, judge: null } as SamplePlan,
  ended: [] as TaskEnded[],
  details: new Map<string, Partial<TaskDetail>>(),
  /** Marks before and after, of each end that was counted anew. */
  recounted: [] as [string[], string[]][],
  changed: false,
  rehearsal: false,
};
const START = { ...world };
let db: Database;
let sampling: Sampling;

/** Samples on a real database. */
function start(recountedFrom = 0): void {
  const opened = openDatabase(world.folder, world.now);
  if (!opened.ok) throw new Error(opened.error.message);
  db = opened.value.db;
  sampling = createSampling({
    db,
    commit: createCommitter(db).commit,
    agents: () => [{ ...summaryOf(AGENT), sample: world.plan }],
    changedSince: () => (world.changed ? [AGENT] : []),
    endedSince: (from) => world.ended.filter(({ task }) => (task.endedAt ?? 0) >= from),
    task: detail,
    recount: (before, after) => world.recounted.push([before.task.marks, after.task.marks]),
    keepMs: () => 30 * DAY,
    rehearsal: world.rehearsal,
    now: () => world.now,
    audit: () => {},
    random: randomFrom(1),
    onChange: () => {},
  });
  sampling.start(recountedFrom);
}

function detail(id: string) {
  const task = world.ended.find((each) => each.task.id === id)?.task;
  if (task === undefined) return fail('NOT_FOUND', 'gone', { kept: '', todo: '' });
  const rest = { input: { of: id }, output: { answer: id }, error: null, definition: 'd', origin: null, offspring: [] };
  const limits = { attempts: 1, timeoutMs: 1, costUsd: null };
  const lists = { doubts: [], attemptList: [], steps: [] };
  return succeed<TaskDetail>({ ...task, ...rest, ...lists, limits, ...world.details.get(id) });
}

/** So many ends, one a second, each with its row. */
function end(count: number, change: Partial<Task> = {}): void {
  const insert = db.prepare(
    'INSERT INTO task (id, agent, state, priority, accepted_at, ended_at, input) VALUES (?, ?, ?, 0, ?, ?, ?)',
  );
  const events = Array.from({ length: count }, (_, n) => {
    world.now += 1_000;
    return endedTask({ id: `t${world.ended.length + n + 1}`, endedAt: world.now, agent: AGENT, ...change });
  });
  db.transaction(() => {
    for (const { task } of events) {
      insert.run(Number(task.id.slice(1)), AGENT, task.state, task.acceptedAt, task.endedAt, '{}');
    }
  })();
  world.ended.push(...events);
  for (const event of events) sampling.offer(event);
}

function flush(): void {
  if (sampling.hasChanges()) db.transaction(() => sampling.flush())()();
}

/** As kill -9: what was not flushed is gone. */
function crash(recountedFrom = 0): void {
  db.close();
  start(recountedFrom);
}

function marks(task: string): number {
  return (db.prepare('SELECT marks FROM task WHERE id = ?').get(Number(task.slice(1))) as { marks: number }).marks;
}

function correctness(): Correctness {
  const [found] = sampling.correctness(AGENT);
  if (found === undefined) throw new Error('no correctness');
  return found;
}

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-sample-'));
  Object.assign(world, START, { folder, ended: [], details: new Map(), recounted: [] });
  start();
});
afterEach(() => db.close());

const open = () => sampling.list({ open: true, limit: 1_000 });

/** Judges everything that is open, oldest first. */
async function judgeAll(isCorrect: (n: number) => boolean): Promise<void> {
  for (const [n, { id }] of open().entries()) {
    world.now += 60_000;
    await sampling.judge(id, isCorrect(n) ? 'correct' : 'incorrect', null, ADA);
  }
}

describe('the queue', () => {
  it('holds what succeeded, oldest first, and neither failures, canaries nor rehearsals', () => {
    end(2);
    end(1, { state: 'failed' });
    end(1, { key: `${CANARY_KEY}1` });
    end(1, { marks: ['rehearsal'] });
    flush();
    expect(open().map(({ task }) => task)).toEqual(['t1', 't2']);
    expect(correctness()).toMatchObject({ open: 2, successes: 2, state: 'not-enough-data', estimate: null });
  });

  it('draws rehearsals in a rehearsal, and nothing else there', () => {
    world.rehearsal = true;
    crash();
    end(2, { marks: ['rehearsal'] });
    end(1);
    flush();
    expect(open().map(({ rehearsal }) => rehearsal)).toEqual([true, true]);
  });

  it('keeps the chance of each, and draws marked ends and new definitions apart', () => {
    world.plan = { ...world.plan, rate: 0.1, most: 1_000 };
    sampling.learn();
    end(1_000);
    end(40, { marks: ['fallback'] });
    world.changed = true;
    sampling.learn();
    end(40);
    flush();
    const drawn = Map.groupBy(open(), (sample) => sample.class);
    expect(drawn.get('usual')?.every(({ chance }) => chance === 0.1)).toBe(true);
    // Five times as often: 20 of 40 each; four standard deviations are 13.
    for (const of of ['marked', 'new'] as const) {
      expect(drawn.get(of)?.every(({ chance }) => chance === 0.5)).toBe(true);
      expect(Math.abs((drawn.get(of)?.length ?? 0) - 20)).toBeLessThan(13);
    }
    expect(Math.abs((drawn.get('usual')?.length ?? 0) - 100)).toBeLessThan(38);
  });

  it('survives a crash: what was not on the disk is offered again, and nothing is drawn or counted twice', () => {
    end(30);
    flush();
    end(20);
    crash();
    flush();
    crash();
    end(5);
    flush();
    expect(open()).toHaveLength(55);
    expect(new Set(open().map(({ task }) => task)).size).toBe(55);
    expect(correctness().successes).toBe(55);
  });

  it('does not draw what ended before there were samples', () => {
    end(10);
    // Nothing was flushed: the next start is the first one that the disk knows.
    crash();
    flush();
    expect(open()).toEqual([]);
  });

  it('copies input, output and what the agent did, without what the judge said', async () => {
    const step = (seq: number, change: Partial<Step>): Step => ({
      seq,
      attempt: 1,
      name: `step ${seq}`,
      kind: 'tool',
      state: 'done',
      startedAt: NIGHT,
      endedAt: NIGHT + 250,
      request: { vendor: 'acme' },
      result: { paid: true },
      error: null,
      effectKey: null,
      call: null,
      replayedBy: [],
      ...change,
    });
    const steps = [
      step(0, { kind: 'model', name: 'turn 1', request: { messages: ['long'] } }),
      step(1, { name: 'ledger.book', kind: 'effect' }),
      step(2, { name: 'judge score', kind: 'check' }),
    ];
    world.details.set('t1', { input: { invoice: 7 }, output: { total: 12 }, steps });
    end(1);
    flush();
    const [sample] = open();
    const detail = sampling.get(sample?.id ?? 0);
    if (!detail.ok) throw new Error(detail.error.message);
    expect(detail.value.copy).toEqual({
      input: { invoice: 7 },
      output: { total: 12 },
      did: [
        { name: 'turn 1', kind: 'model', ms: 250, request: null, result: { paid: true } },
        { name: 'ledger.book', kind: 'effect', ms: 250, request: { vendor: 'acme' }, result: { paid: true } },
      ],
      more: 0,
      costUsd: 0.01,
    });
  });

  it('keeps a copy although its task is removed, until it was judged and kept long enough', async () => {
    end(2);
    flush();
    db.exec('DELETE FROM task');
    const [first, second] = open();
    await sampling.judge(first?.id ?? 0, 'incorrect', null, ADA);
    world.now += 27 * DAY;
    end(1);
    flush();
    for (const id of [first?.id, second?.id]) {
      expect(sampling.get(id ?? 0)).toMatchObject({ ok: true, value: { copy: { input: expect.anything() } } });
    }
    world.now += 4 * DAY;
    end(1);
    flush();
    expect(sampling.get(first?.id ?? 0)).toMatchObject({ ok: true, value: { copy: null } });
    // Nobody judged the other within the span that correctness speaks of: it could count no more.
    expect(sampling.get(second?.id ?? 0)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(await sampling.undo(first?.id ?? 0, ADA)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });
});

describe('a verdict', () => {
  it('counts once: the first one, and a later one says who was first', async () => {
    end(1);
    flush();
    const [sample] = open();
    const id = sample?.id ?? 0;
    const [first, second] = await Promise.all([
      sampling.judge(id, 'correct', 'as the contract says', ADA),
      sampling.judge(id, 'incorrect', null, { name: 'bob', via: 'cli' }),
    ]);
    expect(first).toMatchObject({
      ok: true,
      value: { judged: { verdict: 'correct', note: 'as the contract says', by: ADA } },
    });
    expect(second).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', message: `Sample ${id} was judged correct by ada.` },
    });
    expect(open()).toEqual([]);
    expect(await sampling.judge(99, 'correct', null, ADA)).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
  });

  it('of incorrect marks the task, and has its end counted as incorrect once; undone, it counts as before', async () => {
    end(1);
    flush();
    const [sample] = open();
    const id = sample?.id ?? 0;
    await sampling.judge(id, 'incorrect', null, ADA);
    expect(world.recounted).toEqual([[[], ['incorrect']]]);
    expect(marks('t1')).toBe(32);
    flush();
    await sampling.undo(id, ADA);
    expect(world.recounted[1]).toEqual([['incorrect'], []]);
    expect(marks('t1')).toBe(0);
    expect(open()).toHaveLength(1);
    await sampling.judge(id, 'correct', null, ADA);
    expect(world.recounted).toHaveLength(2);
  });

  it('reaches the rollups once, whenever the desk dies', async () => {
    end(2);
    flush();
    const [first, second] = open();
    await sampling.judge(first?.id ?? 0, 'incorrect', null, ADA);
    await sampling.judge(second?.id ?? 0, 'incorrect', null, ADA);
    world.recounted = [];
    // Of these two ends, the rollups counted the second one again from its task, which has the mark.
    crash(world.ended[1]?.task.endedAt ?? 0);
    expect(world.recounted).toEqual([[[], ['incorrect']]]);
    flush();
    world.recounted = [];
    crash(0);
    expect(world.recounted).toEqual([]);
  });
});

describe('correctness', () => {
  it('is read from the disk again when something changed, not whenever it is asked for', async () => {
    end(3);
    flush();
    const read = correctness();
    sampling.learn();
    world.now += 60_000;
    expect(correctness()).toBe(read);

    await judgeAll(() => true);
    expect(correctness()).toMatchObject({ verdicts: 3, open: 0 });
    end(1);
    flush();
    expect(correctness()).toMatchObject({ successes: 4, open: 1 });
    world.plan = { ...world.plan, objective: 0.5 };
    sampling.learn();
    expect(correctness().objective).toBe(0.5);
    const before = correctness();
    world.now += 5 * 60_000;
    expect(correctness()).toMatchObject({ from: before.from + 5 * 60_000, to: world.now });
    const [last] = sampling.list({ open: false, limit: 1 });
    await sampling.undo(last?.id ?? 0, ADA);
    expect(correctness()).toMatchObject({ verdicts: 2, open: 2 });
  });

  it('says estimate, interval and how many more verdicts would settle it', async () => {
    end(60);
    flush();
    await judgeAll(() => true);
    const state = correctness();
    expect(state).toMatchObject({ state: 'unsettled', verdicts: 60, correct: 60, open: 0, coverage: 1, more: 321 });
    expect(state.estimate?.estimate).toBe(1);
    expect(state.estimate?.low).toBeCloseTo(0.9398, 3);
    expect(state.verdictsADay).toBeCloseTo(60 / 7);
  });

  it('leaves out what nobody could tell', async () => {
    end(25);
    flush();
    for (const { id } of open()) await sampling.judge(id, 'cannot-tell', null, ADA);
    expect(correctness()).toMatchObject({ state: 'not-enough-data', estimate: null, verdicts: 0, cannotTell: 25 });
  });

  it('is below its objective only when chance cannot explain it, and raises the watch as a ticket that clears again', async () => {
    end(40);
    flush();
    await judgeAll((n) => n % 8 !== 0);
    expect(correctness()).toMatchObject({ state: 'below', more: 0, watch: { alarm: true } });
    const [signal] = sampling.signals(world.now);
    expect(signal).toMatchObject({ rule: 'correctness-drop', severity: 'ticket', subject: AGENT, event: 'holds' });
    end(200);
    flush();
    await judgeAll(() => true);
    expect(sampling.signals(world.now)[0]).toMatchObject({ event: 'cleared' });
  });

  it('has no signal without a verdict: no data resolves nothing', () => {
    end(40);
    flush();
    expect(sampling.signals(world.now)).toEqual([]);
  });

  it('corrects the score of a judge by the verdicts on the same outputs', async () => {
    world.plan = { ...world.plan, rate: 0.25, judge: { model: 'openai/judge', share: 1 } };
    sampling.learn();
    const note = db.prepare<unknown[]>(
      `INSERT INTO step (task, seq, attempt, name, kind, state, started_at, result) VALUES (?, 9, 1, 'output', 'output', 'done', 0, ?)`,
    );
    // One in eight is wrong. The judge passes nine of ten right ones, and one of five wrong ones.
    const wrong = (n: number): boolean => n % 8 === 0;
    db.transaction(() => {
      for (let n = 1; n <= 1_200; n += 1) {
        const ok = wrong(n) ? n % 40 === 0 : n % 10 !== 3;
        note.run(n, JSON.stringify({ fits: 'no schema', score: { ok, why: '', model: 'openai/judge' } }));
      }
    })();
    end(1_200);
    flush();
    for (const { id, task } of open()) {
      await sampling.judge(id, wrong(Number(task.slice(1))) ? 'incorrect' : 'correct', null, ADA);
    }
    const { judge } = correctness();
    expect(judge?.score.total).toBe(1_200);
    expect(judge?.score.estimate).toBeCloseTo(0.81, 1);
    expect(judge?.why).toBeNull();
    expect(judge?.corrected?.low).toBeLessThan(0.875);
    expect(judge?.corrected?.high).toBeGreaterThan(0.875);
    expect(Math.abs((judge?.corrected?.estimate ?? 0) - 0.875)).toBeLessThan(0.06);
  });
});
