import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Answer, Question, QuestionFilter, Resolution } from '#contract/question.ts';
import type { Task } from '#contract/task.ts';
import { type Tasks, taskNumber, taskOf } from '../store/task.ts';
import type { Parking } from './engine/park.ts';
import type { Resolving } from './engine/resolve.ts';
import type { Mask } from './mask.ts';

/** What waits for a person, and what people say. */
export type People = {
  /** Open ones: those that wait longest, first; else the newest. */
  questions(filter: QuestionFilter): Question[];
  /** Open ones, the 200 that wait longest. */
  open(): Question[];
  answer(id: number, answer: Answer, by: Actor): Promise<Result<Question>>;
  /** @param step the effect that is meant, where more than one is in doubt */
  resolve(id: string, resolution: Resolution, step: string | undefined, by: Actor): Promise<Result<Task>>;
  /** Tasks that wait for a person, by what for. */
  waiting(): { inDoubt: number; questions: number; reviews: number };
};

/** @param options.mask hides secrets in what people type: answers become results of steps */
export function createPeople(options: { parking: Parking; resolving: Resolving; tasks: Tasks; mask(): Mask }): People {
  const { parking, resolving, tasks } = options;

  function masked(answer: Answer): Answer {
    const { text, value } = answer;
    const mask = options.mask();
    return {
      ...answer,
      ...(text === undefined ? {} : { text: mask.text(text) }),
      ...(value === undefined ? {} : { value: mask.json(value) }),
    };
  }

  function maskedResolution(resolution: Resolution): Resolution {
    return resolution.as === 'landed' ? { as: 'landed', result: options.mask().json(resolution.result) } : resolution;
  }

  return {
    questions({ open, task, limit }) {
      if (task !== undefined) {
        const all = parking.ofTask(taskNumber(task));
        return (open ? all.filter((each) => each.answeredAt === null) : all).slice(0, limit);
      }
      return open ? parking.open().slice(0, limit) : parking.newest(limit);
    },
    open: parking.open,
    answer: (id, answer, by) => parking.answer(id, masked(answer), by),
    async resolve(id, resolution, step, by) {
      const resolved = await resolving.resolve(taskNumber(id), maskedResolution(resolution), step, by);
      if (!resolved.ok) return resolved;
      const row = tasks.full(taskNumber(id));
      return row ? succeed(taskOf(row)) : noTask(id);
    },
    waiting: () => ({ inDoubt: tasks.inDoubt(), ...parking.counts() }),
  };
}

function noTask(id: string): Result<never> {
  return fail('NOT_FOUND', `There is no task ${id}.`, {
    kept: 'Nothing was changed.',
    todo: 'Look for it: nightdesk tasks --state in-doubt',
  });
}
