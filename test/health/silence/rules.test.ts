import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANARY_KEY } from '#contract/canary.ts';
import type { RuntimeBeats, WorkerBeat } from '#contract/runtime.ts';
import { submitSchema } from '#contract/task.ts';
import { noSuccess, noTasks, sameHours, scheduleMissed } from '../../../electron/health/silence/absence.ts';
import { accountOf, type Counted, reconciliation } from '../../../electron/health/silence/account.ts';
import { attend, BREAK_MS } from '../../../electron/health/silence/attention.ts';
import { beatLooks } from '../../../electron/health/silence/beat.ts';
import { signalOf } from '../../../electron/health/silence/look.ts';
import { orphansOf } from '../../../electron/health/silence/overdue.ts';
import {
  type LaneSample,
  oldestWaiting,
  type QueueFacts,
  queueGrowing,
  queueStuck,
} from '../../../electron/health/silence/queue.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 24, 3);

describe('how long the desk has looked', () => {
  it('begins anew after a break, and after the clock was set back', () => {
    const first = attend(undefined, NOW);
    const second = attend(first, NOW + BREAK_MS);
    expect(second).toEqual({ since: NOW, lastAt: NOW + BREAK_MS });
    expect(attend(second, NOW + BREAK_MS + 8 * HOUR)).toMatchObject({ since: NOW + BREAK_MS + 8 * HOUR });
    expect(attend(second, NOW)).toMatchObject({ since: NOW });
  });
});

describe('heartbeats', () => {
  const worker = (name: string, ageMs: number, ready = true): WorkerBeat => ({ name, ready, shared: true, ageMs });
  const beats = (...workers: WorkerBeat[]): RuntimeBeats => ({
    runtime: 'embedded',
    beatMs: 2_000,
    wanted: 2,
    workers,
  });
  /** The state of each rule, after a runtime beat like this for `forMs`. */
  function states(beat: RuntimeBeats, forMs: number, watchedMs = HOUR, heardMs = watchedMs) {
    const agents = ['invoice-triage'];
    const first = beatLooks(
      beat,
      { shortSince: null },
      { since: NOW - watchedMs, heardSince: NOW - watchedMs, now: NOW, agents },
    );
    const then = beatLooks(beat, first.memory, {
      since: NOW - watchedMs,
      heardSince: NOW - heardMs,
      now: NOW + forMs,
      agents,
    });
    return Object.fromEntries(then.looks.map(({ rule, state }) => [rule, state]));
  }
  const quiet = { 'runtime-late': 'quiet', 'heartbeat-lost': 'quiet', 'worker-lost': 'quiet' };

  it('are well while every worker is heard', () => {
    expect(states(beats(worker('worker 1', 1_900), worker('worker 2', 3_900)), HOUR)).toEqual(quiet);
  });

  it('are late after two beats and lost after four', () => {
    const silent = (ageMs: number) => states(beats(worker('worker 1', ageMs), worker('worker 2', ageMs)), 0);
    expect(silent(4_000)).toMatchObject({
      'runtime-late': 'holds',
      'heartbeat-lost': 'unsure',
      'worker-lost': 'unsure',
    });
    expect(silent(8_000)).toMatchObject({
      'runtime-late': 'unsure',
      'heartbeat-lost': 'holds',
      'worker-lost': 'holds',
    });
  });

  it('of one worker are missed although the runtime lives', () => {
    expect(states(beats(worker('worker 1', 0), worker('worker 2', 8_000)), 0)).toMatchObject({
      'heartbeat-lost': 'quiet',
      'worker-lost': 'holds',
    });
  });

  it('are missed of a worker that died and has no successor, after four beats', () => {
    expect(states(beats(worker('worker 1', 0)), 7_000)).toMatchObject({ 'worker-lost': 'unsure' });
    expect(states(beats(worker('worker 1', 0)), 8_000)).toMatchObject({ 'worker-lost': 'holds' });
    expect(states(beats(), 8_000)).toMatchObject({ 'heartbeat-lost': 'holds' });
  });

  it('are not missed because the desk itself stood still: they wait to be read', () => {
    expect(states(beats(worker('worker 1', 9_000), worker('worker 2', 9_000)), 0, HOUR, 0)).toMatchObject({
      'heartbeat-lost': 'quiet',
      'worker-lost': 'quiet',
    });
  });

  it('are not missed of a desk that has just started, or just woke', () => {
    expect(states(beats(worker('worker 1', 0, false)), 20_000, 0)).toMatchObject({
      'heartbeat-lost': 'quiet',
      'worker-lost': 'unsure',
    });
    expect(states(beats(worker('worker 1', 8 * HOUR), worker('worker 2', 8 * HOUR)), 1_000, 1_000)).toEqual(quiet);
  });
});

describe('an hour in which nothing ends', () => {
  const hour = NOW - HOUR;
  const facts = (change: Partial<Parameters<typeof noTasks>[0]>) => ({
    agent: 'invoice-triage',
    paused: false,
    since: NOW - 6 * HOUR,
    now: NOW,
    lastEndAt: NOW - 3 * HOUR,
    lastSuccessAt: null,
    knownSince: 0,
    expectEveryMs: null,
    endsIn: (at: number) => (sameHours(hour).includes(at) ? 12 : 0),
    ...change,
  });

  it('is silence where usually at least 7 tasks end', () => {
    expect(noTasks(facts({}))).toMatchObject({ state: 'holds', says: 'none ended in an hour in which usually 12 do' });
    expect(noTasks(facts({ endsIn: () => 7 }))).toMatchObject({ state: 'holds' });
  });

  it('is none at night, on a free day, with few tasks, or with one odd week', () => {
    expect(noTasks(facts({ endsIn: () => 0 })).state).toBe('unsure');
    expect(noTasks(facts({ endsIn: () => 6 })).state).toBe('unsure');
    expect(noTasks(facts({ endsIn: (at) => (at === sameHours(hour)[0] ? 500 : 0) })).state).toBe('unsure');
  });

  it('is none while one ended since, the desk did not look for the whole hour, or the intake is closed', () => {
    expect(noTasks(facts({ lastEndAt: NOW - MINUTE })).state).toBe('quiet');
    expect(noTasks(facts({ since: NOW - 30 * MINUTE })).state).toBe('unsure');
    expect(noTasks(facts({ paused: true })).state).toBe('unsure');
  });

  it('is compared with the same hour of the local week, whatever the clocks were set to between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (hours) => {
        const at = new Date(2024, 0, 1, hours).getTime();
        for (const past of sameHours(at)) {
          expect([new Date(past).getDay(), new Date(past).getHours()]).toEqual([
            new Date(at).getDay(),
            new Date(at).getHours(),
          ]);
        }
      }),
    );
  });

  it('without a success within what is expected is silence too, once a desk that woke had time to catch up', () => {
    const late = { expectEveryMs: HOUR, lastSuccessAt: NOW - 61 * MINUTE };
    expect(noSuccess(facts(late))).toMatchObject({
      state: 'holds',
      says: 'no success for 61 min, expected every 60 min',
    });
    expect(noSuccess(facts({ ...late, lastSuccessAt: NOW - 59 * MINUTE }))?.state).toBe('quiet');
    expect(noSuccess(facts({ ...late, since: NOW - 14 * MINUTE }))?.state).toBe('unsure');
    expect(noSuccess(facts({ ...late, since: NOW - 15 * MINUTE }))?.state).toBe('holds');
    expect(noSuccess(facts({ ...late, paused: true }))?.state).toBe('unsure');
    expect(noSuccess(facts({ expectEveryMs: HOUR, knownSince: NOW - 30 * MINUTE }))?.state).toBe('quiet');
    expect(noSuccess(facts({}))).toBeUndefined();
  });
});

describe('a scheduled start', () => {
  const standing = { paused: false, since: NOW - HOUR, now: NOW };
  const start = { agent: 'vendor-digest', dueAt: null, refused: null, waits: null };

  it('is missed when nothing was submitted or begun within five minutes', () => {
    expect(scheduleMissed({ ...start, dueAt: NOW - 6 * MINUTE }, standing).state).toBe('holds');
    expect(scheduleMissed({ ...start, waits: { task: 't9', since: NOW - 6 * MINUTE } }, standing)).toMatchObject({
      state: 'holds',
      says: 't9 was submitted 6 min ago and has not begun',
    });
    expect(scheduleMissed({ ...start, refused: 'The queue is full.' }, standing).state).toBe('holds');
  });

  it('is not missed within its grace, while the agent is paused, or because the laptop slept through it', () => {
    expect(scheduleMissed(start, standing).state).toBe('quiet');
    expect(scheduleMissed({ ...start, dueAt: NOW - 4 * MINUTE }, standing).state).toBe('unsure');
    expect(
      scheduleMissed({ ...start, waits: { task: 't9', since: NOW - HOUR } }, { ...standing, paused: true }).state,
    ).toBe('unsure');
    expect(scheduleMissed({ ...start, dueAt: NOW - 8 * HOUR }, { ...standing, since: NOW - MINUTE }).state).toBe(
      'unsure',
    );
  });
});

describe('a queue', () => {
  const facts = (change: Partial<QueueFacts>): QueueFacts => ({
    agent: 'invoice-triage',
    paused: false,
    since: NOW - HOUR,
    now: NOW,
    queued: 4,
    running: 1,
    queuedSince: NOW - 30 * MINUTE,
    lastEndAt: NOW - 6 * MINUTE,
    p95Ms: 20_000,
    timeoutMs: 120_000,
    deadlineMs: 24 * HOUR,
    oldest: undefined,
    samples: [],
    ...change,
  });
  /** A lane in which so many come and end each minute, over the last 20. */
  const lane = (came: (minute: number) => number, ended: (minute: number) => number): LaneSample[] => {
    let [inFlight, total] = [5, 0];
    return Array.from({ length: 21 }, (_, minute) => {
      if (minute > 0) {
        total += ended(minute);
        inFlight += came(minute) - ended(minute);
      }
      return { at: NOW - (20 - minute) * MINUTE, inFlight, ended: total };
    });
  };

  it('stands still when tasks wait and none ended for five minutes, or three times the p95', () => {
    expect(queueStuck(facts({})).state).toBe('holds');
    expect(queueStuck(facts({ p95Ms: 4 * MINUTE })).state).toBe('quiet');
    expect(queueStuck(facts({ p95Ms: 4 * MINUTE, lastEndAt: NOW - 12 * MINUTE })).state).toBe('holds');
    expect(queueStuck(facts({ p95Ms: null, timeoutMs: HOUR, lastEndAt: null })).state).toBe('unsure');
  });

  it('does not stand still when nothing waits, it has just begun to wait, the desk woke, or the agent is paused', () => {
    expect(queueStuck(facts({ queued: 0, queuedSince: null })).state).toBe('quiet');
    expect(queueStuck(facts({ queuedSince: NOW - MINUTE, lastEndAt: NOW - 9 * HOUR })).state).toBe('unsure');
    expect(queueStuck(facts({ since: NOW - MINUTE })).state).not.toBe('holds');
    expect(queueStuck(facts({ paused: true })).state).toBe('unsure');
  });

  it('grows when for 15 minutes more than 1.2 times as many come as end', () => {
    expect(
      queueGrowing(
        facts({
          samples: lane(
            () => 13,
            () => 10,
          ),
        }),
      ),
    ).toMatchObject({
      state: 'holds',
      says: '195 came and 150 ended in 15 min, 4 wait',
    });
  });

  it('does not grow by a balanced load, one large batch, a handful of tasks, or before 15 minutes were seen', () => {
    expect(
      queueGrowing(
        facts({
          samples: lane(
            () => 12,
            () => 10,
          ),
        }),
      ).state,
    ).toBe('quiet');
    expect(
      queueGrowing(
        facts({
          samples: lane(
            (minute) => (minute === 8 ? 2_000 : 0),
            () => 10,
          ),
        }),
      ).state,
    ).toBe('quiet');
    expect(
      queueGrowing(
        facts({
          samples: lane(
            (minute) => (minute % 5 === 1 ? 2 : 0),
            () => 0,
          ),
        }),
      ).state,
    ).toBe('quiet');
    expect(
      queueGrowing(
        facts({
          since: NOW - 14 * MINUTE,
          samples: lane(
            () => 30,
            () => 10,
          ),
        }),
      ).state,
    ).toBe('unsure');
    expect(
      queueGrowing(
        facts({
          paused: true,
          samples: lane(
            () => 30,
            () => 0,
          ),
        }),
      ).state,
    ).toBe('unsure');
  });

  it('has an oldest task that may not be older than its deadline', () => {
    const oldest = { id: 7, acceptedAt: NOW - 25 * HOUR };
    expect(oldestWaiting(facts({ oldest }))).toMatchObject({ state: 'holds', says: 't7 waits for 25 h of 24 h' });
    expect(oldestWaiting(facts({ oldest: { id: 7, acceptedAt: NOW - 23 * HOUR } })).state).toBe('quiet');
    expect(oldestWaiting(facts({ oldest, paused: true })).state).toBe('unsure');
    expect(oldestWaiting(facts({})).state).toBe('quiet');
  });
});

describe('a running task without its worker', () => {
  const task = { id: 7, agent: 'invoice-triage', worker: 'worker 3', claimedAt: NOW };
  it('is an orphan when two looks find it so, not while a worker changes', () => {
    const first = orphansOf([task], new Set(['worker 4']), new Map(), NOW);
    expect(first.orphans).toEqual([]);
    expect(orphansOf([task], new Set(['worker 4']), first.seen, NOW + MINUTE).orphans).toEqual([task]);
    expect(orphansOf([task], new Set(['worker 3']), first.seen, NOW + MINUTE).orphans).toEqual([]);
  });
});

describe("the minute's account", () => {
  const whole: Counted = {
    since: NOW - HOUR,
    accepted: 20,
    ended: 12,
    inFlight: 8,
    stranded: 0,
    dropped: 0,
    allInFlight: { disk: 9, shown: 9 },
    ends: { disk: 30, counted: 31 },
  };
  const accountFor = (counted: Counted, minutes: number) => {
    let account: ReturnType<typeof accountOf> | undefined;
    for (let minute = 0; minute < minutes; minute += 1) account = accountOf(counted, account, NOW + minute * MINUTE);
    return reconciliation(account);
  };

  it('adds up, however the tasks are spread over their states', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.nat(500), (ended, inFlight, dropped) => {
        const counted = { ...whole, accepted: ended + inFlight + dropped, ended, inFlight, dropped };
        expect(accountFor(counted, 5).state).toBe('quiet');
      }),
    );
  });

  it('pages after three minutes with any difference, and not before', () => {
    const wrong: [Partial<Counted>, string][] = [
      [{ accepted: 21 }, '1 of 21 accepted tasks are nowhere'],
      [{ inFlight: 7, stranded: 1 }, '1 in flight wait for nothing that comes'],
      [{ allInFlight: { disk: 9, shown: 8 } }, '8 in flight are shown, 9 are on the disk'],
      [{ ends: { disk: 30, counted: 29 } }, '29 ends were counted, 30 are on the disk'],
    ];
    for (const [change, says] of wrong) {
      expect(accountFor({ ...whole, ...change }, 2).state).toBe('unsure');
      expect(accountFor({ ...whole, ...change }, 3)).toMatchObject({ state: 'holds', says: `${says} (for 3 min)` });
    }
    const mended = accountOf(whole, accountOf({ ...whole, accepted: 21 }, undefined, NOW), NOW + MINUTE);
    expect(mended).toMatchObject({ badMinutes: 0, differences: [] });
  });
});

describe('what a look says to the alerts', () => {
  it('is never that all is well because nothing was seen', () => {
    const about = { rule: 'no-tasks', subject: 'a', says: 's', title: 't', clears: 'c', agents: ['a'] } as const;
    const events = (['quiet', 'unsure', 'holds', 'blind'] as const).map(
      (state) => signalOf({ ...about, agents: ['a'], state }).event,
    );
    expect(events).toEqual(['cleared', 'uncertain', 'holds', 'no-data']);
  });
});

describe('the keys of canaries', () => {
  it("are the desk's own: nobody else may submit under one, and so count in no number", () => {
    const task = { agent: 'adder', input: [2, 3] };
    expect(submitSchema.safeParse({ ...task, key: 'order-7' }).success).toBe(true);
    expect(submitSchema.safeParse({ ...task, key: `${CANARY_KEY}7` }).success).toBe(false);
  });
});
