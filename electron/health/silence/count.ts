import type { RuntimeSnapshot } from '#contract/runtime.ts';
import type { SilenceStore } from '../../store/silence.ts';
import type { Bucket } from '../indicator/bucket.ts';
import { DAY_MS, HOUR_MS, type LiveRollups, MINUTE_MS } from '../indicator/rollups.ts';
import type { Counted } from './account.ts';

export type CountOptions = {
  store: SilenceStore;
  snapshot(): RuntimeSnapshot;
  rollups: Pick<LiveRollups, 'sum' | 'history' | 'agents'>;
  /** Whether an agent is of another runtime. */
  isForeign(agent: string): boolean;
  /** Events of other runtimes that were refused, ever. */
  refusedEvents(): number;
};

/** Everything that ended in a bucket, however. */
export function endsOfBucket(bucket: Bucket): number {
  const { succeeded, failed, timedOut, rejected, cancelled, inDoubt } = bucket;
  return succeeded + failed + timedOut + rejected + cancelled + inDoubt;
}

/** Counts what the minute's account is made of, from one and the same instant. */
export function createCounts({ store, snapshot, rollups, isForeign, refusedEvents }: CountOptions) {
  /** Events that had been refused when the desk started. */
  let refusedBefore = 0;

  /** Ends of the last whole minutes; those of the minute before this are told by now. */
  function endsOfLate(since: number, at: number): Counted['ends'] {
    const to = Math.floor(at / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    const from = Math.max(Math.ceil(since / MINUTE_MS) * MINUTE_MS, to - 2 * MINUTE_MS);
    if (to <= from) return { disk: 0, counted: 0 };
    const ours = [...rollups.agents()].filter((name) => !isForeign(name));
    const buckets = ours.flatMap((name) => rollups.history('minute', name, from, to));
    return {
      disk: store.ends(from, to),
      counted: buckets.reduce((sum, { bucket }) => sum + endsOfBucket(bucket), 0),
    };
  }

  return {
    load(): void {
      refusedBefore = refusedEvents();
    },
    /** @param since since when the desk looks without a break */
    now(since: number, at: number): Counted {
      const ours = store.cohort(at - DAY_MS, at);
      const from = ours.accepted === 0 ? at - HOUR_MS : ours.since;
      const others = store.foreign(from);
      const dropped = refusedEvents() - refusedBefore;
      return {
        since: from,
        accepted: ours.accepted + others.accepted + dropped,
        ended: ours.ended + others.ended,
        inFlight: ours.inFlight + others.inFlight,
        stranded: ours.stranded,
        dropped,
        allInFlight: {
          disk: store.inFlight(),
          shown: snapshot().lanes.reduce((sum, lane) => sum + lane.queued + lane.running + lane.waiting, 0),
        },
        ends: endsOfLate(since, at),
      };
    },
  };
}
