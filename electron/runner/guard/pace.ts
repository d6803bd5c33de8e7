/*
 * How fast a lane ends tasks: a rate that forgets. Pure; it tells who finds the queue full when a place is free.
 */

/** Ends older than this weigh little, ms. */
const MEMORY_MS = 60_000;
/** Nobody is told to come back sooner or later than this, ms. */
const SOONEST_MS = 1_000;
const LATEST_MS = 600_000;
/** What a lane tells that has ended nothing yet, ms. */
const UNKNOWN_MS = 60_000;

/** The ends of a lane, each weighed by its age; `since`: when counting began, ms. */
export type Pace = { weight: number; at: number; since: number };

/** A pace without any end. */
export function newPace(now: number): Pace {
  return { weight: 0, at: now, since: now };
}

/** The pace after another end. */
export function paceAfterEnd(pace: Pace, now: number): Pace {
  return { ...pace, weight: weightAt(pace, now) + 1, at: Math.max(pace.at, now) };
}

/** Ends a second, as far as is known. */
export function endsPerSecond(pace: Pace, now: number): number {
  const known = 1 - Math.exp(-Math.max(0, now - pace.since) / MEMORY_MS);
  return known === 0 ? 0 : (weightAt(pace, now) / (MEMORY_MS * known)) * 1_000;
}

/** When a place in a full queue will be free, in ms from now: what one end takes. */
export function placeInMs(pace: Pace, now: number): number {
  const rate = endsPerSecond(pace, now);
  if (rate === 0) return UNKNOWN_MS;
  return Math.round(Math.min(LATEST_MS, Math.max(SOONEST_MS, 1_000 / rate)));
}

function weightAt(pace: Pace, now: number): number {
  return pace.weight * Math.exp(-Math.max(0, now - pace.at) / MEMORY_MS);
}
