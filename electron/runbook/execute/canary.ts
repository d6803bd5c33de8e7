import type { Json } from '#contract/basic.ts';
import { CANARY_KEY, differs } from '#contract/canary.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { hasEnded, type TaskDetail } from '#contract/task.ts';
import type { Canaries, RunbooksOptions } from '../types.ts';
import { fillArguments } from './compile.ts';
import { type End, tame } from './outside/end.ts';
import { afterEvent, lookupIn, type RunRecord, type StepRecord, withStep } from './record.ts';
import { spanInWords } from './words.ts';

/** A task to run and what it has to come to; `expect` null: that it succeeds. */
export type Canary = { agent: string; input: Json; expect: Json | null };

/** How long its task may take when the step does not say, ms. */
const TIMEOUT_MS = 300_000;

const NOT_RUN = {
  kept: 'Nothing was run.',
  todo: 'Give the agent a nightdesk.canary, or the step a fence with {"input": …}.',
};

/** The task of a `run` step: its fence `{"input": …, "expect": …}`, else the agent's own canary. */
export function canaryOf(record: RunRecord, step: StepRecord, canaries: Canaries): Result<Canary> {
  const args = fillArguments(step.source.directive?.args ?? {}, lookupIn(record));
  if (!args.ok) return args;
  const agent = args.value.agent ?? '';
  if (step.source.body === null) {
    const known = canaries.known(agent);
    return known.ok ? succeed({ agent, ...known.value }) : known;
  }
  try {
    const fence = JSON.parse(step.source.body) as Json;
    if (typeof fence !== 'object' || fence === null || Array.isArray(fence) || fence.input === undefined) {
      return fail('BAD_INPUT', 'The fence of the step holds no {"input": …}.', NOT_RUN);
    }
    return succeed({ agent, input: fence.input, expect: fence.expect ?? null });
  } catch (error) {
    return fail('BAD_INPUT', `The fence of the step is no JSON: ${(error as Error).message}`, NOT_RUN);
  }
}

/** The key that its task goes by: a canary's, so that it counts in no number of its agent. */
export function canaryKey(key: string): string {
  return `${CANARY_KEY}${key}`;
}

/** How its task came out; undefined while it has not ended. */
export function judge(
  task: Pick<TaskDetail, 'id' | 'state' | 'output' | 'error'>,
  expect: Json | null,
): End | undefined {
  if (!hasEnded(task.state)) return undefined;
  const output = JSON.stringify(task.output, null, 2);
  if (task.state !== 'succeeded') {
    const why = task.error === null ? '' : `: ${task.error.message}`;
    return { ok: false, seen: `${task.id} ended as ${task.state}${why}`, output, value: null };
  }
  const difference = expect === null ? undefined : differs(task.output, expect, 'output');
  const seen = difference === undefined ? `${task.id} succeeded with what was expected` : `${task.id}: ${difference}`;
  const value = typeof task.output === 'string' ? task.output : JSON.stringify(task.output);
  return { ok: difference === undefined, seen, output, value };
}

/** Submits a canary's task, once whatever happens, and looks whether it has ended. */
export async function runCanary(
  record: RunRecord,
  step: StepRecord,
  effects: Pick<RunbooksOptions, 'runtime' | 'canaries' | 'mask' | 'now'>,
): Promise<RunRecord> {
  const now = effects.now();
  const failed = (seen: string): RunRecord => afterEvent(record, step.index, 'diverged', { seen, endedAt: now });
  const canary = canaryOf(record, step, effects.canaries);
  if (!canary.ok) return failed(canary.error.message);
  const { agent, input, expect } = canary.value;
  if (step.task === null) {
    if (step.key === null) throw new Error('a canary without a key');
    const submitted = await effects.canaries.submit(agent, input, canaryKey(step.key));
    if (!submitted.ok) return failed(submitted.error.message);
    return withStep(record, { ...step, task: submitted.value.id, seen: `${submitted.value.id} was submitted` });
  }
  const task = effects.runtime.task(step.task);
  if (!task.ok) return failed(task.error.message);
  const end = judge(task.value, expect);
  if (end === undefined) {
    const timeoutMs = step.source.directive?.timeoutMs ?? TIMEOUT_MS;
    if (now >= (step.startedAt ?? now) + timeoutMs) {
      return failed(`${step.task} did not end within ${spanInWords(timeoutMs)}: it is ${task.value.state}`);
    }
    const seen = `${step.task} is ${task.value.state}`;
    return seen === step.seen ? record : withStep(record, { ...step, seen });
  }
  const { ok, ...told } = tame(end, effects.mask);
  return afterEvent(record, step.index, ok ? 'done' : 'diverged', { ...told, endedAt: now });
}
