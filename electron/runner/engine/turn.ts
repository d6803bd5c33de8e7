import type { RunnableRow } from '../../store/task.ts';
import type { Turns } from '../../store/turn.ts';
import { type Bucket, bucketAt, fullBucket, tokenInMs } from '../guard/bucket.ts';
import type { Lane } from './lane.ts';

/** What intake.per and intake.rate ask of a task that leaves its worker or the queue. */
type Leaving = { agent: string; per: string | null };

export type TurnOptions = {
  turns: Turns;
  now(): number;
  wakeAt(moment: number): void;
  /** A queued task waits for its turn, or is queued again. */
  onMoved(id: number, agent: string, to: 'waiting' | 'queued'): void;
};

/**
 * Who may start when: one task at a time of those with the same text of `intake.per`, and so many starts in a span of
 * `intake.rate`. A task whose text is taken waits outside the queue, so that claims do not meet it again; it holds the
 * text while it runs and while it backs off, not while it waits for something that may take days. The bucket of a rate is
 * written with the claims it let through: a restart does not fill it. Lanes without either pay nothing.
 */
export function createTurns({ turns, now, wakeAt, onMoved }: TurnOptions) {
  const buckets = new Map<string, Bucket>();

  return {
    /** Memory from the disk. */
    rebuild: (): void => buckets.clear(),
    /** How many tasks the lane's rate lets start now; it wakes the desk when the next one may. */
    allowance(lane: Lane): number {
      const rate = lane.definition?.nightdesk.intake.rate;
      if (rate === undefined) return Number.POSITIVE_INFINITY;
      const at = now();
      const known = buckets.get(lane.agent) ?? turns.rate(lane.agent) ?? fullBucket(rate, at);
      const bucket = bucketAt(known, rate, at);
      buckets.set(lane.agent, bucket);
      if (bucket.tokens < 1) wakeAt(at + tokenInMs(bucket, rate));
      return Math.floor(bucket.tokens);
    },
    /** So many have started. Starts are counted, those of a retry and of a task that goes on too. */
    started(lane: Lane, count: number): void {
      const bucket = buckets.get(lane.agent);
      const rate = lane.definition?.nightdesk.intake.rate;
      if (bucket === undefined || rate === undefined || count === 0) return;
      const left = { ...bucket, tokens: bucket.tokens - count };
      buckets.set(lane.agent, left);
      turns.writeRate(lane.agent, left.tokens, left.at);
      if (lane.queued > 0) wakeAt(left.at + tokenInMs(left, rate));
    },
    /** Whether a task may start; one that may not waits for its turn. */
    admits(row: RunnableRow): boolean {
      if (row.per === null) return true;
      const holder = turns.holder(row.agent, row.per);
      if (holder === undefined) return true;
      turns.hold(row.id, `one at a time for ${JSON.stringify(row.per)}: t${holder} is before it`);
      onMoved(row.id, row.agent, 'waiting');
      return false;
    },
    /** A task no longer holds its text, or never will: the next one with it goes to the queue. */
    left({ agent, per }: Leaving): void {
      if (per === null) return;
      const next = turns.release(agent, per);
      if (next !== undefined) onMoved(next, agent, 'queued');
    },
  };
}
export type TurnDesk = ReturnType<typeof createTurns>;
