import type { TaskEnded } from '#contract/runtime.ts';
import type { RollupSpan, Rollups } from '../store/rollup.ts';
import { addBucket, type Bucket, countEnd, emptyBucket, packBucket, unpackBucket } from './bucket.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
const SPAN_MS: Record<RollupSpan, number> = { minute: MINUTE_MS, hour: HOUR_MS };
/** Minutes are kept in memory this far back, hours this far: what the board's windows need. */
const KEEP_MS: Record<RollupSpan, number> = { minute: 2 * HOUR_MS, hour: 8 * 24 * HOUR_MS };

type Series = Map<number, Bucket>;

/**
 * What ended, by agent, in minute and hour buckets: live in memory, written about once a second, exact after a crash
 * because the last hours are counted again from the tasks.
 */
export function createRollups(store: Rollups) {
  const series: Record<RollupSpan, Map<string, Series>> = { minute: new Map(), hour: new Map() };
  const dirty: Record<RollupSpan, Set<string>> = { minute: new Set(), hour: new Set() };
  /** Sums over closed buckets, kept until the next bucket begins: a board read then adds the open one only. */
  const sums = new Map<string, { openFrom: number; sum: Bucket }>();

  function bucketAt(span: RollupSpan, agent: string, at: number): Bucket {
    const start = Math.floor(at / SPAN_MS[span]) * SPAN_MS[span];
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
    dirty[span].add(`${start} ${agent}`);
    return bucket;
  }

  function count(ended: TaskEnded, now: number): void {
    const at = ended.task.endedAt ?? now;
    for (const span of ['minute', 'hour'] as const) {
      countEnd(bucketAt(span, ended.task.agent, at), ended);
      if (now - at > SPAN_MS[span]) sums.clear();
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
    /** Writes the buckets that changed. Call inside a commit. @returns a function to call when it is durable */
    flush(now: number): void {
      for (const span of ['minute', 'hour'] as const) {
        for (const name of dirty[span]) {
          const [text = '', agent = ''] = name.split(' ');
          const bucket = series[span].get(agent)?.get(Number(text));
          if (bucket) store.write(span, { agent, start: Number(text), ...packBucket(bucket) });
        }
        dirty[span].clear();
      }
      forget(now);
    },
    hasChanges: (): boolean => dirty.minute.size > 0,
    /** Everything of an agent that ended in [from, now], to the grain of the span. */
    sum(span: RollupSpan, agent: string, from: number, now: number): Bucket {
      const openFrom = Math.floor(now / SPAN_MS[span]) * SPAN_MS[span];
      const name = `${span} ${agent} ${now - from}`;
      let known = sums.get(name);
      const ofAgent = series[span].get(agent);
      if (!known || known.openFrom !== openFrom) {
        known = { openFrom, sum: emptyBucket() };
        for (const [start, bucket] of ofAgent ?? []) {
          if (start < openFrom && start + SPAN_MS[span] > from) addBucket(known.sum, bucket);
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
