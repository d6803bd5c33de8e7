import { type Look, spanWords } from './look.ts';

/*
 * Tasks whose end does not come, and ends that prove nothing. Pure.
 */

/** A task without an owner is one only when it was so at the look before, too: ms between them at least. */
export const ORPHAN_MS = 20_000;

/** Tasks of an agent in flight past their deadline, whatever they wait for. */
export function taskOverdue(
  agent: string,
  deadlineMs: number,
  overdue: { count: number; oldest: number | null },
): Look {
  const none = overdue.count === 0;
  return {
    rule: 'task-overdue',
    subject: agent,
    agents: [agent],
    state: none ? 'quiet' : 'holds',
    says: none
      ? `none in flight for longer than ${spanWords(deadlineMs)}`
      : `${overdue.count} in flight for longer than ${spanWords(deadlineMs)}, the oldest is t${overdue.oldest}`,
    title: `Tasks of ${agent} do not end: past their deadline`,
    clears: `no task of ${agent} is past its deadline`,
  };
}

/** A task that stands as running. */
export type Owned = { id: number; agent: string; worker: string | null; claimedAt: number };

/**
 * Tasks that run for nobody: their worker is not there, or its beat is lost.
 * @param before those of the last look, with when they were first seen so
 */
export function orphansOf(
  running: Owned[],
  alive: ReadonlySet<string>,
  before: ReadonlyMap<number, number>,
  now: number,
): { seen: Map<number, number>; orphans: Owned[] } {
  const suspects = running.filter(({ worker }) => worker === null || !alive.has(worker));
  const seen = new Map(suspects.map(({ id }) => [id, before.get(id) ?? now]));
  return { seen, orphans: suspects.filter(({ id }) => now - (seen.get(id) ?? now) >= ORPHAN_MS) };
}

export function taskOrphaned(runtime: string, orphans: Owned[], runs: number): Look {
  const agents = [...new Set(orphans.map(({ agent }) => agent))];
  const [first] = orphans;
  return {
    rule: 'task-orphaned',
    subject: runtime,
    agents,
    state: first === undefined ? 'quiet' : 'holds',
    says:
      first === undefined
        ? `${runs} running, each with a worker that beats`
        : `${orphans.length} of ${runs} running have no worker; the first is t${first.id}, claimed by ${first.worker ?? 'nobody'}`,
    title: `Tasks run for nobody: ${orphans.length} without a worker`,
    clears: 'every running task has its worker',
    labels: { runtime },
  };
}

/** @param tasks successes of the last day with an effect that has no receipt, newest last */
export function effectUnverified(agent: string, tasks: string[]): Look {
  const last = tasks.at(-1);
  return {
    rule: 'effect-unverified',
    subject: agent,
    agents: [agent],
    state: last === undefined ? 'quiet' : 'holds',
    says:
      last === undefined
        ? 'every effect of the last day has its receipt'
        : `${tasks.length} in the last day, the newest is ${last}`,
    title: `${agent} succeeded without a receipt of its effect`,
    clears: `no unverified success of ${agent} in the last day`,
    labels: last === undefined ? {} : { task: last },
  };
}
