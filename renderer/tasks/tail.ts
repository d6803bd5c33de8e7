import type { Task } from '#contract/task.ts';

/*
 * The rows of the task table. They follow the live tail until a person works in the table; from then on they are held:
 * none moves, new tasks wait behind a pill, older pages are put at the end as they are read.
 */

/** Rows held, newest first; null while the table follows the tail. */
export type Held = readonly Task[] | null;

/** The number in a task's id; it only grows, so the newest task has the highest. */
export function numberOf(id: string): number {
  return Number(id.slice(1));
}

/** Newest first. */
export function newestFirst(tasks: readonly Task[]): Task[] {
  return tasks.toSorted((a, b) => numberOf(b.id) - numberOf(a.id));
}

/** Puts a page of older tasks at the end; what is there already is not put twice. */
export function withPage(rows: readonly Task[], page: readonly Task[]): Task[] {
  const last = rows.at(-1);
  const below = last === undefined ? Number.POSITIVE_INFINITY : numberOf(last.id);
  return [...rows, ...newestFirst(page).filter((task) => numberOf(task.id) < below)];
}

/** How many live tasks are newer than the first row held. */
export function countNew(held: Held, live: readonly Task[]): number {
  if (held === null) return 0;
  const first = held[0];
  const top = first === undefined ? -1 : numberOf(first.id);
  return live.filter((task) => numberOf(task.id) > top).length;
}
