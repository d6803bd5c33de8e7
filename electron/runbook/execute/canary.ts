import type { Json } from '#contract/basic.ts';
import { CANARY_KEY, differs } from '#contract/canary.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { hasEnded, type TaskDetail } from '#contract/task.ts';
import type { Canaries } from '../types.ts';
import { fillArguments } from './compile.ts';
import type { End } from './outside/end.ts';
import { lookupIn, type RunRecord, type StepRecord } from './record.ts';

/** A task to run and what it has to come to; `expect` null: that it succeeds. */
export type Canary = { agent: string; input: Json; expect: Json | null };

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
