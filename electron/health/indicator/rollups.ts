import type { TaskEnded } from '#contract/runtime.ts';
import type { RollupSpan, Rollups } from '../../store/rollup.ts';
import { addBucket, type Bucket, countEnd, emptyBucket, packBucket, unpackBucket } from './bucket.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
const SPAN_MS: Record<RollupSpan, number> = { minute: MINUTE_MS, hour: HOUR_MS };
/** Minutes are kept in memory this far back, hours this far: what the board's windows need. */
const KEEP_MS: Record<RollupSpan, number> = { minute: 2 * HOUR_MS, hour: 8 * 24 * HOUR_MS };

type Series = Map<number, Bucket>;

/** When the bucket that holds a moment begins. */
function startOf(span: RollupSpan, at: number): number {
  return Math.floor(at / SPAN_MS[span]) * SPAN_MS[span];
}

/**
 * What ended, by agent, in minute and hour buckets: live in memory, written about once a second, exact after a crash
 * because the last hours are counted again from the tasks.
 */
export function createRollups(store: Rollups) {
  const series: Record<RollupSpan, Map<string, Series>> = { minute: new Map(), hour: new Map() };
  /** Buckets to write, by start and agent, with the change that made them so. */
  const dirty: Record<RollupSpan, Map<string, number>> = { minute: new Map(), hour: new Map() };
  let changes = 0;
  /** Sums over closed buckets, kept until the next bucket begins: a board read then adds the open one only. */
  const sums = new Map<string, { openFrom: number; sum: Bucket }>();

  function bucketAt(span: RollupSpan, agent: string, at: number): Bucket {
    const start = startOf(span, at);
    let ofAgent = series[span].get(agent);
    if (!ofAgent) {
      ofAgent = new Map();
      series[span].set(agent, ofAgent);
    }
    let bucket = ofAgent.get(start);
    if (!bucket) {
      bucket = emptyBucket();
      ofAgent.set(start, bucket);
    }
    changes += 1;
    dirty[span].set(`${start} ${agent}`, changes);
    return bucket;
  }

  function count(ended: TaskEnded, now: number): void {
    const at = ended.task.endedAt ?? now;
    for (const span of ['minute', 'hour'] as const) {
      countEnd(bucketAt(span, ended.task.agent, at), ended);
      // It belongs to a bucket that was closed when it came: known sums lack it.
      if (at < startOf(span, now)) sums.clear();
    }
  }

  function forget(now: number): void {
    for (const span of ['minute', 'hour'] as const) {
      for (const ofAgent of series[span].values()) {
        for (const start of ofAgent.keys()) if (start < now - KEEP_MS[span]) ofAgent.delete(start);
      }
    }
  }

  return {
    count,
    /** Reads what was stored and counts again, from the tasks, the hour that was open when the desk stopped. */
    load(now: number, endedSince: (from: number) => Iterable<TaskEnded>): void {
      const newest = store.newestMinute();
      const recountFrom = newest === null ? 0 : Math.floor(newest / HOUR_MS) * HOUR_MS;
      for (const span of ['minute', 'hour'] as const) {
        for (const row of store.since(span, now - KEEP_MS[span])) {
          if (row.start >= recountFrom) continue;
          const ofAgent = series[span].get(row.agent) ?? new Map<number, Bucket>();
          series[span].set(row.agent, ofAgent.set(row.start, unpackBucket(row.body, row.sketch)));
        }
      }
      for (const ended of endedSince(recountFrom)) count(ended, now);
      forget(now);
    },
    /**
     * Writes the buckets that changed. Call inside a commit.
     * @returns a function to call when it is durable: until then they count as not written
     */
    flush(now: number): () => void {
      const until = changes;
      for (const span of ['minute', 'hour'] as const) {
        for (const name of dirty[span].keys()) {
          const [text = '', agent = ''] = name.split(' ');
          const bucket = series[span].get(agent)?.get(Number(text));
          if (bucket) store.write(span, { agent, start: Number(text), ...packBucket(bucket) });
        }
      }
      forget(now);
      return () => {
        for (const span of ['minute', 'hour'] as const) {
          for (const [name, change] of dirty[span]) if (change <= until) dirty[span].delete(name);
        }
      };
    },
    hasChanges: (): boolean => dirty.minute.size > 0,
    /** Everything of an agent that ended in [from, now], to the grain of the span. */
    sum(span: RollupSpan, agent: string, from: number, now: number): Bucket {
      const openFrom = startOf(span, now);
      const firstFrom = startOf(span, from);
      // By the number of buckets: as many sums are kept as there are windows, whenever they are asked for.
      const name = `${span} ${agent} ${openFrom - firstFrom}`;
      let known = sums.get(name);
      const ofAgent = series[span].get(agent);
      if (!known || known.openFrom !== openFrom) {
        known = { openFrom, sum: emptyBucket() };
        for (const [start, bucket] of ofAgent ?? []) {
          if (start < openFrom && start >= firstFrom) addBucket(known.sum, bucket);
        }
        sums.set(name, known);
      }
      const total = emptyBucket();
      addBucket(total, known.sum);
      const open = ofAgent?.get(openFrom);
      if (open) addBucket(total, open);
      return total;
    },
    bucket: (span: RollupSpan, agent: string, start: number): Bucket | undefined => series[span].get(agent)?.get(start),
    agents: (): Iterable<string> => series.hour.keys(),
  };
}
export type LiveRollups = ReturnType<typeof createRollups>;
