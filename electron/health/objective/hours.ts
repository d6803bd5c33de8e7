import type { FailureSwitch } from '#contract/objective.ts';
import type { RollupSpan } from '../../store/rollup.ts';
import { type Bucket, type Counts as BucketCounts, unpackCounts } from '../indicator/bucket.ts';
import { HOUR_MS } from '../indicator/rollups.ts';
import { type Tally, tallyOf } from './ring.ts';

/** The newest hours, this many, are read from memory. */
const HELD_HOURS = 3;
/** What was counted into an older hour is on the disk after so long. */
const WRITTEN_MS = 60_000;
const MINUTES_AN_HOUR = 60;

/** What ended in an hour, by one setting of the switches. */
export type HourTally = Tally & { start: number; measuredMinutes: number; goodMinutes: number };

/** Buckets as they stand: in memory as far as it reaches, from the disk what is older. */
export type Buckets = {
  buckets(span: RollupSpan, agent: string, start: number): Iterable<Bucket>;
  history(span: RollupSpan, agent: string, from: number, to: number): { start: number; bucket: Bucket }[];
};

export type HoursOptions = {
  rollups: Buckets;
  bodies(span: RollupSpan, agent: string, from: number, to: number): { start: number; body: string }[];
};

/** Hours of agents over weeks: what was read from the disk is kept for the next question. */
export function createHours({ rollups, bodies }: HoursOptions) {
  /** Closed hours in [from, to). */
  const kept = new Map<string, { failure: string; from: number; to: number; hours: HourTally[] }>();
  /** Hours that something was counted into after they were closed, with when they were read from memory first. */
  const late = new Map<string, Map<number, number | null>>();

  function closed(agent: string, failure: readonly FailureSwitch[], from: number, to: number): HourTally[] {
    const name = failure.join();
    const before = kept.get(agent);
    const usable = before !== undefined && before.failure === name && before.from <= from && before.to <= to;
    const known = usable ? before : { failure: name, from, to: from, hours: [] };
    const hours = [...known.hours.filter(({ start }) => start >= from), ...read(agent, failure, known.to, to)];
    kept.set(agent, { failure: name, from, to, hours });
    return hours;
  }

  function read(agent: string, failure: readonly FailureSwitch[], from: number, to: number): HourTally[] {
    if (from >= to) return [];
    return [...countsByStart(bodies('hour', agent, from, to))].map(([start, counts]) => hourOf(start, counts, failure));
  }

  return {
    /** Something was counted into a minute of this hour: the disk may not have it yet. */
    touch(agent: string, at: number): void {
      const start = Math.floor(at / HOUR_MS) * HOUR_MS;
      const known = kept.get(agent);
      // Not kept yet, or an hour that is read from memory: the usual case.
      if (known !== undefined && start >= known.to) return;
      const hot = late.get(agent) ?? new Map<number, number | null>();
      late.set(agent, hot.set(start, null));
    },
    /** The hours of an agent from the one of `from` to the open one, oldest first, those without ends left out. */
    since(agent: string, failure: readonly FailureSwitch[], from: number, now: number): HourTally[] {
      const open = Math.floor(now / HOUR_MS) * HOUR_MS;
      const first = Math.floor(from / HOUR_MS) * HOUR_MS;
      const held = Math.max(first, open - (HELD_HOURS - 1) * HOUR_MS);
      const hot = late.get(agent) ?? new Map<number, number | null>();
      for (const [start, readAt] of hot) {
        if (readAt === null) hot.set(start, now);
        else if (now - readAt > WRITTEN_MS || now < readAt) {
          hot.delete(start);
          kept.delete(agent);
        }
      }
      const hours = new Map(closed(agent, failure, first, held).map((hour) => [hour.start, hour]));
      for (const start of hot.keys()) {
        if (start < first || start >= held) continue;
        const found = rollups.history('hour', agent, start, start + HOUR_MS);
        hours.set(
          start,
          hourOf(
            start,
            found.map(({ bucket }) => bucket),
            failure,
          ),
        );
      }
      for (let start = held; start <= open; start += HOUR_MS) {
        const buckets = [...rollups.buckets('hour', agent, start)];
        if (buckets.length > 0) hours.set(start, hourOf(start, buckets, failure));
      }
      return [...hours.values()].toSorted((a, b) => a.start - b.start);
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
