import type { Json } from '#contract/basic.ts';
import { type Failure, fail, type Result } from '#contract/errors.ts';
import { batchItemSchema, type SubmitMany, type SubmitManyAnswer, type Submitted } from '#contract/task.ts';
import type { NewTask } from './engine/accept.ts';

/** Tasks of one commit: more would hold up whoever else waits for the disk. */
const COMMIT_TASKS = 500;

type Outcome = SubmitManyAnswer['results'][number];

/** Submits a batch in commits of a bearable size. Each task is taken or refused by itself. */
export async function submitMany(
  submit: (batch: NewTask[]) => Promise<Result<Submitted>[]>,
  { agent, tasks, ifPaused }: SubmitMany,
): Promise<SubmitManyAnswer> {
  const results: Outcome[] = [];
  for (let from = 0; from < tasks.length; from += COMMIT_TASKS) {
    const read = tasks.slice(from, from + COMMIT_TASKS).map((task) => readItem(agent, task, ifPaused));
    const answers = (await submit(read.flatMap((each) => (each.ok ? [each.value] : [])))).values();
    for (const [index, each] of read.entries()) {
      const answer = each.ok ? answers.next().value : each;
      if (answer === undefined) throw new Error('a submitted task got no answer');
      results.push(answer.ok ? accepted(answer.value) : refused(answer.error, from + index));
    }
  }
  return {
    accepted: results.filter((each) => each.outcome === 'accepted').length,
    duplicates: results.filter((each) => each.outcome === 'duplicate').length,
    refused: results.filter((each) => each.outcome === 'refused').length,
    results,
  };
}

function readItem(agent: string, task: Json, ifPaused: SubmitMany['ifPaused']): Result<NewTask> {
  const read = batchItemSchema.safeParse(task);
  if (read.success) return { ok: true, value: { agent, ...read.data, ifPaused } };
  const issue = read.error.issues[0];
  return fail('BAD_INPUT', `A task of the batch does not fit: ${issue?.message ?? 'unknown'}.`, {
    kept: 'This task was not queued.',
    todo: 'Send { "input": ... }, and key, priority and runAt where they are wanted.',
    ...(issue?.path.length ? { where: issue.path.join('.') } : {}),
  });
}

function accepted({ id, duplicate }: Submitted): Outcome {
  return { outcome: duplicate ? 'duplicate' : 'accepted', id };
}

function refused(error: Failure, index: number): Outcome {
  return { outcome: 'refused', ...error, where: ['tasks', index, ...(error.where ? [error.where] : [])].join('.') };
}
