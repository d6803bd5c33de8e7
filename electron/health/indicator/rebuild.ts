import type { Rebuilt } from '#contract/health.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import { OLDEST_MS } from './foreign.ts';
import { HOUR_MS, type LiveRollups, MINUTE_MS, startOf } from './rollups.ts';

/** Hours that are counted again before what differs is written and others have their turn. */
const HOURS = 6;

export type RebuildOptions = {
  rollups: LiveRollups;
  /** Ends from a moment on, in their order. */
  endedSince(from: number): Iterable<TaskEnded>;
  /** The oldest end of a task that retention left; null when there is none. */
  oldestEnd: number | null;
  /** Whether an agent is another runtime's: its events are kept for as long as late ones are taken. */
  isForeign(agent: string): boolean;
  /** Writes what changed in the rollups. */
  flush(): Promise<void>;
  now: number;
};

/** Counts every closed hour of which all ends are still here again, and puts in place what differs. */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { rollups, endedSince, oldestEnd, isForeign, flush, now } = options;
  await flush();
  const from = startOf('hour', now - OLDEST_MS) + HOUR_MS;
  // The hour of the oldest end may have lost some already.
  const oursFrom = startOf('hour', oldestEnd ?? now) + HOUR_MS;
  const until = startOf('hour', now - MINUTE_MS);
  let differing = 0;
  let hours = 0;
  for (let hour = from; hour < until; hour += HOUR_MS) {
    differing += rollups.recount(hour, endedSince, (agent) => hour >= oursFrom || isForeign(agent));
    hours += 1;
    if (hours % HOURS === 0) await flush();
  }
  await flush();
  return { from: Math.min(from, until), until, hours, differing };
}

/** Two rows of ends, each in order, as one. */
export function* inOrder(first: Iterable<TaskEnded>, second: Iterable<TaskEnded>): Generator<TaskEnded> {
  const others = second[Symbol.iterator]();
  try {
    let other = others.next();
    for (const ended of first) {
      while (!other.done && (other.value.task.endedAt ?? 0) < (ended.task.endedAt ?? 0)) {
        yield other.value;
        other = others.next();
      }
      yield ended;
    }
    while (!other.done) {
      yield other.value;
      other = others.next();
    }
  } finally {
    others.return?.();
  }
}
