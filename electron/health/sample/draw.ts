import type { SampleClass } from '#contract/sample.ts';
import type { Task } from '#contract/task.ts';

/*
 * With which chance a success is shown to a person. Pure. Every chance is fixed by what came before the task, and zero only
 * where nothing is to be drawn: so its inverse is a weight that makes the estimate one of all successes (Horvitz and
 * Thompson, 1952).
 */

/** How an agent's outputs are drawn, from its file. */
export type DrawPlan = {
  /** Share of the usual ones. */
  rate: number;
  /** So many a day of each class, where there are as many. */
  minimum: number;
  /** No more than about so many a day of each class: people have other work. */
  most: number;
};

/** New definitions and marked ends are drawn so many times as often as the usual ones. */
const OVERSAMPLED = 5;
/** Past a day's most, chances go down to this share of what would have brought it. */
const LEAST_SHARE = 0.25;

/** What the day has brought of one class so far, and how many the day before had. */
export type DayCount = { seen: number; taken: number; dayBefore: number };

/** The class of a success: a mark is told before the age of its definition. */
export function classOf(task: Pick<Task, 'marks'>, isNew: boolean): SampleClass {
  if (task.marks.some((mark) => mark === 'fallback' || mark === 'unverified' || mark === 'partial')) return 'marked';
  return isNew ? 'new' : 'usual';
}

/** The chance of the next one of a class, at most 1; 0 where the plan draws nothing. */
export function chanceOf(plan: DrawPlan, of: SampleClass, day: DayCount): number {
  const rate = Math.min(1, plan.rate * (of === 'usual' ? 1 : OVERSAMPLED));
  const minimum = Math.min(plan.minimum, plan.most);
  const bound = (plan.most * (day.taken < plan.most ? 1 : LEAST_SHARE)) / Math.max(day.dayBefore, day.seen + 1);
  const usual = Math.min(rate, bound);
  if (day.taken >= minimum) return usual;
  // Nothing is known of how many there will be: the first ones are all taken.
  if (day.dayBefore === 0) return 1;
  return Math.max(usual, Math.min(1, (minimum - day.taken) / Math.max(1, day.dayBefore - day.seen)));
}
