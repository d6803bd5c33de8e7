import type { Json } from '#contract/basic.ts';
import type { Attempt, Doubt, ModelCall, Offspring, Origin, Step, TaskDetail, TaskError } from '#contract/task.ts';
import type { AttemptRow, StepRow } from '../store/step.ts';
import { type FullTaskRow, taskOf } from '../store/task.ts';

function parse<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

function attemptOf(row: AttemptRow): Attempt {
  return {
    number: row.number,
    worker: row.worker,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    error: parse<TaskError>(row.error),
    backoffMs: row.backoff_ms,
  };
}

function stepOf(row: StepRow, replayedBy: number[]): Step {
  return {
    seq: row.seq,
    attempt: row.attempt,
    name: row.name,
    kind: row.kind,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    request: parse<Json>(row.request),
    result: parse<Json>(row.result),
    error: parse<TaskError>(row.error),
    effectKey: row.effect_key,
    call: parse<ModelCall>(row.call),
    replayedBy,
  };
}

/** Effects that were begun and never answered, each by its newest try. */
export function doubtful(rows: StepRow[]): StepRow[] {
  const done = new Set(rows.filter((row) => row.state === 'done').map((row) => row.name));
  const open = rows.filter((row) => row.state === 'in-doubt' && !done.has(row.name));
  return [...new Map(open.map((row) => [row.name, row])).values()];
}

function doubtOf(step: StepRow, rows: StepRow[]): Doubt {
  const check = rows.findLast((row) => row.kind === 'check' && row.name === `${step.name} landed?`);
  return {
    step: step.name,
    effectKey: step.effect_key,
    request: parse<Json>(step.request),
    begunAt: step.started_at,
    attempt: step.attempt,
    check: parse<Json>(check?.result ?? null),
  };
}

/** Everything known of a task, from its rows. */
export function detailOf(
  row: FullTaskRow,
  stepRows: StepRow[],
  attemptRows: AttemptRow[],
  offspring: Offspring[],
  limits: TaskDetail['limits'],
): TaskDetail {
  const replays = new Map<number, number[]>();
  for (const attempt of attemptRows) {
    for (const seq of parse<number[]>(attempt.replayed) ?? []) {
      replays.set(seq, [...(replays.get(seq) ?? []), attempt.number]);
    }
  }
  const attemptList = attemptRows.map(attemptOf);
  if (row.state === 'running') {
    attemptList.push({
      number: row.attempts,
      worker: row.worker ?? 'unknown',
      startedAt: row.claimed_at ?? row.accepted_at,
      endedAt: null,
      outcome: 'running',
      error: null,
      backoffMs: null,
    });
  }
  return {
    ...taskOf(row),
    input: parse<Json>(row.input),
    output: parse<Json>(row.output),
    error: parse<TaskError>(row.error),
    definition: row.definition ?? '',
    origin: parse<Origin>(row.origin),
    offspring,
    limits,
    doubts: row.state === 'in-doubt' ? doubtful(stepRows).map((step) => doubtOf(step, stepRows)) : [],
    attemptList,
    steps: stepRows.map((step) => stepOf(step, replays.get(step.seq) ?? [])),
  };
}
