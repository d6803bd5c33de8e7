import type { ScheduledStart } from '#contract/runtime.ts';
import { type About, type Look, spanWords } from './look.ts';

/*
 * What should have come and did not. Pure: the moment and the history are passed in.
 */

const HOUR_MS = 3_600_000;
/** With fewer expected, chance alone empties an hour now and then: at 7 it is one in a thousand. */
const EXPECTED = 7;
/** So many weeks back the same hour is looked at. */
const WEEKS = 4;
/** A scheduled start may begin this late, ms. */
const GRACE_MS = 5 * 60_000;
/** After a start or a sleep, what was missed has this long to be made up, ms. */
export const CATCH_UP_MS = 15 * 60_000;

/** The same hour of the week before `hour`, local time, weeks back: clocks that are set keep the hour's name. */
export function sameHours(hour: number): number[] {
  return Array.from({ length: WEEKS }, (_, index) => {
    const day = new Date(hour);
    day.setDate(day.getDate() - 7 * (index + 1));
    return day.getTime();
  });
}

/** The middle of some counts; of an even number the mean of both. */
function median(counts: number[]): number {
  const sorted = counts.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

export type AbsenceFacts = {
  agent: string;
  paused: boolean;
  /** Since when the desk looks without a break. */
  since: number;
  now: number;
  lastEndAt: number | null;
  lastSuccessAt: number | null;
  /** When the agent was first seen: silence cannot be older. */
  knownSince: number;
  expectEveryMs: number | null;
  /** Ends in the hour that begins at a moment; the desk was down or the agent unknown: 0. */
  endsIn(hour: number): number;
};

/** No task ended in the last whole hour of the clock, where usually at least 7 do, nor since. */
export function noTasks({ agent, paused, since, now, lastEndAt, endsIn }: AbsenceFacts): Look {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS;
  const usual = median(sameHours(hour).map(endsIn));
  const look: About = {
    rule: 'no-tasks',
    subject: agent,
    agents: [agent],
    title: `Nothing of ${agent} ends any more`,
    clears: `tasks of ${agent} end again`,
  };
  if (lastEndAt !== null && lastEndAt >= hour)
    return { ...look, state: 'quiet', says: `usually ${usual} in that hour` };
  if (paused) return { ...look, state: 'unsure', says: 'its intake is not open' };
  if (since > hour + GRACE_MS)
    return { ...look, state: 'unsure', says: `looks since ${spanWords(now - since)}: not a whole hour` };
  if (usual < EXPECTED) return { ...look, state: 'unsure', says: `too few to tell: usually ${usual} in that hour` };
  return { ...look, state: 'holds', says: `none ended in an hour in which usually ${usual} do` };
}

/** No success within `expect.every`; undefined where nothing is expected. */
export function noSuccess(facts: AbsenceFacts): Look | undefined {
  const { agent, paused, since, now, expectEveryMs, knownSince } = facts;
  if (expectEveryMs === null) return undefined;
  const silentFor = Math.max(0, now - (facts.lastSuccessAt ?? knownSince));
  const says = `no success for ${spanWords(silentFor)}, expected every ${spanWords(expectEveryMs)}`;
  const look: About = {
    rule: 'no-success',
    subject: agent,
    agents: [agent],
    title: `${agent} has had no success for longer than expected`,
    clears: `${agent} succeeded`,
  };
  if (silentFor <= expectEveryMs) return { ...look, state: 'quiet', says: `last success ${spanWords(silentFor)} ago` };
  if (paused) return { ...look, state: 'unsure', says: `${says}; its intake is not open` };
  const caughtUp = now - since >= Math.min(expectEveryMs, CATCH_UP_MS);
  return { ...look, state: caughtUp ? 'holds' : 'unsure', says };
}

/** A start that did not happen in its grace: not submitted, refused, or submitted and not begun. */
export function scheduleMissed(
  start: ScheduledStart,
  { paused, since, now }: { paused: boolean; since: number; now: number },
): Look {
  const { agent, dueAt, refused, waits } = start;
  const look: About = {
    rule: 'schedule-missed',
    subject: agent,
    agents: [agent],
    title: `A scheduled start of ${agent} did not happen`,
    clears: `the schedule of ${agent} runs`,
  };
  const late = (at: number): number => now - Math.max(at, since);
  if (refused !== null) return { ...look, state: 'holds', says: refused };
  if (dueAt !== null && late(dueAt) > GRACE_MS) {
    return { ...look, state: 'holds', says: `due ${spanWords(now - dueAt)} ago, nothing was submitted` };
  }
  if (waits !== null && late(waits.since) > GRACE_MS) {
    const says = `${waits.task} was submitted ${spanWords(now - waits.since)} ago and has not begun`;
    return paused
      ? { ...look, state: 'unsure', says: `${says}; its intake is not open` }
      : { ...look, state: 'holds', says };
  }
  return dueAt === null && waits === null
    ? { ...look, state: 'quiet', says: 'every start so far began in time' }
    : { ...look, state: 'unsure', says: 'a start is due' };
}
