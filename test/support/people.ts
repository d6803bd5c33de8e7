import type { Actor } from '#contract/basic.ts';
import type { Answer, Question } from '#contract/question.ts';
import type { TestRunner } from './runner.ts';
import { until } from './until.ts';

export const ada: Actor = { name: 'ada', via: 'console' };
export const bob: Actor = { name: 'bob', via: 'cli' };

/** Waits for the open question of a task. */
export function questionOf(desk: TestRunner, task: string): Promise<Question> {
  return until(() => desk.runner.people.questions({ open: true, task, limit: 1 })[0]);
}

/** Answers the open question of a task as ada, and fails the test when the answer is refused. */
export async function answer(desk: TestRunner, task: string, given: Answer): Promise<Question> {
  const { id } = await questionOf(desk, task);
  const answered = await desk.runner.people.answer(id, given, ada);
  if (!answered.ok) throw new Error(answered.error.message);
  return answered.value;
}
