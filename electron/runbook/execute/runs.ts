import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Incident } from '#contract/incident.ts';
import type { RollBackPlan, Run, Runbook, RunCommand, RunDetail } from '#contract/runbook.ts';
import type { RunbooksOptions, Schedule } from '../types.ts';
import { type Caller, type Desk, decide, endWhenProven } from './command.ts';
import { decideOnEdit } from './difference.ts';
import { advance, nextAdvanceAt } from './effects.ts';
import { handOver, refusedToOthers } from './hold.ts';
import { openJobs } from './job.ts';
import type { Journal } from './journal.ts';
import { passOver } from './path.ts';
import { openPresence } from './presence.ts';
import { currentStep, lookupIn, type RunRecord, type StepRecord, withStep } from './record.ts';
import { reportOf } from './report.ts';
import { goOnRollingBack, planRollBack } from './roll-back.ts';
import { isInProgress } from './step-table.ts';
import { entriesOf } from './timeline.ts';
import { openTurns } from './turns.ts';
import { mannerOf } from './verb.ts';
import { type Sight, titleOf, viewRun } from './view.ts';
import { watchRuntime } from './watch.ts';
import { holdsNow } from './when.ts';

/*
 * Runs in progress are held in memory; each change is in the store before it is shown or acted on.
 */

/** What the disk refused of a job's end is written again after this, ms. */
const SAVE_AGAIN_MS = 1_000;

export type RunDesk = {
  begin(record: RunRecord): Promise<Result<RunDetail>>;
  get(id: number): Result<RunDetail>;
  command(id: number, command: RunCommand, by: Actor, person?: string): Promise<Result<RunDetail>>;
  rollBackPlan(id: number, step: string): Result<RollBackPlan>;
  report(id: number): Result<string>;
  reportsOf(incident: number): string[];
  viewed(id: number, person: string): () => void;
  met(person: string): void;
  openRun(incident: number): Incident['run'];
  resumeAll(): Promise<void>;
  list(incident: number | undefined): Run[];
  close(): Promise<void>;
};

/** How many runs a list holds. */
const LIST_LIMIT = 200;
/** The shortest wait between two looks at a step in progress, ms. */
const SHORTEST_WAIT_MS = 10;

/** @param file the runbook as its file has it now */
export function openRuns(
  options: RunbooksOptions,
  journal: Journal,
  schedule: Schedule,
  file: (name: string) => Runbook | undefined,
): RunDesk {
  const presence = openPresence((run) => options.onChange([run]));
  const jobs = openJobs(options);
  const desk: Desk = { ...options, actsSince: journal.actsSince };
  const sight: Sight = { ...options, viewers: presence.viewers, people: presence.people, file };
  const records = new Map<number, RunRecord>();
  const { inTurn, idle } = openTurns();
  const timers = new Map<number, () => void>();
  let closed = false;

  /** Makes a change durable, then shows it. @returns the run, ended when its recovery is proven now */
  async function save(before: RunRecord, changed: RunRecord): Promise<Result<RunRecord>> {
    if (changed === before) return succeed(before);
    const after = settled(changed);
    const written = await journal.update(before, after);
    if (!written.ok) return written;
    const { id, incident } = after.run;
    if (after.run.endedAt === null) records.set(id, after);
    else {
      records.delete(id);
      watch.forget(id);
    }
    if (incident !== null)
      for (const entry of entriesOf(before, after, options.now())) options.onEntry(incident, entry);
    options.onChange([id]);
    return succeed(after);
  }

  /** A changed run with everything that follows from it by itself: a roll back goes on, steps are passed over, it ends. */
  function settled(changed: RunRecord): RunRecord {
    const rolled = goOnRollingBack(changed, options);
    const passed = passOver(rolled, (when) => holdsNow(when, lookupIn(rolled), options), options.now());
    return endWhenProven(passed, options.now());
  }

  /** Begins what runs outside the desk, for steps whose intent is on the disk. */
  function beginJobs(record: RunRecord): void {
    const { id } = record.run;
    for (const step of record.steps) {
      if (step.state !== 'acting' || mannerOf(step) !== 'job' || step.key === null) continue;
      const { key } = step;
      jobs.begin(record, step, async (end) => {
        while (!closed && !(await inTurn(id, () => endJob(id, key, end)))) {
          await new Promise<void>((again) => {
            schedule(SAVE_AGAIN_MS, again);
          });
        }
        setImmediate(() => arm(id));
      });
    }
  }

  /** @returns whether that is on the disk; false to try again */
  async function endJob(
    id: number,
    key: string,
    end: (record: RunRecord, step: StepRecord) => RunRecord,
  ): Promise<boolean> {
    const record = records.get(id);
    const step = record?.steps.find((one) => one.key === key && one.state === 'acting');
    if (record === undefined || step === undefined || closed) return true;
    return (await save(record, end(record, step))).ok;
  }

  /** Advances one step of a run, unless something else has happened to it meanwhile. */
  async function advanceStep(id: number, index: number): Promise<Result<RunRecord> | null> {
    const record = records.get(id);
    const step = record?.steps[index];
    if (record === undefined || step === undefined || !isInProgress(step.state)) return null;
    const { record: next, refused } = await advance(record, step, options);
    const saved = await save(record, next);
    return refused ?? saved;
  }

  function stepsInProgress(record: RunRecord): StepRecord[] {
    return record.steps.filter((step) => isInProgress(step.state));
  }

  /** Sets the timer for the next look at a run. */
  function arm(id: number): void {
    timers.get(id)?.();
    timers.delete(id);
    const record = records.get(id);
    if (closed || record === undefined) return;
    const now = options.now();
    beginJobs(record);
    const moments = stepsInProgress(record)
      .filter((step) => mannerOf(step) !== 'job')
      .map((step) => nextAdvanceAt(step, now));
    if (moments.length === 0) return;
    const wait = Math.max(SHORTEST_WAIT_MS, Math.min(...moments) - now);
    timers.set(
      id,
      schedule(wait, () => {
        if (!closed) void inTurn(id, () => look(id)).finally(() => arm(id));
      }),
    );
  }

  async function look(id: number): Promise<void> {
    const record = records.get(id);
    if (record === undefined) return;
    for (const step of stepsInProgress(record)) {
      if (closed) return;
      try {
        await advanceStep(id, step.index);
      } catch (error) {
        // The next look tries again: what was journaled stands, and an action keeps its key.
        console.error(`run ${id}, step ${step.source.id}:`, error);
      }
    }
  }

  const watch = watchRuntime(options, schedule, {
    records,
    change: (id, make) =>
      inTurn(id, async () => {
        const record = records.get(id);
        if (record !== undefined) await save(record, make(record));
      }),
  });

  function find(id: number): Result<RunRecord> {
    const record = records.get(id) ?? journal.read(id);
    if (record !== undefined) return succeed(record);
    return fail('NOT_FOUND', `There is no run ${id}.`, { kept: 'Nothing was changed.', todo: 'See the list of runs.' });
  }

  function decideIn(record: RunRecord, command: RunCommand, caller: Caller): Result<RunRecord> {
    const refused = refusedToOthers(record, command, caller);
    if (!refused.ok) return refused;
    switch (command.do) {
      case 'take-over':
      case 'hand-over':
        return handOver(record, command, caller, options.now());
      case 'adopt':
      case 'ignore':
        return decideOnEdit(record, command, file(record.run.runbook), options.now());
      default:
        return decide(record, command, caller, desk);
    }
  }

  async function commandInTurn(id: number, command: RunCommand, caller: Caller): Promise<Result<RunDetail>> {
    const found = find(id);
    if (!found.ok) return found;
    const record = found.value;
    if (record.run.endedAt !== null) {
      // Ending what ended as recovered asks for what is so already.
      if (command.do === 'end' && record.run.outcome === 'recovered') return succeed(viewRun(record, sight));
      return fail('CONFLICT', `Run ${id} has ended.`, { kept: 'It stands as it ended.', todo: 'Start a new run.' });
    }
    const decided = decideIn(record, command, caller);
    if (!decided.ok) return decided;
    if (command.do === 'cancel') jobs.cancel(record, command.step);
    const saved = await save(record, decided.value);
    if (!saved.ok) return saved;
    const begun = saved.value.steps.find(
      (step, index) => isInProgress(step.state) && step !== record.steps[index] && mannerOf(step) !== 'job',
    );
    const advanced = begun === undefined ? null : await advanceStep(id, begun.index);
    if (advanced !== null && !advanced.ok) return advanced;
    return succeed(viewRun(advanced?.value ?? saved.value, sight));
  }

  return {
    begin: async (record) => {
      const inserted = await journal.insert(settled(record));
      if (!inserted.ok) return inserted;
      const begun = inserted.value;
      const { id, incident } = begun.run;
      records.set(id, begun);
      if (incident !== null) {
        const text = `Runbook "${begun.run.title}" was opened.`;
        options.onEntry(incident, { at: begun.run.startedAt, kind: 'run', text, by: begun.run.holder });
      }
      options.onChange([id]);
      return succeed(viewRun(begun, sight));
    },
    get: (id) => {
      const found = find(id);
      return found.ok ? succeed(viewRun(found.value, sight)) : found;
    },
    command: (id, command, by, person = by.name) =>
      inTurn(id, () => commandInTurn(id, command, { by, person })).finally(() => arm(id)),
    rollBackPlan: (id, stepId) => {
      const found = find(id);
      if (!found.ok) return found;
      const record = found.value;
      const step = record.steps.find((one) => one.source.id === stepId);
      if (step !== undefined) return succeed(planRollBack(record, step, options, (one) => titleOf(record, one)));
      return fail('NOT_FOUND', `The run has no step ${stepId}.`, {
        kept: 'Nothing was changed.',
        todo: 'Open it again.',
      });
    },
    report: (id) => {
      const found = find(id);
      return found.ok ? succeed(reportOf(found.value, options.now())) : found;
    },
    reportsOf: (incident) =>
      journal
        .list(incident, LIST_LIMIT)
        .toReversed()
        .flatMap(({ id }) => {
          const found = find(id);
          return found.ok ? [reportOf(found.value, options.now())] : [];
        }),
    viewed: presence.viewed,
    met: presence.met,
    openRun: (incident) => {
      const record = [...records.values()].findLast((one) => one.run.incident === incident);
      if (record === undefined) return null;
      const onPath = record.steps.filter((step) => !step.detour);
      const current = currentStep(record);
      const { id, runbook, title } = record.run;
      const step = current === undefined ? onPath.length : onPath.indexOf(current) + 1;
      return {
        id,
        runbook,
        title,
        step,
        steps: onPath.length,
        next: current === undefined ? null : titleOf(record, current),
      };
    },
    resumeAll: async () => {
      for (const stored of journal.inProgress()) {
        const { id } = stored.run;
        records.set(id, stored);
        await inTurn(id, () => resume(id));
        arm(id);
      }
    },
    list: (incident) => journal.list(incident, LIST_LIMIT),
    close: async () => {
      closed = true;
      watch.close();
      for (const cancel of timers.values()) cancel();
      await jobs.close();
      await idle();
    },
  };

  /** What was in progress when the desk went down. A hold begins anew: nobody measured meanwhile. */
  async function resume(id: number): Promise<void> {
    const record = records.get(id);
    if (record === undefined) return;
    for (const step of stepsInProgress(record)) {
      const latest = records.get(id);
      if (latest === undefined) return;
      if (mannerOf(step) === 'job') {
        const gone = jobs.lost(latest, step);
        // Where the disk refuses it, memory knows at least: what may have landed is not begun again.
        if (!(await save(latest, gone)).ok) records.set(id, gone);
        continue;
      }
      if (step.progress !== null && mannerOf(step) !== 'wait') {
        records.set(id, withStep(latest, { ...step, progress: { ...step.progress, heldSince: null, readAt: null } }));
      }
      try {
        await advanceStep(id, step.index);
      } catch (error) {
        console.error(`run ${id}, step ${step.source.id}:`, error);
      }
    }
  }
}
