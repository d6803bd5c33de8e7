import { randomInt } from 'node:crypto';

/** What a task of the storm is asked to do: the input of test/support/storm/agents/storm. */
export type Job = {
  n: number;
  kind: 'plain' | 'sleep' | 'ask' | 'spawn' | 'model';
  recovery: 'reconcile' | 'idempotent' | 'manual';
  beforeMs: number;
  afterMs: number;
  sleepMs?: number;
  deadlineMs?: number;
  child?: Job;
};

/** One thing that goes wrong. `pick` chooses the victim among the processes that are there, in [0, 1). */
export type Fault =
  | { kind: 'kill worker'; pick: number }
  | { kind: 'kill desk' }
  /** The clock moves while no desk runs. */
  | { kind: 'kill desk, set clock'; byMs: number }
  /** A worker stands still while its desk is killed and another takes over, and wakes after that. */
  | { kind: 'kill desk beside a stopped worker'; pick: number }
  | { kind: 'kill desk on a full disk' }
  | { kind: 'stop worker'; pick: number; ms: number }
  /** Until the desk gives it up. */
  | { kind: 'stop worker for good'; pick: number }
  | { kind: 'stop desk'; ms: number }
  | { kind: 'slow disk'; commitMs: number; ms: number }
  | { kind: 'full disk'; ms: number }
  | { kind: 'provider'; provider: 'north' | 'south'; down: boolean; errorRate: number; latencyMs: number; ms: number }
  | { kind: 'set clock'; byMs: number };

/** Faults come by what was done until then, not by the hour: a slower machine sees the same storm. */
export type Planned = { afterEnded: number; fault: Fault };

export type Schedule = { jobs: Job[]; faults: Planned[] };

/** A child's number is its parent's and this. */
export const CHILD = 1_000_000;
const HOUR_MS = 3_600_000;
const RECOVERIES = ['reconcile', 'idempotent', 'manual'] as const;

/** The seed that was asked for, or a new one. */
export function seedFrom(text: string | undefined): number {
  return text === undefined || text === '' ? randomInt(2 ** 32) : Number(text);
}

/** The same numbers for the same seed, in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A storm over so many tasks, the same for the same seed. */
export function scheduleOf(seed: number, tasks: number): Schedule {
  const random = randomFrom(seed);
  const between = (low: number, high: number): number => Math.floor(low + random() * (high - low));
  const oneOf = <T>(list: readonly T[]): T => list[between(0, list.length)] as T;

  function job(n: number, kind: Job['kind']): Job {
    const slow = random() < 0.1;
    const base: Job = {
      n,
      kind,
      recovery: oneOf(RECOVERIES),
      beforeMs: slow ? between(5, 40) : 0,
      afterMs: slow ? between(5, 40) : 0,
    };
    switch (kind) {
      case 'plain':
      case 'model':
        return base;
      case 'sleep':
        return { ...base, sleepMs: between(1_001, 3_000) };
      case 'ask':
        return random() < 0.5 ? base : { ...base, deadlineMs: between(50, 3_000) };
      case 'spawn':
        return { ...base, child: job(n + CHILD, 'plain') };
    }
  }

  function kindOf(roll: number): Job['kind'] {
    if (roll < 0.05) return 'sleep';
    if (roll < 0.08) return 'ask';
    if (roll < 0.12) return 'spawn';
    return roll < 0.2 ? 'model' : 'plain';
  }

  const jobs = Array.from({ length: tasks }, (_, n) => job(n, kindOf(random())));
  const clock = (): number => oneOf([-3 * HOUR_MS, -20_000, 20_000, 3 * HOUR_MS]);
  const provider = (name: 'north' | 'south'): Fault => ({
    kind: 'provider',
    provider: name,
    down: random() < 0.5,
    errorRate: oneOf([0.2, 0.6, 1]),
    latencyMs: between(0, 200),
    ms: between(500, 2_000),
  });
  const faults: Fault[] = [
    ...times(6, () => ({ kind: 'kill worker', pick: random() }) as const),
    ...times(2, () => ({ kind: 'kill desk' }) as const),
    { kind: 'kill desk, set clock', byMs: -3 * HOUR_MS },
    ...times(2, () => ({ kind: 'kill desk beside a stopped worker', pick: random() }) as const),
    { kind: 'kill desk on a full disk' },
    ...times(4, () => ({ kind: 'stop worker', pick: random(), ms: between(100, 1_500) }) as const),
    { kind: 'stop worker for good', pick: random() },
    ...times(3, () => ({ kind: 'stop desk', ms: between(100, 2_000) }) as const),
    ...times(3, () => ({ kind: 'slow disk', commitMs: between(10, 150), ms: between(500, 2_000) }) as const),
    ...times(3, () => ({ kind: 'full disk', ms: between(200, 2_000) }) as const),
    ...times(3, () => provider('north')),
    ...times(2, () => provider('south')),
    ...times(6, () => ({ kind: 'set clock', byMs: clock() }) as const),
  ];
  return {
    jobs,
    faults: shuffled(faults, random).map((fault, index) => ({
      fault,
      afterEnded: Math.floor((tasks * 0.95 * (index + random())) / faults.length),
    })),
  };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function shuffled<T>(list: T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
