import { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import type { Failure, Result } from '#contract/errors.ts';
import type { Submit, Submitted, TaskError } from '#contract/task.ts';
import { type Family, originOf } from '../../store/family.ts';
import type { StepRow, Steps } from '../../store/step.ts';
import { markBits, type Tasks, taskNumber } from '../../store/task.ts';
import type { NewTask } from './accept.ts';
import {
  type Ending,
  type JournalEntry,
  type SpawnResult,
  sleepRequestSchema,
  spawnRequestSchema,
} from './protocol.ts';
import { parentOf, type Running } from './running.ts';
import type { Waits } from './settle.ts';

/** A task that spawns itself must end somewhere: so deep a family may be. */
const DEEPEST = 16;

export type FamilyOptions = {
  family: Family;
  tasks: Tasks;
  steps: Steps;
  now(): number;
  accept(one: NewTask, at: number): Result<Submitted>;
  /** Whether an input fits its agent's schema. */
  checkInput(task: Submit): Result<null>;
  /** A task that waited is queued again; called inside the commit. */
  onRequeued(task: number, agent: string): void;
};

/**
 * Steps that sleep and steps that wait for a child, at the desk. Everything here is part of the commit that its cause is
 * in: a child and the step that spawned it, its end and the step's result, the end of an attempt and what it waits for.
 */
export function createFamily(options: FamilyOptions) {
  const { family, tasks, steps, now } = options;

  function depthOf(parent: number | null): number {
    let depth = 1;
    for (let task = parent; task !== null && depth <= DEEPEST; depth += 1) {
      task = parentOf(tasks.full(task)?.origin ?? null);
    }
    return depth;
  }

  /** Submits a child. A refusal is how the child ended. */
  function submitChild(run: Running, entry: JournalEntry, agent: string, input: Json): Result<Submitted> {
    if (depthOf(run.parent) > DEEPEST) {
      const error: Failure = {
        code: 'BAD_INPUT',
        message: `Tasks spawn each other ${DEEPEST} deep: this one is not started.`,
        kept: 'Nothing was queued.',
        todo: 'Let the agent end without spawning another.',
      };
      return { ok: false, error };
    }
    const child: NewTask = {
      agent,
      input,
      ...(entry.effectKey === null ? {} : { key: entry.effectKey }),
      priority: run.priority,
      rehearsal: (run.marks & markBits('rehearsal')) !== 0,
      origin: { kind: 'spawn', task: `t${run.id}`, step: entry.name },
    };
    const fits = options.checkInput(child);
    return fits.ok ? options.accept(child, now()) : fits;
  }

  function refusedSpawn(entry: JournalEntry, message: string): JournalEntry {
    const result: SpawnResult = { task: null, state: 'failed', output: null, error: { class: 'bad-request', message } };
    return { ...entry, state: 'done', endedAt: now(), result: JSON.stringify(result) };
  }

  return {
    /** A step announces that it spawns: the child is there as soon as the step is. @returns the step as it is written */
    spawned(run: Running, entry: JournalEntry): JournalEntry {
      if (run.cancelling) return entry;
      // What an agent's code asks for is input from outside: what does not fit ends the step, and never this commit.
      const asked = spawnRequestSchema.safeParse(JSON.parse(entry.request ?? 'null'));
      if (!asked.success) return refusedSpawn(entry, z.prettifyError(asked.error));
      const { agent, input } = asked.data;
      const submitted = submitChild(run, entry, agent, input);
      if (submitted.ok) {
        const known = tasks.full(taskNumber(submitted.value.id));
        // Found by its key: it may have ended long ago, with a desk that lost this step.
        const request = JSON.stringify({ agent, input, task: submitted.value.id });
        const result = known && resultOf(known);
        return result
          ? { ...entry, request, state: 'done', endedAt: now(), result: JSON.stringify(result) }
          : { ...entry, request };
      }
      return refusedSpawn(entry, submitted.error.message);
    },
    /** Writes down what the attempt leaves waiting. @returns how the task waits */
    waits(run: Running, { sleeping, children }: Extract<Ending, { kind: 'until' }>, at: number): Waits {
      const rows = steps.ofTask(run.id);
      const moments: number[] = [];
      let seq = (rows.at(-1)?.seq ?? -1) + 1;
      for (const { step, fingerprint, ms, leftMs } of sleeping) {
        const known = rows.find((row) => row.name === step && row.kind === 'sleep' && row.state === 'intent');
        // Moments are whole milliseconds; what the worker measured is not.
        const until = known ? untilOf(known) : Math.round(at + leftMs);
        moments.push(until);
        if (known) continue;
        steps.write({
          task: run.id,
          seq,
          attempt: run.attempt,
          name: step,
          kind: 'sleep',
          state: 'intent',
          started_at: Math.round(until - ms),
          ended_at: null,
          fingerprint,
          effect_key: null,
          request: JSON.stringify({ ms, until }),
          result: null,
          error: null,
          call: null,
        });
        seq += 1;
      }
      const ended = rows.some((row) => row.kind === 'spawn' && row.state === 'done' && children.includes(row.name));
      const runAt = moments.length === 0 ? null : Math.min(...moments);
      return {
        kind: 'waits',
        waitKind: children.length > 0 ? 'child' : 'sleep',
        runAt,
        over: ended || (runAt !== null && runAt <= at),
        reason:
          children.length > 0
            ? `waits for ${children.length === 1 ? children[0] : `${children.length} tasks that it spawned`}`
            : `sleeps: ${sleeping.map((each) => each.step).join(', ')}`,
      };
    },
    /** Sleeps that are over when a task is claimed. @returns its rows as they are then */
    woken(rows: StepRow[]): StepRow[] {
      const at = now();
      return rows.map((row) => {
        if (row.kind !== 'sleep' || row.state !== 'intent' || untilOf(row) > at) return row;
        const end = { state: 'done', ended_at: at, result: 'null', error: null } as const;
        steps.close(row.task, row.seq, end);
        return { ...row, ...end };
      });
    },
    /** A task has ended: the step that spawned it has its result, and the parent goes on. */
    ended(id: number, parent: number | null): void {
      if (parent === null) return;
      const row = tasks.full(id);
      const result = row && resultOf(row);
      const step = row && originOf(row)?.step;
      if (!result || !step) return;
      family.closeSpawn(parent, step, now(), JSON.stringify(result));
      const agent = family.wake(parent);
      if (agent !== undefined) options.onRequeued(parent, agent);
    },
    /** The tasks that this one spawned. */
    children: (id: number): number[] =>
      family.offspring(id).flatMap(({ kind, task }) => (kind === 'spawn' ? [taskNumber(task)] : [])),
  };
}
export type FamilyDesk = ReturnType<typeof createFamily>;

/** What a child gives its parent; undefined while it goes on, or waits in doubt for a person. */
function resultOf(row: NonNullable<ReturnType<Tasks['full']>>): SpawnResult | undefined {
  const { state } = row;
  if (state !== 'succeeded' && state !== 'failed' && state !== 'cancelled') return undefined;
  return {
    task: `t${row.id}`,
    state,
    output: JSON.parse(row.output ?? 'null') as Json,
    error: row.error === null ? null : (JSON.parse(row.error) as TaskError),
  };
}

function untilOf(row: StepRow): number {
  return sleepRequestSchema.parse(JSON.parse(row.request ?? 'null')).until;
}
