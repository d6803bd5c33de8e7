import type { Objective } from '#contract/agent.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { RollupRow, RollupSpan, Rollups } from '../../store/rollup.ts';
import { addBucket, type Bucket, countEnd, countsOf, emptyBucket, packBucket, unpackBucket } from './bucket.ts';
import { createKeptEnds } from './kept.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const SPAN_MS: Record<RollupSpan, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };
const SPANS: readonly RollupSpan[] = ['minute', 'hour', 'day'];
/** Kept in memory this far back: what the board's windows need. What is older is read from the disk when asked for. */
const KEEP_MS: Record<RollupSpan, number> = { minute: 2 * HOUR_MS, hour: 8 * DAY_MS, day: 35 * DAY_MS };
/** The type of tasks whose runtime knows none. */
export const DEFAULT_TYPE = 'default';

/** What of an objective decides how an end is counted. */
export type Counted = Pick<Objective, 'success' | 'p95Ms' | 'failure'>;

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
 */
export function createRollups(store: Rollups, objectiveOf: (agent: string, at: number) => Counted) {
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

  function count(ended: TaskEnded): void {
    for (const earlier of kept.note(ended)) apply(earlier, -1);
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

  /** Days from hours: of an upgraded database, and of the day that is counted again in part. */
  function mergeDays(from: number, to: number): void {
    for (const row of store.since('hour', from)) {
      if (row.start < to) addBucket(bucketAt('day', row.agent, row.type, row.start), unpackBucket(row));
    }
  }

  return {
    count,
    /** Reads what was stored and counts again, from the tasks, the hour that was open when the desk stopped. */
    load(now: number, endedSince: (from: number) => Iterable<TaskEnded>): void {
      const newest = store.newest('minute');
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
      for (const ended of endedSince(recountFrom)) {
        rest.meet(ended);
        count(ended);
      }
      for (const ended of rest.unmet()) count(ended);
      forget(now);
    },
    /**
     * Writes the buckets that changed. Call inside a commit.
     * @returns a function to call when it is durable: until then they count as not written
     */
    flush(now: number): () => void {
      const until = changes;
      for (const [bucket, { span, agent, type, start }] of dirty) {
        const { body, latency, running } = packBucket(bucket);
        store.write(span, { agent, type, start, body, latency, running });
      }
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
      const firstFrom = startOf(span, from);
      const total = emptyBucket();
      if (!agents.has(agent)) return total;
      const { sums, types } = ofAgent(agent);
      const wanted = type === undefined ? typesOf(agent) : [type];
      // A board's windows alone are kept: they move on with the open bucket, by the number of buckets.
      const isHeld = type === undefined && firstFrom >= heldFrom[span];
      const name = `${span} ${openFrom - firstFrom}`;
      let known = isHeld ? sums.get(name) : undefined;
      if (!known || known.openFrom !== openFrom) {
        known = { span, from: firstFrom, openFrom, sum: emptyBucket() };
        for (const each of wanted) {
          for (const [, bucket] of within(span, agent, each, firstFrom, openFrom)) addBucket(known.sum, bucket);
        }
        if (isHeld) sums.set(name, known);
      }
      addBucket(total, known.sum);
      for (const each of type === undefined ? types.keys() : wanted) {
        const open = types.get(each)?.[span].get(openFrom);
        if (open) addBucket(total, open);
      }
      return total;
    },
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
