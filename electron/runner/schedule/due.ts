import type { Schedule } from '#contract/agent.ts';
import { startsBetween } from './cron.ts';

/** A start that is no later than this is on time, ms: a desk may be busy, or start a little late. */
const ON_TIME_MS = 60_000;
/** Missed starts of one schedule that are made up at most, the newest. */
export const MAKE_UP_MAX = 1_000;

/**
 * Which starts of a schedule to begin now. Pure.
 *
 * @param since the last moment that was looked at; starts up to it are behind us
 * @returns the starts, oldest first, and the newest one that is due, whether it is begun or not
 */
export function dueStarts(
  { cron, missed }: Schedule,
  since: number,
  now: number,
): { starts: number[]; newest: number | null } {
  const due = startsBetween(cron, since, now, missed === 'each' ? MAKE_UP_MAX : 1);
  const newest = due.at(-1) ?? null;
  if (newest === null) return { starts: [], newest };
  switch (missed) {
    case 'each':
      return { starts: due, newest };
    case 'once':
      return { starts: [newest], newest };
    case 'skip':
      return { starts: now - newest <= ON_TIME_MS ? [newest] : [], newest };
  }
}
