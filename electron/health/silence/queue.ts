import { type About, type Look, spanWords } from './look.ts';

/*
 * Queues that stand or grow. Pure.
 */

const STUCK_MS = 5 * 60_000;
const GROWING_MS = 15 * 60_000;
/** Arrivals to completions. */
const GROWS = 1.2;
/** A queue that grew by less is chance, tasks. */
const GREW = 10;

/** How a lane stood at one moment, and what had ended by then since the desk started. */
export type LaneSample = { at: number; inFlight: number; ended: number };

export type QueueFacts = {
  agent: string;
  paused: boolean;
  since: number;
  now: number;
  queued: number;
  running: number;
  /** Since when tasks wait without a break; null while none do. */
  queuedSince: number | null;
  lastEndAt: number | null;
  /** From start to end; null without data. */
  p95Ms: number | null;
  timeoutMs: number;
  deadlineMs: number;
  /** When the oldest queued task was accepted, and its id. */
  oldest: { id: number; acceptedAt: number } | undefined;
  /** About one a minute, oldest first. */
  samples: LaneSample[];
};

/** Tasks wait, and nothing ended for max(5 min, 3 x p95); without a p95 the time limit of an attempt stands for it. */
export function queueStuck(facts: QueueFacts): Look {
  const { agent, paused, since, now, queued, running, queuedSince, lastEndAt, p95Ms, timeoutMs } = facts;
  const bound = Math.max(STUCK_MS, p95Ms === null ? timeoutMs : 3 * p95Ms);
  const look: About = {
    rule: 'queue-stuck',
    subject: agent,
    agents: [agent],
    title: `The queue of ${agent} stands still`,
    clears: `the queue of ${agent} moves`,
  };
  if (queued === 0 || queuedSince === null) return { ...look, state: 'quiet', says: 'nothing waits' };
  const still = now - Math.max(queuedSince, since, lastEndAt ?? 0);
  const says = `${queued} wait, ${running} run, none ended for ${spanWords(still)} of ${spanWords(bound)}`;
  if (paused) return { ...look, state: 'unsure', says: `${queued} wait; its intake is not open` };
  return {
    ...look,
    state: still >= bound ? 'holds' : lastEndAt !== null && lastEndAt >= queuedSince ? 'quiet' : 'unsure',
    says,
  };
}

/** More than 1.2 times as many came as ended, in each third of 15 min: one large batch alone is no growth. */
export function queueGrowing({ agent, paused, since, now, samples, queued }: QueueFacts): Look {
  const look: About = {
    rule: 'queue-growing',
    subject: agent,
    agents: [agent],
    title: `The queue of ${agent} grows faster than it is served`,
    clears: `the queue of ${agent} no longer grows`,
  };
  if (paused) return { ...look, state: 'unsure', says: 'its intake is not open' };
  const marks = [0, 1, 2, 3].map((third) => sampleBefore(samples, now - (third * GROWING_MS) / 3));
  const [newest, , , oldest] = marks;
  if (now - since < GROWING_MS || newest === undefined || oldest === undefined) {
    return { ...look, state: 'unsure', says: `looks since ${spanWords(now - since)}` };
  }
  const thirds = [0, 1, 2].map((index) => flow(marks[index + 1], marks[index]));
  const whole = flow(oldest, newest);
  const says = `${whole.came} came and ${whole.ended} ended in 15 min, ${queued} wait`;
  const grows =
    queued > 0 && whole.came - whole.ended >= GREW && thirds.every(({ came, ended }) => came > GROWS * ended);
  return { ...look, state: grows ? 'holds' : 'quiet', says };
}

function sampleBefore(samples: LaneSample[], at: number): LaneSample | undefined {
  return samples.findLast((sample) => sample.at <= at);
}

/** What came and ended between two samples. */
function flow(from: LaneSample | undefined, to: LaneSample | undefined): { came: number; ended: number } {
  if (!from || !to) return { came: 0, ended: 0 };
  const ended = to.ended - from.ended;
  return { came: ended + to.inFlight - from.inFlight, ended };
}

/** The oldest queued task is older than its deadline. */
export function oldestWaiting({ agent, paused, now, oldest, deadlineMs }: QueueFacts): Look {
  const age = oldest === undefined ? 0 : now - oldest.acceptedAt;
  const look: About = {
    rule: 'oldest-waiting',
    subject: agent,
    agents: [agent],
    title: `The oldest task in the queue of ${agent} is past its deadline`,
    clears: `no queued task of ${agent} is past its deadline`,
  };
  if (oldest === undefined) return { ...look, state: 'quiet', says: 'nothing waits' };
  const says = `t${oldest.id} waits for ${spanWords(age)} of ${spanWords(deadlineMs)}`;
  if (age <= deadlineMs) return { ...look, state: 'quiet', says };
  return paused
    ? { ...look, state: 'unsure', says: `${says}; its intake is not open` }
    : { ...look, state: 'holds', says };
}
