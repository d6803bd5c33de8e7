import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TaskEnded } from '#contract/runtime.ts';
import type { Task } from '#contract/task.ts';
import { sameHours } from '../../../electron/health/silence/absence.ts';
import { endedTask } from '../../support/ended.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { diskOf, holding, pass, sleep, watched } from '../../support/silence.ts';
import { until } from '../../support/until.ts';

/*
 * Silence on a desk with a real database, over a runtime that a test plays: each is made, alerts, and is over again.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let desk: TestHealth;
let disk: ReturnType<typeof diskOf>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  desk = startHealth({ 'invoice-triage': { expectEveryMs: HOUR }, 'reply-drafts': {} });
  disk = diskOf(desk.folder);
});
afterEach(async () => {
  await desk.close();
  disk.db.close();
  vi.useRealTimers();
});

function end(change: Partial<Task> & { toolless?: boolean } = {}): void {
  const { toolless, ...task } = change;
  const event: TaskEnded = endedTask({ endedAt: desk.clock.now, ...task });
  desk.emit(toolless === undefined ? event : { ...event, toolless });
}

/** Waits until an alert of the rule is as it should be. */
function alert(rule: string, state: 'firing' | 'resolved', about = 'invoice-triage'): Promise<boolean> {
  return until(() => desk.health.alertState(rule, about) === state);
}

describe('a normal night', () => {
  it('holds nothing: work comes and ends, and then none does', () => {
    pass(desk, 90 * MINUTE, () => desk.clock.now % (10 * MINUTE) === 0 && end({ agent: 'invoice-triage' }));
    expect(holding(desk)).toEqual([]);
    const { watches, account } = desk.health.silence.view();
    expect(account).toMatchObject({ differences: [], badMinutes: 0 });
    expect(watches.some(({ state }) => state === 'blind')).toBe(false);
  });

  it('holds nothing of a laptop that slept through it, nor right after the start', () => {
    end();
    pass(desk, MINUTE);
    sleep(desk, 9 * HOUR);
    pass(desk, MINUTE);
    expect(holding(desk)).toEqual([]);
  });
});

describe('a clock that is set back', () => {
  function setBack(ms: number): void {
    desk.clock.now -= ms;
    desk.clock.setBack += ms;
  }

  it('hides no queue that stands still, and no success that does not come', async () => {
    desk.setLane('invoice-triage', { queued: 3 });
    end();
    pass(desk, 2 * MINUTE);
    setBack(2 * HOUR + 10 * MINUTE);
    pass(desk, 7 * MINUTE);
    await alert('queue-stuck', 'firing');
    pass(desk, 60 * MINUTE);
    await alert('no-success', 'firing');
  });

  it.each([10 * MINUTE, 3 * HOUR])('by %i ms says nothing of work that goes on', (ms) => {
    desk.setLane('invoice-triage', { queued: 3 });
    pass(desk, 30 * MINUTE, () => desk.clock.now % MINUTE === 0 && end());
    setBack(ms);
    pass(desk, 90 * MINUTE, () => {
      if (desk.clock.now % MINUTE === 0) end();
      // Its queue is played: the tasks of it are not on the disk, and that is told.
      expect(holding(desk).filter((rule) => rule !== 'reconciliation')).toEqual([]);
    });
  });
});

describe('an hour in which nothing ends', () => {
  const hour = Math.floor(NIGHT / HOUR) * HOUR;

  function usually(perHour: number): void {
    for (const past of sameHours(hour)) for (let n = 0; n < perHour; n += 1) end({ endedAt: past + n * MINUTE });
  }

  it('alerts at its end where usually twelve do, and is over with the first that ends', async () => {
    usually(12);
    pass(desk, HOUR - MINUTE);
    expect(watched(desk, 'no-tasks')?.state).not.toBe('holds');
    pass(desk, 3 * MINUTE);
    expect(watched(desk, 'no-tasks')).toMatchObject({
      state: 'holds',
      says: 'none ended in an hour in which usually 12 do',
    });
    await alert('no-tasks', 'firing');
    end();
    pass(desk, 2 * MINUTE);
    await alert('no-tasks', 'resolved');
  });

  it('says nothing with few tasks, of a weekend, or while a person paused the agent', () => {
    usually(4);
    pass(desk, HOUR + 2 * MINUTE);
    expect(watched(desk, 'no-tasks')?.state).toBe('unsure');
    usually(12);
    desk.setLane('invoice-triage', { intake: 'paused' });
    pass(desk, 2 * MINUTE);
    expect(watched(desk, 'no-tasks')?.state).toBe('unsure');
    expect(watched(desk, 'no-tasks', 'reply-drafts')?.state).toBe('unsure');
  });
});

describe('no success within what is expected', () => {
  it('alerts although tasks end, shows on the board, and is over with a success', async () => {
    end();
    pass(desk, 61 * MINUTE, () => desk.clock.now % MINUTE === 0 && end({ state: 'failed' }));
    await alert('no-success', 'firing');
    expect(desk.health.board('1h').agents['invoice-triage']).toMatchObject({
      state: 'unknown',
      reason: 'no success for 61 min, expected every 60 min',
    });
    end();
    pass(desk, 10_000);
    await alert('no-success', 'resolved');
  });

  it('gives a desk that woke a quarter of an hour to catch up', () => {
    end();
    sleep(desk, 9 * HOUR);
    pass(desk, 14 * MINUTE);
    expect(watched(desk, 'no-success')?.state).toBe('unsure');
    end();
    pass(desk, 2 * MINUTE);
    expect(watched(desk, 'no-success')?.state).toBe('quiet');
  });
});

describe('a queue', () => {
  it('that stands alerts after five minutes, and is over when a task ends', async () => {
    desk.setLane('reply-drafts', { queued: 3, running: 1 });
    pass(desk, 5 * MINUTE);
    expect(watched(desk, 'queue-stuck', 'reply-drafts')?.state).toBe('unsure');
    pass(desk, 30_000);
    await alert('queue-stuck', 'firing', 'reply-drafts');
    end({ agent: 'reply-drafts' });
    pass(desk, 10_000);
    await alert('queue-stuck', 'resolved', 'reply-drafts');
  });

  it('of a paused agent may stand', () => {
    desk.setLane('reply-drafts', { queued: 3, intake: 'paused' });
    pass(desk, HOUR);
    expect(watched(desk, 'queue-stuck', 'reply-drafts')).toMatchObject({
      state: 'unsure',
      says: '3 wait; its intake is not open',
    });
  });

  it('that grows for a quarter of an hour alerts; a batch that is worked off does not', () => {
    let queued = 10;
    const minute = (come: number, ended: number) => (): void => {
      if (desk.clock.now % MINUTE !== 0) return;
      for (let n = 0; n < ended; n += 1) end({ agent: 'reply-drafts' });
      queued += come - ended;
      desk.setLane('reply-drafts', { queued });
    };
    queued = 2_000;
    pass(desk, 17 * MINUTE, minute(0, 10));
    expect(watched(desk, 'queue-growing', 'reply-drafts')?.state).toBe('quiet');
    pass(desk, 17 * MINUTE, minute(14, 10));
    expect(watched(desk, 'queue-growing', 'reply-drafts')).toMatchObject({ state: 'holds' });
    pass(desk, 17 * MINUTE, minute(10, 10));
    expect(watched(desk, 'queue-growing', 'reply-drafts')?.state).toBe('quiet');
  });
});

describe('a task in flight', () => {
  it('past its deadline is overdue, and the queue says how old its oldest is', async () => {
    const old = disk.queue(NIGHT - 25 * HOUR);
    disk.queue(NIGHT - HOUR);
    desk.setLane('invoice-triage', { queued: 2 });
    pass(desk, MINUTE);
    await alert('task-overdue', 'firing');
    expect(watched(desk, 'task-overdue')?.says).toBe(`1 in flight for longer than 24 h, the oldest is t${old}`);
    expect(watched(desk, 'oldest-waiting')).toMatchObject({ state: 'holds', says: `t${old} waits for 25 h of 24 h` });
    expect(watched(desk, 'task-overdue', 'reply-drafts')?.state).toBe('quiet');
  });

  it('that waits for a later moment of its own is not', () => {
    disk.tasks.insert({
      agent: 'invoice-triage',
      key: null,
      state: 'waiting',
      priority: 0,
      acceptedAt: NIGHT - 48 * HOUR,
      runAt: NIGHT + 48 * HOUR,
      waitKind: 'delayed',
      marks: 0,
      per: null,
      input: '{}',
    });
    desk.setLane('invoice-triage', { waiting: 1 });
    pass(desk, MINUTE);
    expect(watched(desk, 'task-overdue')?.state).toBe('quiet');
    expect(holding(desk)).toEqual([]);
  });

  it('whose worker is not there is an orphan at the second look', async () => {
    const id = disk.queue(NIGHT);
    disk.tasks.claim([id], 'worker 9', NIGHT, 'hash');
    desk.setLane('invoice-triage', { running: 1 });
    pass(desk, 30_000);
    expect(watched(desk, 'task-orphaned', 'embedded')?.state).toBe('quiet');
    pass(desk, 2 * MINUTE);
    expect(watched(desk, 'task-orphaned', 'embedded')).toMatchObject({
      state: 'holds',
      says: `1 of 1 running have no worker; the first is t${id}, claimed by worker 9`,
    });
    await alert('task-orphaned', 'firing', 'embedded');
  });
});

describe('a success', () => {
  /** A minute of usual work. */
  function work(minutes: number): void {
    pass(desk, minutes * MINUTE, () => end({ toolless: false, tokensOut: 400, startedAt: desk.clock.now - 8_000 }));
  }

  it('without its tool calls alerts, is known after a restart, and is over when a person says that it is meant', async () => {
    work(25);
    expect(watched(desk, 'fast-and-empty')).toMatchObject({
      state: 'quiet',
      says: expect.stringMatching(/^as usual in \d+ successes$/),
    });
    await until(() => (disk.db.prepare('SELECT count(*) AS n FROM usual').get() as { n: number }).n > 0);
    await desk.restart();
    pass(desk, 10_000);
    expect(watched(desk, 'fast-and-empty')?.state).toBe('quiet');
    for (let n = 0; n < 5; n += 1) end({ toolless: true, tokensOut: 400, startedAt: desk.clock.now - 8_000 });
    pass(desk, 20_000);
    expect(watched(desk, 'fast-and-empty')).toMatchObject({ state: 'holds', says: 'successes without a tool call' });
    await alert('fast-and-empty', 'firing');
    desk.health.silence.relearn('invoice-triage');
    pass(desk, 10_000);
    await alert('fast-and-empty', 'resolved');
    expect(watched(desk, 'fast-and-empty')?.says).toBe('learning anew');
  });

  it('with an effect that has no receipt alerts, of its agent alone', async () => {
    end({ id: 't41', marks: ['unverified'] });
    pass(desk, 10_000);
    expect(watched(desk, 'effect-unverified')).toMatchObject({ state: 'holds', says: expect.stringContaining('t41') });
    await alert('effect-unverified', 'firing');
    expect(watched(desk, 'effect-unverified', 'reply-drafts')?.state).toBe('quiet');
  });
});

describe("the minute's account", () => {
  it('adds up over tasks that are queued, run, ended and requeued', () => {
    const ids = Array.from({ length: 6 }, (_, n) => disk.queue(NIGHT + n));
    disk.tasks.claim(ids.slice(0, 2), 'worker 1', NIGHT, 'hash');
    desk.setLane('invoice-triage', { queued: 4, running: 2 });
    pass(desk, 5 * MINUTE);
    expect(desk.health.silence.view().account).toMatchObject({ accepted: 6, ended: 0, inFlight: 6, differences: [] });
    expect(watched(desk, 'reconciliation', 'desk')?.state).toBe('quiet');
  });

  it('pages three minutes after a task was lost from the disk, or the board shows another number than it holds', async () => {
    const [, lost] = [disk.queue(NIGHT), disk.queue(NIGHT + 1), disk.queue(NIGHT + 2)];
    desk.setLane('invoice-triage', { queued: 2 });
    disk.db.prepare('DELETE FROM task WHERE id = ?').run(lost);
    pass(desk, 2 * MINUTE);
    expect(watched(desk, 'reconciliation', 'desk')?.state).toBe('unsure');
    pass(desk, 2 * MINUTE);
    expect(watched(desk, 'reconciliation', 'desk')?.says).toContain('1 of 3 accepted tasks are nowhere');
    await alert('reconciliation', 'firing', 'desk');
  });

  it('finds a task that waits for nothing that comes', () => {
    const id = disk.queue(NIGHT);
    disk.db.prepare("UPDATE task SET state = 'waiting' WHERE id = ?").run(id);
    pass(desk, 4 * MINUTE);
    expect(watched(desk, 'reconciliation', 'desk')?.says).toContain('1 in flight wait for nothing that comes');
  });

  it('finds ends on the disk that no number counts', () => {
    pass(desk, MINUTE);
    const id = disk.queue(NIGHT);
    pass(desk, 6 * MINUTE, () => {
      disk.db
        .prepare("UPDATE task SET state = 'succeeded', ended_at = ? WHERE id = ?")
        .run(desk.clock.now - 2 * MINUTE, id);
    });
    expect(watched(desk, 'reconciliation', 'desk')).toMatchObject({
      state: 'holds',
      says: expect.stringContaining('0 ends were counted, 1 are on the disk'),
    });
  });
});

describe("the desk's own queries", () => {
  it('that fail show as failed and alert; what was seen before is not taken for now', async () => {
    pass(desk, MINUTE);
    expect(watched(desk, 'desk-query-failed', 'queues and schedules')?.state).toBe('quiet');
    disk.db.exec('ALTER TABLE definition RENAME TO elsewhere');
    pass(desk, 20_000);
    expect(watched(desk, 'desk-query-failed', 'queues and schedules')).toMatchObject({
      state: 'holds',
      says: expect.stringContaining('no such table: definition'),
    });
    expect(watched(desk, 'queue-stuck')?.state).toBe('blind');
    await alert('desk-query-failed', 'firing', 'queues and schedules');
    disk.db.exec('ALTER TABLE elsewhere RENAME TO definition');
    pass(desk, 20_000);
    await alert('desk-query-failed', 'resolved', 'queues and schedules');
    expect(watched(desk, 'queue-stuck')?.state).toBe('quiet');
  });

  it('that are asked once a minute stay failed until they are asked again', async () => {
    pass(desk, MINUTE);
    disk.db.exec('ALTER TABLE open_task RENAME TO elsewhere');
    pass(desk, MINUTE);
    await alert('desk-query-failed', 'firing', 'tasks on the disk');
    for (let second = 0; second < 30; second += 1) {
      pass(desk, 1_000, undefined, 1_000);
      expect(watched(desk, 'desk-query-failed', 'tasks on the disk')?.state).toBe('holds');
    }
    disk.db.exec('ALTER TABLE elsewhere RENAME TO open_task');
    pass(desk, MINUTE);
    await alert('desk-query-failed', 'resolved', 'tasks on the disk');
  });

  it('that write show as failed while the disk is full', async () => {
    desk.disk.full = true;
    desk.setLane('reply-drafts', { queued: 3, running: 1 });
    end();
    pass(desk, 10_000);
    await until(() => desk.disk.refused > 0);
    pass(desk, 10_000);
    await until(() => {
      pass(desk, 5_000);
      return watched(desk, 'desk-query-failed', 'writes of health')?.state === 'holds';
    });
    desk.disk.full = false;
    await until(() => {
      end();
      pass(desk, 5_000);
      return watched(desk, 'desk-query-failed', 'writes of health')?.state === 'quiet';
    });
  });
});
