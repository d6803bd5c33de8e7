import type { FailureSwitch } from '#contract/objective.ts';
import type { Bucket, Counts as BucketCounts } from '../indicator/bucket.ts';
import { countsOf } from '../indicator/bucket.ts';

import type { BurnWindow, WindowCounts } from './burn.ts';

/** What ended in a step of time, by one objective: good and bad of its success, and of its latency bound. */
export type Tally = { good: number; bad: number; within: number; late: number };

/** What buckets are by an objective's switches. */
export function tallyOf(buckets: Iterable<Bucket | BucketCounts>, failure: readonly FailureSwitch[]): Tally {
  const tally = { good: 0, bad: 0, within: 0, late: 0 };
  for (const bucket of buckets) {
    const { good, bad } = countsOf(bucket, failure);
    tally.good += good;
    tally.bad += bad;
    tally.within += bucket.withinP95;
    tally.late += bucket.marks.slow;
  }
  return tally;
}

/** What the latency rule judges: successes within the bound as good, slower ones as bad. */
export function latencyCounts(sums: Record<BurnWindow, Tally>): WindowCounts {
  const of = (window: BurnWindow) => ({ good: sums[window].within, bad: sums[window].late });
  return {
    '5m': of('5m'),
    '15m': of('15m'),
    '30m': of('30m'),
    '1h': of('1h'),
    '2h': of('2h'),
    '6h': of('6h'),
    '1d': of('1d'),
    '3d': of('3d'),
  };
}

const FIELDS = ['good', 'bad', 'within', 'late'] as const;

/**
 * The newest steps of a series, with the sums over windows of them kept as steps come, change and go: a sum costs nothing to
 * read, and a step that passes costs the same however long the windows are.
 *
 * @param windows their lengths in steps, the open step counted; the longest is how much is kept
 */
export function createRing<Name extends string>(windows: Record<Name, number>) {
  const named = Object.entries<number>(windows) as [Name, number][];
  const size = Math.max(...named.map(([, steps]) => steps));
  const kept = Object.fromEntries(FIELDS.map((field) => [field, new Uint32Array(size)])) as Record<
    (typeof FIELDS)[number],
    Uint32Array
  >;
  const sums = Object.fromEntries(named.map(([name]) => [name, { good: 0, bad: 0, within: 0, late: 0 }])) as Record<
    Name,
    Tally
  >;
  let head = Number.NaN;

  function clear(): void {
    for (const field of FIELDS) kept[field].fill(0);
    for (const [name] of named) for (const field of FIELDS) sums[name][field] = 0;
  }

  /** @param step a number that grows by one a step; one before the newest is ignored: a clock was set back */
  function moveTo(step: number): void {
    if (!(step - head < size)) {
      clear();
      head = step;
    }
    while (head < step) {
      head += 1;
      for (const [name, steps] of named) {
        const leaving = (head - steps) % size;
        // The longest window's leaving step lies where the new one comes.
        for (const field of FIELDS) sums[name][field] -= kept[field][leaving] ?? 0;
      }
      for (const field of FIELDS) kept[field][head % size] = 0;
    }
  }

  return {
    sums,
    moveTo,
    /** Puts what ended in a step in place of what was known of it; of one that is not kept it knows nothing. */
    set(step: number, tally: Tally): void {
      if (step > head || !(head - step < size)) return;
      for (const field of FIELDS) {
        const more = tally[field] - (kept[field][step % size] ?? 0);
        if (more === 0) continue;
        kept[field][step % size] = tally[field];
        for (const [name, steps] of named) if (head - step < steps) sums[name][field] += more;
      }
    },
  };
}
export type Ring<Name extends string> = ReturnType<typeof createRing<Name>>;
