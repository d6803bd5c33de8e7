import type { Task, WaitKind } from '#contract/task.ts';
import { newestFirst } from '../tasks/tail.ts';
import { WAIT_KINDS } from '../tasks/wait.ts';

/*
 * The live queue of one agent: how many stand where, and why those that wait do. Pure.
 */

/** Counts of one agent's tasks in flight. */
export type QueueCounts = { queued: number; running: number; waiting: { kind: WaitKind; count: number }[] };

/**
 * Counts of what is known; exact as long as all of them are.
 * @param tasks in flight, in any order
 */
export function countQueue(tasks: readonly Task[]): QueueCounts {
  const waits = (kind: WaitKind) => tasks.filter((task) => task.waitKind === kind).length;
  return {
    queued: tasks.filter((task) => task.state === 'queued').length,
    running: tasks.filter((task) => task.state === 'running').length,
    waiting: WAIT_KINDS.map((kind) => ({ kind, count: waits(kind) })).filter(({ count }) => count > 0),
  };
}

/** Those to show: what runs first, then the newest. */
export function newestInFlight(tasks: readonly Task[], most: number): Task[] {
  const newest = newestFirst(tasks);
  const running = newest.filter((task) => task.state === 'running');
  return [...running, ...newest.filter((task) => task.state !== 'running')].slice(0, most);
}
