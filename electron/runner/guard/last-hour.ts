import type { ErrorClass } from '#contract/task.ts';

/*
 * What became of calls in the last hour, by the minute. Pure: each function gives the next state.
 */

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 60;

type Minute = { minute: number; calls: number; errors: ReadonlyMap<ErrorClass, number> };

/** Oldest first; a minute without a call is not there. */
export type LastHour = readonly Minute[];

export const NO_CALLS: LastHour = [];

/** @param error null when the call succeeded; @param now ms since the Unix epoch */
export function countCall(hour: LastHour, error: ErrorClass | null, now: number): LastHour {
  const minute = Math.floor(now / MINUTE_MS);
  const kept = hour.filter((one) => one.minute > minute - KEPT_MINUTES && one.minute <= minute);
  const current = kept.find((one) => one.minute === minute) ?? { minute, calls: 0, errors: new Map() };
  const errors = new Map(current.errors);
  if (error !== null) errors.set(error, (errors.get(error) ?? 0) + 1);
  return [...kept.filter((one) => one !== current), { minute, calls: current.calls + 1, errors }];
}

/** All calls of the hour, and the errors among them by class, the most frequent first. */
export function sumHour(
  hour: LastHour,
  now: number,
): { calls: number; errors: { class: ErrorClass; count: number }[] } {
  const minute = Math.floor(now / MINUTE_MS);
  const within = hour.filter((one) => one.minute > minute - KEPT_MINUTES && one.minute <= minute);
  const counts = new Map<ErrorClass, number>();
  for (const { errors } of within) {
    for (const [name, count] of errors) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return {
    calls: within.reduce((sum, one) => sum + one.calls, 0),
    errors: [...counts].map(([name, count]) => ({ class: name, count })).toSorted((a, b) => b.count - a.count),
  };
}
