import type { Objective } from '#contract/agent.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { RollupRow, RollupSpan, Rollups } from '../../store/rollup.ts';
import {
  addBucket,
  type Bucket,
  countEnd,
  countsOf,
  emptyBucket,
  packBucket,
  sameBucket,
  unpackBucket,
} from './bucket.ts';
import { createKeptEnds, missing } from './kept.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const SPAN_MS: Record<RollupSpan, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };
const SPANS: readonly RollupSpan[] = ['minute', 'hour', 'day'];
/** Kept in memory this far back: what the board's windows need. What is older is read from the disk when asked for. */
const KEEP_MS: Record<RollupSpan, number> = { minute: 2 * HOUR_MS, hour: 9 * DAY_MS, day: 35 * DAY_MS };
/** The type of tasks whose runtime knows none. */
export const DEFAULT_TYPE = 'default';

/** What of an objective decides how an end is counted. */
export type Counted = Pick<Objective, 'success' | 'p95Ms' | 'failure'>;

/** While a long past is counted again, closed hours go to the disk whenever so many buckets wait for it. */
const SPILL = 20_000;

type Series = Map<number, Bucket>;
/** A sum over closed buckets, kept until the next bucket begins: a board read then adds the open one only. */
type Known = { span: RollupSpan; from: number; openFrom: number; sum: Bucket };
type OfAgent = { types: Map<string, Record<RollupSpan, Series>>; sums: Map<string, Known> };
type Place = { span: RollupSpan; agent: string; type: string; start: number };

/** When the bucket that holds a moment begins; days are UTC days. */
export function startOf(span: RollupSpan, at: number): number {
  return Math.floor(at / SPAN_MS[span]) * SPAN_MS[span];
}

/**
 * What ended, by agent and type, in minute, hour and day buckets: live in memory, written about once a second, exact after a
 * crash because the last hours are counted again from the tasks.
 *
 * @param objectiveOf what is in force for an agent at a moment
 * @param onMinute the minute of an agent that begins then was counted anew
 */
export function createRollups(
  store: Rollups,
  objectiveOf: (agent: string, at: number) => Counted,
  onMinute: (agent: string, start: number) => void = () => {},
) {
  const agents = new Map<string, OfAgent>();
  /** Buckets to write, with the change that made them so. */
  const dirty = new Map<Bucket, Place & { change: number }>();
  const kept = createKeptEnds(store);
  /** The first start of each span that memory holds in full. */
  const heldFrom: Record<RollupSpan, number> = { minute: 0, hour: 0, day: 0 };
  let changes = 0;

  function ofAgent(agent: string): OfAgent {
    let found = agents.get(agent);
    if (!found) {
      found = { types: new Map(), sums: new Map() };
      agents.set(agent, found);
    }
    return found;
  }

  function seriesOf(agent: string, type: string): Record<RollupSpan, Series> {
    const { types } = ofAgent(agent);
    let found = types.get(type);
    if (!found) {
      found = { minute: new Map(), hour: new Map(), day: new Map() };
      types.set(type, found);
    }
    return found;
  }

  /** The bucket of a moment, to be changed: one that memory does not hold any more comes from the disk. */
  function bucketAt(span: RollupSpan, agent: string, type: string, at: number): Bucket {
    const start = startOf(span, at);
    const series = seriesOf(agent, type)[span];
    let bucket = series.get(start);
    if (!bucket) {
      const row = start < heldFrom[span] ? store.one(span, agent, type, start) : undefined;
      bucket = row ? unpackBucket(row) : emptyBucket();
      series.set(start, bucket);
    }
    touch(bucket, { span, agent, type, start });
    return bucket;
  }

  function touch(bucket: Bucket, place: Place): void {
    changes += 1;
    const known = dirty.get(bucket);
    if (known) known.change = changes;
    else dirty.set(bucket, { ...place, change: changes });
  }

  function apply(ended: TaskEnded, weight: 1 | -1): void {
    const { agent } = ended.task;
    const at = ended.task.endedAt ?? ended.task.acceptedAt;
    const type = ended.type ?? DEFAULT_TYPE;
    const objective = objectiveOf(agent, at);
    const minute = bucketAt('minute', agent, type, at);
    const measured = minute.measuredMinutes;
    const good = minute.goodMinutes;
    countEnd(minute, ended, objective.p95Ms, weight);
    standMinute(minute, objective);
    onMinute(agent, startOf('minute', at));
    const moved = { measured: minute.measuredMinutes - measured, good: minute.goodMinutes - good };
    for (const span of ['hour', 'day'] as const) {
      const bucket = bucketAt(span, agent, type, at);
      countEnd(bucket, ended, objective.p95Ms, weight);
      addMinutes(bucket, moved);
    }
    for (const known of ofAgent(agent).sums.values()) {
      // It came to a bucket that was closed already.
      const start = startOf(known.span, at);
      if (start < known.from || start >= known.openFrom) continue;
      countEnd(known.sum, ended, objective.p95Ms, weight);
      addMinutes(known.sum, moved);
    }
  }

  function count(ended: TaskEnded, supersedes = true): void {
    for (const earlier of kept.note(ended, supersedes)) apply(earlier, -1);
    apply(ended, 1);
  }

  function forget(now: number): void {
    if (startOf('minute', now - KEEP_MS.minute) === heldFrom.minute) return;
    for (const span of SPANS) {
      heldFrom[span] = startOf(span, now - KEEP_MS[span]);
      for (const { types } of agents.values()) {
        for (const series of types.values()) {
          for (const [start, bucket] of series[span]) {
            if (start < heldFrom[span] && !dirty.has(bucket)) series[span].delete(start);
          }
        }
      }
    }
  }

  function take(span: RollupSpan, row: RollupRow): void {
    seriesOf(row.agent, row.type)[span].set(row.start, unpackBucket(row));
  }

  /** Every bucket of an agent's type in [from, to), from memory and, what is older, from the disk. */
  function* within(
    span: RollupSpan,
    agent: string,
    type: string,
    from: number,
    to: number,
  ): Generator<[number, Bucket]> {
    const series = agents.get(agent)?.types.get(type)?.[span];
    if (from < heldFrom[span]) {
      for (const row of store.range(span, agent, type, from, Math.min(to, heldFrom[span]))) {
        if (!series?.has(row.start)) yield [row.start, unpackBucket(row)];
      }
    }
    for (const [start, bucket] of series ?? []) if (start >= from && start < to) yield [start, bucket];
  }

  function typesOf(agent: string): Iterable<string> {
    return agents.get(agent)?.types.keys() ?? [];
  }

  /** @param kind tells windows of one width apart. What is returned must not be changed. */
  function closedSum(
    span: RollupSpan,
    agent: string,
    from: number,
    to: number,
    type: string | undefined,
    kind: 'now' | 'past',
  ): Bucket {
    const known = type === undefined ? agents.get(agent)?.sums.get(`${kind} ${span} ${to - from}`) : undefined;
    if (known?.openFrom === to) return known.sum;
    const sum = emptyBucket();
    for (const each of type === undefined ? typesOf(agent) : [type]) {
      for (const [, bucket] of within(span, agent, each, from, to)) addBucket(sum, bucket);
    }
    // Only windows that memory holds: they are the board's, and move on with the open bucket.
    if (type === undefined && from >= heldFrom[span]) {
      agents.get(agent)?.sums.set(`${kind} ${span} ${to - from}`, { span, from, openFrom: to, sum });
    }
    return sum;
  }

  /** Days from hours: of an upgraded database, and of the day that is counted again in part. */
  function mergeDays(from: number, to: number): void {
    for (const row of store.since('hour', from)) {
      if (row.start < to) addBucket(bucketAt('day', row.agent, row.type, row.start), unpackBucket(row));
    }
  }

  function writeBucket(bucket: Bucket, { span, agent, type, start }: Place): void {
    const { body, latency, running } = packBucket(bucket);
    store.write(span, { agent, type, start, body, latency, running });
  }

  /** Puts everything that ended before an hour on the disk, and lets go of its minutes: a past of years fits into memory. */
  function spill(hour: number): void {
    store.atOnce(() => {
      for (const [bucket, place] of dirty) if (place.start + SPAN_MS[place.span] <= hour) writeBucket(bucket, place);
      kept.flush()();
    });
    for (const [bucket, { span, agent, type, start }] of dirty) {
      if (start + SPAN_MS[span] > hour) continue;
      dirty.delete(bucket);
      if (span === 'minute') seriesOf(agent, type).minute.delete(start);
    }
    heldFrom.minute = hour;
  }

  /** Counts ends, oldest first. @returns the hour to go on from, once what waits for the disk has become too much */
  function countUntilFull(ends: Iterable<TaskEnded>, oldest: number, meet: (ended: TaskEnded) => void): number | null {
    let reached: number | null = null;
    for (const ended of ends) {
      const hour = startOf('hour', ended.task.endedAt ?? 0);
      // At the first end of an hour: those before are whole.
      if (reached !== null && hour > reached && dirty.size > SPILL && hour <= oldest) return hour;
      reached = Math.max(reached ?? hour, hour);
      meet(ended);
      count(ended);
    }
    return null;
  }

  function replace({ span, agent, type, start }: Place, bucket: Bucket): void {
    const series = seriesOf(agent, type)[span];
    const before = series.get(start);
    if (before) dirty.delete(before);
    series.set(start, bucket);
    touch(bucket, { span, agent, type, start });
    ofAgent(agent).sums.clear();
  }

  function remergeDay(agent: string, type: string, day: number): void {
    const sum = emptyBucket();
    for (const [, hour] of within('hour', agent, type, day, day + DAY_MS)) addBucket(sum, hour);
    replace({ span: 'day', agent, type, start: day }, sum);
  }

  return {
    /** Counts an end. @param supersedes false for one that came after a later end of its task */
    count,
    /** An end that was counted counts otherwise from now on: a person found its output incorrect, or took that back. */
    amend(before: TaskEnded, after: TaskEnded): void {
      const { agent } = before.task;
      const at = before.task.endedAt ?? before.task.acceptedAt;
      const type = before.type ?? DEFAULT_TYPE;
      const minute = startOf('minute', at);
      if (seriesOf(agent, type).minute.has(minute) || store.one('minute', agent, type, minute)) {
        apply(before, -1);
        apply(after, 1);
        return;
      }
      // Its minute was removed by age: hours and days stay.
      const { p95Ms } = objectiveOf(agent, at);
      for (const span of ['hour', 'day'] as const) {
        const bucket = bucketAt(span, agent, type, at);
        countEnd(bucket, before, p95Ms, -1);
        countEnd(bucket, after, p95Ms, 1);
      }
      onMinute(agent, minute);
      ofAgent(agent).sums.clear();
    },
    /**
     * Reads what was stored and counts again, from the tasks, the hour that was open when the desk stopped.
     * @returns since when it counted again
     */
    load(now: number, endedSince: (from: number) => Iterable<TaskEnded>): number {
      // Where retention has left no minute, what was counted by the hour stands.
      const newest = store.newest('minute') ?? store.newest('hour');
      const recountFrom = newest === null ? 0 : startOf('hour', newest);
      const before: Record<RollupSpan, number> = {
        minute: recountFrom,
        hour: recountFrom,
        day: startOf('day', recountFrom),
      };
      for (const { agent, type } of store.series()) seriesOf(agent, type);
      const upgraded = newest !== null && store.newest('day') === null;
      for (const span of SPANS) {
        for (const row of store.since(span, now - KEEP_MS[span])) if (row.start < before[span]) take(span, row);
      }
      mergeDays(upgraded ? 0 : before.day, recountFrom);
      const rest = kept.load(recountFrom);
      let from: number | null = recountFrom;
      while (from !== null) {
        from = countUntilFull(endedSince(from), now - KEEP_MS.minute, rest.meet);
        // Not while they are read: a database that gives rows takes none.
        if (from !== null) spill(from);
      }
      for (const ended of rest.unmet()) count(ended);
      forget(now);
      return recountFrom;
    },
    /**
     * Counts a closed hour again from its ends, and puts in place what differs.
     * @param covers whether all ends of an agent are there
     * @returns how many minute and hour buckets differed
     */
    recount(
      hour: number,
      endedSince: (from: number) => Iterable<TaskEnded>,
      covers: (agent: string) => boolean,
    ): number {
      const until = hour + HOUR_MS;
      const scratch = createRollups(store, objectiveOf);
      const rest = missing(store, hour, until);
      for (const ended of endedSince(hour)) {
        if ((ended.task.endedAt ?? 0) >= until) break;
        rest.meet(ended);
        scratch.count(ended);
      }
      for (const ended of rest.unmet()) scratch.count(ended);
      let differing = 0;
      for (const agent of [...new Set([...agents.keys(), ...scratch.agents()])].filter(covers)) {
        for (const type of new Set([...typesOf(agent), ...scratch.types(agent)])) {
          let moved = 0;
          for (const span of ['minute', 'hour'] as const) {
            const right = new Map(scratch.ofType(span, agent, type, hour, until));
            const here = new Map(within(span, agent, type, hour, until));
            for (const start of new Set([...here.keys(), ...right.keys()])) {
              const bucket = right.get(start) ?? emptyBucket();
              if (sameBucket(bucket, here.get(start) ?? emptyBucket())) continue;
              moved += 1;
              replace({ span, agent, type, start }, bucket);
              onMinute(agent, start);
            }
          }
          if (moved > 0) remergeDay(agent, type, startOf('day', hour));
          differing += moved;
        }
      }
      return differing;
    },
    /**
     * Writes the buckets that changed. Call inside a commit.
     * @returns a function to call when it is durable: until then they count as not written
     */
    flush(now: number): () => void {
      const until = changes;
      for (const [bucket, place] of dirty) writeBucket(bucket, place);
      const durable = kept.flush();
      return () => {
        for (const [bucket, { change }] of dirty) if (change <= until) dirty.delete(bucket);
        durable();
        forget(now);
      };
    },
    hasChanges: (): boolean => dirty.size > 0,
    /** Everything of an agent that ended in [from, now], to the grain of the span; of one type where it is given. */
    sum(span: RollupSpan, agent: string, from: number, now: number, type?: string): Bucket {
      const openFrom = startOf(span, now);
      const total = emptyBucket();
      addBucket(total, closedSum(span, agent, startOf(span, from), openFrom, type, 'now'));
      const types = agents.get(agent)?.types;
      for (const each of type === undefined ? (types?.keys() ?? []) : [type]) {
        const open = types?.get(each)?.[span].get(openFrom);
        if (open) addBucket(total, open);
      }
      return total;
    },
    /** Everything of an agent that ended in [from, to) of the past, to the grain of the span. */
    past: (span: RollupSpan, agent: string, from: number, to: number): Bucket =>
      closedSum(span, agent, startOf(span, from), startOf(span, to), undefined, 'past'),
    /** The buckets of an agent in [from, to), oldest first, empty ones left out, all types of it together. */
    history(span: RollupSpan, agent: string, from: number, to: number): { start: number; bucket: Bucket }[] {
      const found = new Map<number, Bucket>();
      for (const type of typesOf(agent)) {
        for (const [start, bucket] of within(span, agent, type, startOf(span, from), to)) {
          const sum = found.get(start) ?? emptyBucket();
          addBucket(sum, bucket);
          found.set(start, sum);
        }
      }
      return [...found].map(([start, bucket]) => ({ start, bucket })).toSorted((a, b) => a.start - b.start);
    },
    /** The buckets of an agent that begin then, one a type, as far as memory holds them. */
    *buckets(span: RollupSpan, agent: string, start: number): Generator<Bucket> {
      for (const series of agents.get(agent)?.types.values() ?? []) {
        const bucket = series[span].get(start);
        if (bucket) yield bucket;
      }
    },
    /** The buckets of an agent's type in [from, to), by their start, in no order. */
    ofType: within,
    agents: (): Iterable<string> => agents.keys(),
    /** The types of an agent's tasks. */
    types: (agent: string): string[] => [...typesOf(agent)],
  };
}
export type LiveRollups = ReturnType<typeof createRollups>;

/** Whether anything that counts ended in this minute, and whether it was within the objective. */
function standMinute(minute: Bucket, objective: Counted): void {
  const { good, bad } = countsOf(minute, objective.failure);
  minute.measuredMinutes = good + bad > 0 ? 1 : 0;
  minute.goodMinutes = good + bad > 0 && good >= objective.success * (good + bad) ? 1 : 0;
}

function addMinutes(bucket: Bucket, moved: { measured: number; good: number }): void {
  bucket.measuredMinutes += moved.measured;
  bucket.goodMinutes += moved.good;
}
