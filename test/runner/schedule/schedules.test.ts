import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentDefinition, nightdeskKeysSchema } from '#contract/agent.ts';
import { fail, type Result } from '#contract/errors.ts';
import type { Submitted } from '#contract/task.ts';
import { dueStarts } from '../../../electron/runner/schedule/due.ts';
import { createSchedules } from '../../../electron/runner/schedule/index.ts';
import { createCommitter } from '../../../electron/store/committer.ts';
import { type Database, openDatabase } from '../../../electron/store/open.ts';
import { prepareSchedules } from '../../../electron/store/schedule.ts';

/** The desk's clock, and what became of the starts that it asked for. */
let clock: number;
let accepted: string[];
let keys: Map<string, number>;
let inFlight: Set<number>;
let refuse: Result<Submitted> | undefined;
let log: string[];
let db: Database;
let desk: ReturnType<typeof createSchedules>;

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

beforeEach(() => {
  clock = at('2026-11-24T10:30:00Z');
  accepted = [];
  keys = new Map();
  inFlight = new Set();
  refuse = undefined;
  log = [];
  const opened = openDatabase(mkdtempSync(join(tmpdir(), 'nightdesk-test-')), clock);
  if (!opened.ok) throw new Error(opened.error.message);
  db = opened.value.db;
  desk = start();
});
afterEach(async () => {
  await desk.stop();
  db.close();
});

/** Schedules on the test's disk; a second call stands for a desk that was started again. */
function start() {
  const committer = createCommitter(db);
  return createSchedules({
    store: prepareSchedules(db),
    commit: (work) => committer.commit(work),
    async submit(_agent, moment, key) {
      if (refuse) return refuse;
      const first = keys.get(key);
      if (first !== undefined) return { ok: true, value: { id: `t${first}`, duplicate: true } };
      keys.set(key, keys.size + 1);
      inFlight.add(keys.size);
      accepted.push(new Date(moment).toISOString().slice(11, 16));
      return { ok: true, value: { id: `t${keys.size}`, duplicate: false } };
    },
    inFlight: (task) => inFlight.has(task),
    now: () => clock,
    log: (message) => log.push(message),
  });
}

function hourly(change: { missed?: string; overlap?: string; cron?: string } = {}): AgentDefinition[] {
  const schedule = { cron: '0 * * * * UTC', ...change };
  return [{ name: 'hourly', nightdesk: nightdeskKeysSchema.parse({ schedule }) } as AgentDefinition];
}

/** Down from 10:30 until `until`, then up again. */
async function downUntil(until: string, schedule = hourly()): Promise<void> {
  await desk.define(schedule);
  await desk.stop();
  clock = at(until);
  desk = start();
  await desk.define(schedule);
}

describe('starts', () => {
  it('come at their moments, once each, and none for the time before the schedule was there', async () => {
    await desk.define(hourly());
    for (const moment of ['10:59:59', '11:00:00', '11:00:01', '11:30:00', '12:00:00']) {
      clock = at(`2026-11-24T${moment}Z`);
      await desk.run();
    }
    expect(accepted).toEqual(['11:00', '12:00']);
    expect([...keys.keys()]).toEqual(['schedule:2026-11-24T11:00:00.000Z', 'schedule:2026-11-24T12:00:00.000Z']);
  });

  it('of another schedule in the same file are not made up for the past', async () => {
    await desk.define(hourly());
    clock = at('2026-11-24T15:10:00Z');
    await desk.define(hourly({ cron: '0 13 * * * UTC' }));
    expect(accepted).toEqual([]);
  });

  it('that the queue refuses are tried again, and not lost', async () => {
    await desk.define(hourly());
    clock = at('2026-11-24T11:00:00Z');
    refuse = fail('QUEUE_FULL', 'full', { kept: '', todo: '' });
    await desk.run();
    expect(log.join()).toContain('refused: full');
    expect(desk.troubles()).toEqual(['The start of hourly at 2026-11-24T11:00:00.000Z was refused: full']);
    refuse = undefined;
    clock += 30_000;
    await desk.run();
    expect(accepted).toEqual(['11:00']);
    expect(desk.troubles()).toEqual([]);
  });

  it('do not come twice when the clock is set back, and come again when it had been wrong by far', async () => {
    await desk.define(hourly());
    clock = at('2026-11-24T11:00:00Z');
    await desk.run();
    clock = at('2026-11-24T10:00:00Z');
    await desk.run();
    clock = at('2026-11-24T11:00:30Z');
    await desk.run();
    expect(accepted).toEqual(['11:00']);
    clock = at('2027-11-24T11:00:00Z');
    await desk.run();
    clock = at('2026-11-24T11:30:00Z');
    await desk.run();
    clock = at('2026-11-24T12:00:00Z');
    await desk.run();
    expect(accepted).toEqual(['11:00', '11:00', '12:00']);
  });

  it('are submitted once when the desk dies between the task and the note of it', async () => {
    await desk.define(hourly());
    keys.set('schedule:2026-11-24T11:00:00.000Z', 7);
    clock = at('2026-11-24T11:00:00Z');
    await desk.run();
    expect(accepted).toEqual([]);
    expect(prepareSchedules(db).row('hourly')).toMatchObject({ fired_at: clock, task: 7 });
  });
});

describe('starts that were missed', () => {
  it('once: the last of them', async () => {
    await downUntil('2026-11-24T14:20:00Z');
    expect(accepted).toEqual(['14:00']);
  });

  it('each: all of them, oldest first', async () => {
    await downUntil('2026-11-24T14:20:00Z', hourly({ missed: 'each' }));
    expect(accepted).toEqual(['11:00', '12:00', '13:00', '14:00']);
  });

  it('skip: none, which is said; the next one comes', async () => {
    await downUntil('2026-11-24T14:20:00Z', hourly({ missed: 'skip' }));
    expect(accepted).toEqual([]);
    expect(log.join()).toContain('up to 2026-11-24T14:00:00.000Z were missed');
    clock = at('2026-11-24T15:00:01Z');
    await desk.run();
    expect(accepted).toEqual(['15:00']);
  });

  it('skip: one that is a minute late is on time', async () => {
    await downUntil('2026-11-24T14:01:00Z', hourly({ missed: 'skip' }));
    expect(accepted).toEqual(['14:00']);
  });

  it('none was missed, none is made up', async () => {
    await downUntil('2026-11-24T10:59:00Z', hourly({ missed: 'each' }));
    expect(accepted).toEqual([]);
  });
});

describe('a start while the one before still runs', () => {
  async function twoHours(overlap: string): Promise<void> {
    await desk.define(hourly({ overlap }));
    clock = at('2026-11-24T11:00:00Z');
    await desk.run();
    clock += HOUR;
    await desk.run();
  }

  it('queue: is queued behind it', async () => {
    await twoHours('queue');
    expect(accepted).toEqual(['11:00', '12:00']);
  });

  it('skip: is passed over, which is said; after its end the next one comes', async () => {
    await twoHours('skip');
    expect(accepted).toEqual(['11:00']);
    expect(log.join()).toContain('12:00:00.000Z is passed over: t1 is still in flight');
    inFlight.clear();
    clock += HOUR;
    await desk.run();
    expect(accepted).toEqual(['11:00', '13:00']);
  });
});

describe('what is due', () => {
  it('however a day is cut by restarts and looks, each start of it begins exactly once', () => {
    const from = at('2026-10-24T20:00:00Z');
    const looks = fc.array(fc.integer({ min: 0, max: 12 * HOUR }), { maxLength: 40 });
    fc.assert(
      fc.property(looks, (moments) => {
        const schedule = { cron: '*/15 * * * * Europe/Paris', missed: 'each', overlap: 'queue' } as const;
        const begun: number[] = [];
        let since = from;
        for (const moment of [...moments.sort((a, b) => a - b), 12 * HOUR]) {
          const { starts, newest } = dueStarts(schedule, since, from + moment);
          begun.push(...starts);
          since = newest ?? since;
        }
        expect(begun).toEqual(Array.from({ length: 48 }, (_, n) => from + (n + 1) * 900_000));
      }),
      { numRuns: 10 },
    );
  });
});
