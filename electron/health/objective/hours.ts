import type { FailureSwitch } from '#contract/objective.ts';
import type { RollupSpan } from '../../store/rollup.ts';
import { type Bucket, type Counts as BucketCounts, unpackCounts } from '../indicator/bucket.ts';
import { HOUR_MS } from '../indicator/rollups.ts';
import { type Tally, tallyOf } from './ring.ts';

/** Hours that may be newer in memory than on the disk. */
const HELD_HOURS = 3;
const MINUTES_AN_HOUR = 60;

/** What ended in an hour, by one setting of the switches. */
export type HourTally = Tally & { start: number; measuredMinutes: number; goodMinutes: number };

export type HoursOptions = {
  rollups: { buckets(span: RollupSpan, agent: string, start: number): Iterable<Bucket> };
  bodies(span: RollupSpan, agent: string, from: number, to: number): { start: number; body: string }[];
};

/** Hours of agents over weeks: what was read from the disk is kept for the next question. */
export function createHours({ rollups, bodies }: HoursOptions) {
  /** Closed hours in [from, to). */
  const kept = new Map<string, { failure: string; from: number; to: number; hours: HourTally[] }>();

  function closed(agent: string, failure: readonly FailureSwitch[], from: number, to: number): HourTally[] {
    const name = failure.join();
    const before = kept.get(agent);
    const usable = before !== undefined && before.failure === name && before.from <= from && before.to <= to;
    const known = usable ? before : { failure: name, from, to: from, hours: [] };
    const hours = [...known.hours.filter(({ start }) => start >= from), ...read(agent, failure, known.to, to)];
    kept.set(agent, { failure: name, from, to, hours });
    return [...hours];
  }

  function read(agent: string, failure: readonly FailureSwitch[], from: number, to: number): HourTally[] {
    if (from >= to) return [];
    return [...countsByStart(bodies('hour', agent, from, to))].map(([start, counts]) => hourOf(start, counts, failure));
  }

  return {
    /** An end was counted into a minute of this hour: what is kept of it is old. */
    touch(agent: string, at: number): void {
      const known = kept.get(agent);
      if (known !== undefined && at < known.to) kept.delete(agent);
    },
    /** The hours of an agent from the one of `from` to the open one, oldest first, those without ends left out. */
    since(agent: string, failure: readonly FailureSwitch[], from: number, now: number): HourTally[] {
      const open = Math.floor(now / HOUR_MS) * HOUR_MS;
      const first = Math.floor(from / HOUR_MS) * HOUR_MS;
      const held = Math.max(first, open - (HELD_HOURS - 1) * HOUR_MS);
      const hours = closed(agent, failure, first, held);
      for (let start = held; start <= open; start += HOUR_MS) {
        const buckets = [...rollups.buckets('hour', agent, start)];
        if (buckets.length > 0) hours.push(hourOf(start, buckets, failure));
      }
      return hours;
    },
  };
}
export type Hours = ReturnType<typeof createHours>;

function hourOf(start: number, buckets: (Bucket | BucketCounts)[], failure: readonly FailureSwitch[]): HourTally {
  const minutes = (of: 'measuredMinutes' | 'goodMinutes'): number =>
    // Types of one agent share its minutes.
    Math.min(
      MINUTES_AN_HOUR,
      buckets.reduce((sum, bucket) => sum + bucket[of], 0),
    );
  return {
    start,
    ...tallyOf(buckets, failure),
    measuredMinutes: minutes('measuredMinutes'),
    goodMinutes: minutes('goodMinutes'),
  };
}

/** Stored buckets by their start: one a type. */
export function countsByStart(rows: { start: number; body: string }[]): Map<number, BucketCounts[]> {
  const found = new Map<number, BucketCounts[]>();
  for (const { start, body } of rows) {
    const counts = unpackCounts(body);
    const same = found.get(start);
    if (same === undefined) found.set(start, [counts]);
    else same.push(counts);
  }
  return found;
}
