/*
 * Schedules: a task for each start, keyed by its moment, so that none is submitted twice. How far each has come is on the
 * disk: a desk that was down knows what it missed.
 */
import type { AgentDefinition, Schedule } from '#contract/agent.ts';
import type { Result } from '#contract/errors.ts';
import type { Submitted } from '#contract/task.ts';
import type { ScheduleRow, ScheduleStore } from '../../store/schedule.ts';
import { taskNumber } from '../../store/task.ts';
import { nextStart } from './cron.ts';
import { dueStarts } from './due.ts';

/** Timers are set no longer than this, ms: a laptop that slept, or a clock that was set, is noticed within it. */
const LOOK_MS = 60_000;
/** A start that the queue or the disk refused is tried again after this, ms. */
const AGAIN_MS = 30_000;
/** A schedule that is further ahead than this was moved by a clock that went wrong, ms. */
const AHEAD_MS = 86_400_000;

export type SchedulesOptions = {
  store: ScheduleStore;
  commit(work: () => void): Promise<void>;
  submit(agent: string, start: number, key: string): Promise<Result<Submitted>>;
  /** Whether a task is still in flight. */
  inFlight(task: number): boolean;
  now(): number;
  /** What a person should know: starts passed over or refused. */
  log(message: string): void;
};

/** Begins what is due, and tells when the next start of each agent is. */
export function createSchedules(options: SchedulesOptions) {
  const { store, now, log } = options;
  let scheduled: { agent: string; schedule: Schedule }[] = [];
  /** By agent: the last start that was refused, until one is accepted. */
  const refused = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let stopped = false;

  function write(row: ScheduleRow): Promise<void> {
    return options.commit(() => store.write(row));
  }

  /** How far a schedule has come; one that is new or was changed begins now. */
  async function standing(agent: string, { cron }: Schedule): Promise<ScheduleRow> {
    const row = store.row(agent);
    const at = now();
    if (row?.cron === cron && row.fired_at <= at + AHEAD_MS) return row;
    if (row?.cron === cron) log(`the schedule of ${agent} stood ahead of the clock; it goes on from now`);
    const fresh = { agent, cron, fired_at: at, task: row?.task ?? null };
    await write(fresh);
    return fresh;
  }

  /** @returns false when a start could not be submitted and is to be tried again */
  async function begin(agent: string, schedule: Schedule): Promise<boolean> {
    let row = await standing(agent, schedule);
    const { starts, newest } = dueStarts(schedule, row.fired_at, now());
    for (const start of starts) {
      if (stopped) return true;
      const moment = new Date(start).toISOString();
      if (schedule.overlap === 'skip' && row.task !== null && options.inFlight(row.task)) {
        log(`the start of ${agent} at ${moment} is passed over: t${row.task} is still in flight`);
        row = { ...row, fired_at: start };
      } else {
        const submitted = await options.submit(agent, start, `schedule:${moment}`);
        if (submitted.ok) {
          refused.delete(agent);
        } else {
          refused.set(agent, `The start of ${agent} at ${moment} was refused: ${submitted.error.message}`);
          log(`the start of ${agent} at ${moment} was refused: ${submitted.error.message}`);
          if (submitted.error.code === 'QUEUE_FULL' || submitted.error.code === 'STORAGE') return false;
        }
        row = { ...row, fired_at: start, task: submitted.ok ? taskNumber(submitted.value.id) : row.task };
      }
      await write(row);
    }
    if (newest !== null && newest > row.fired_at) {
      log(`starts of ${agent} up to ${new Date(newest).toISOString()} were missed and are passed over`);
      await write({ ...row, fired_at: newest });
    }
    return true;
  }

  /** Begins what is due now. */
  async function look(): Promise<void> {
    let again = LOOK_MS;
    for (const { agent, schedule } of scheduled) {
      try {
        if (!(await begin(agent, schedule))) again = AGAIN_MS;
      } catch (error) {
        // The disk refused the row: the key of the start keeps it from being done twice.
        log(`the schedule of ${agent} could not be written: ${String(error)}`);
        again = AGAIN_MS;
      }
    }
    if (stopped) return;
    const at = now();
    const next = scheduled.map(({ schedule }) => (nextStart(schedule.cron, at) ?? Number.POSITIVE_INFINITY) - at);
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(1, Math.min(again, ...next))).unref();
  }

  /** One look after the other. */
  function run(): Promise<void> {
    const before = looking ?? Promise.resolve();
    const mine = before.then(() => (stopped ? undefined : look()));
    looking = mine;
    return mine;
  }

  return {
    /** Puts schedules in force, and begins what is due. */
    define(definitions: AgentDefinition[]): Promise<void> {
      scheduled = definitions.flatMap(({ name, nightdesk }) =>
        nightdesk.schedule === undefined ? [] : [{ agent: name, schedule: nightdesk.schedule }],
      );
      return run();
    },
    run,
    /** Starts that were refused, in plain words. */
    troubles: (): string[] => scheduled.flatMap(({ agent }) => refused.get(agent) ?? []),
    /** Why the last start of an agent was refused; null when it was not. */
    refusal: (agent: string): string | null => refused.get(agent) ?? null,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
