import type { FailureSwitch } from '#contract/objective.ts';
import type { Bucket, Counts as BucketCounts } from '../indicator/bucket.ts';
import { countsOf } from '../indicator/bucket.ts';

import type { BurnWindow, WindowCounts } from './burn.ts';

/** What ended in a step of time, by one objective: good and bad of its success, and of its latency bound. */
export type Tally = { good: number; bad: number; within: number; late: number };

/** What buckets are by an objective's switches. */
export function tallyOf(buckets: Iterable<Bucket | BucketCounts>, failure: readonly FailureSwitch[]): Tally {
  const tally = emptyTally();
  for (const bucket of buckets) {
    add(tally, { ...countsOf(bucket, failure), within: bucket.withinP95, late: bucket.marks.slow });
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

/**
 * The newest steps of a series, with the sums over windows of them kept as steps come, change and go: a sum costs nothing to
 * read, and a step that passes costs the same however long the windows are.
 *
 * @param windows their lengths in steps, the open step counted; the longest is how much is kept
 */
export function createRing<Name extends string>(windows: Record<Name, number>) {
  const named = Object.entries<number>(windows).map(([name, steps]) => ({ name, steps, sum: emptyTally() }));
  const size = Math.max(...named.map(({ steps }) => steps));
  const good = new Uint32Array(size);
  const bad = new Uint32Array(size);
  const within = new Uint32Array(size);
  const late = new Uint32Array(size);
  let head = Number.NaN;

  function clear(): void {
    for (const kept of [good, bad, within, late]) kept.fill(0);
    for (const { sum } of named) Object.assign(sum, emptyTally());
  }

  return {
    /** By window. */
    sums: Object.fromEntries(named.map(({ name, sum }) => [name, sum])) as Record<Name, Readonly<Tally>>,
    /** @param step a number that grows by one a step; one before the newest is ignored: a clock was set back */
    moveTo(step: number): void {
      if (!(step - head < size)) {
        clear();
        head = step;
      }
      while (head < step) {
        head += 1;
        for (const { steps, sum } of named) {
          // The longest window's leaving step lies where the new one comes.
          const leaving = (head - steps) % size;
          sum.good -= good[leaving] ?? 0;
          sum.bad -= bad[leaving] ?? 0;
          sum.within -= within[leaving] ?? 0;
          sum.late -= late[leaving] ?? 0;
        }
        const place = head % size;
        good[place] = 0;
        bad[place] = 0;
        within[place] = 0;
        late[place] = 0;
      }
    },
    /** Puts what ended in a step in place of what was known of it; of one that is not kept it knows nothing. */
    set(step: number, tally: Tally): void {
      if (step > head || !(head - step < size)) return;
      const place = step % size;
      const more = {
        good: tally.good - (good[place] ?? 0),
        bad: tally.bad - (bad[place] ?? 0),
        within: tally.within - (within[place] ?? 0),
        late: tally.late - (late[place] ?? 0),
      };
      for (const { steps, sum } of named) if (head - step < steps) add(sum, more);
      good[place] = tally.good;
      bad[place] = tally.bad;
      within[place] = tally.within;
      late[place] = tally.late;
    },
  };
}
export type Ring<Name extends string> = ReturnType<typeof createRing<Name>>;

function emptyTally(): Tally {
  return { good: 0, bad: 0, within: 0, late: 0 };
}

function add(into: Tally, more: Tally): void {
  into.good += more.good;
  into.bad += more.bad;
  into.within += more.within;
  into.late += more.late;
}
