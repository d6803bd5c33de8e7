import { vi } from 'vitest';
import type { Watch } from '#contract/canary.ts';
import { type Database, openDatabase } from '../../electron/store/open.ts';
import { prepareTasks, type Tasks } from '../../electron/store/task.ts';
import type { TestHealth } from './health.ts';

const SECOND = 1_000;

/**
 * Lets time pass for a desk whose interval is faked: its clock goes on, and it looks. `each` happens before each look.
 * @param stepMs no more than ten seconds: a longer break is a sleep
 */
export function pass(desk: TestHealth, ms: number, each: () => void = () => {}, stepMs = 10 * SECOND): void {
  for (let gone = 0; gone < ms; gone += stepMs) {
    desk.clock.now += stepMs;
    each();
    vi.advanceTimersByTime(SECOND);
  }
}

/** The laptop is shut for so long, and looks once after it woke. */
export function sleep(desk: TestHealth, ms: number): void {
  desk.clock.now += ms;
  vi.advanceTimersByTime(SECOND);
}

/** What a rule saw of a subject at its last look. */
export function watched(desk: TestHealth, rule: string, subject = 'invoice-triage'): Watch | undefined {
  return desk.health.silence.view().watches.find((watch) => watch.rule === rule && watch.subject === subject);
}

/** Everything that holds now. */
export function holding(desk: TestHealth): string[] {
  return desk.health.silence.view().watches.flatMap(({ rule, state }) => (state === 'holds' ? [rule] : []));
}

/** The desk's own database, beside it. */
export function diskOf(folder: string): {
  db: Database;
  tasks: Tasks;
  queue(acceptedAt: number, agent?: string): number;
} {
  const opened = openDatabase(folder, 0);
  if (!opened.ok) throw new Error(opened.error.message);
  const { db } = opened.value;
  const tasks = prepareTasks(db);
  return {
    db,
    tasks,
    queue: (acceptedAt, agent = 'invoice-triage') =>
      tasks.insert({
        agent,
        key: null,
        state: 'queued',
        priority: 0,
        acceptedAt,
        runAt: null,
        waitKind: null,
        marks: 0,
        per: null,
        input: '{}',
      }),
  };
}
