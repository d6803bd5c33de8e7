import { createClock } from '#contract/clock.ts';
import type { DeliveryRow, OutboxStore, StandingRow } from '../../store/outbox.ts';
import type { Channel } from './channel.ts';
import type { Message } from './message.ts';
import { backoffMs, type Outcome } from './schedule.ts';
import type { Standings } from './standing.ts';

/*
 * Carries what is due to its routes: one message at a time on each, in order for each key. An attempt is written before
 * it is made and its answer after it came, so that a desk that dies in between sends again, under the same id: nothing
 * is lost, and who knows ids shows nothing twice.
 */

/** An attempt may take this long, ms. */
export const ATTEMPT_MS = 15_000;
/** A route that failed is left alone for this long at most before another message is tried on it, ms. */
const LONGEST_HOLD_MS = 10_000;
/** A message whose route is not in the settings waits so long for it, ms. */
const ABANDONED_MS = 24 * 3_600_000;
/** After a commit that the disk refused, ms. */
const DISK_MS = 1_000;
/** An attempt under way when the desk closes is waited for, ms. */
const CLOSE_MS = 3_000;

export type CourierOptions = {
  store: OutboxStore;
  commit<T>(work: () => T): Promise<T>;
  standings: Standings;
  channel(route: string): Channel | undefined;
  messageOf(row: DeliveryRow): Message;
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
  random(): number;
  /** Calls `work` after so many ms. @returns a function that prevents it */
  after(ms: number, work: () => void): () => void;
  mask(text: string): string;
  log(message: string): void;
  onChange(): void;
};

/** `heldUntil`: on the clock that nobody sets. `hurried`: what waits on it is to be tried at once, which is not written yet. */
type Lane = { busy: Promise<void> | null; prevent: () => void; heldUntil: number; hurried: boolean };

export function createCourier(options: CourierOptions) {
  const { store, commit, standings, now, passed, after } = options;
  const lanes = new Map<string, Lane>();
  const clock = createClock(now, passed);
  const closing = new AbortController();
  let closed = false;

  function laneOf(route: string): Lane {
    const lane = lanes.get(route) ?? {
      busy: null,
      prevent: () => {},
      heldUntil: Number.NEGATIVE_INFINITY,
      hurried: false,
    };
    lanes.set(route, lane);
    return lane;
  }

  /** Sends what is due on a route, or waits until it is. */
  function look(route: string): void {
    const lane = laneOf(route);
    if (closed || lane.busy !== null) return;
    lane.prevent();
    lane.prevent = () => {};
    // When a message is due stands on the wall clock. That was set back: nothing waits for it to come that far again.
    if (clock.setBack() > 0) for (const each of lanes.values()) each.hurried = true;
    const row = store.next(route);
    if (row === undefined) return;
    const wait = Math.max(lane.hurried ? 0 : row.next_at - now(), lane.heldUntil - passed());
    if (wait > 0) {
      lane.prevent = after(wait, () => look(route));
      return;
    }
    lane.busy = (lane.hurried ? hurry(lane, route) : deliver(lane, row))
      .catch((error: unknown) => {
        // The disk refused before the attempt: nothing was sent.
        options.log(`a message to the route ${route} waits: ${error instanceof Error ? error.message : String(error)}`);
        lane.heldUntil = passed() + DISK_MS;
      })
      .finally(() => {
        lane.busy = null;
        options.onChange();
        look(route);
      });
  }

  async function hurry(lane: Lane, route: string): Promise<void> {
    await commit(() => store.hurry(route, now()));
    lane.hurried = false;
  }

  async function deliver(lane: Lane, row: DeliveryRow): Promise<void> {
    const channel = options.channel(row.route);
    if (channel === undefined) return abandon(row);
    if (channel.problem !== null) return later(lane, row, { why: channel.problem, doubt: null, retryAfterMs: null });
    if (!(await commit(() => store.begin(row.id)))) return;
    const outcome = await attempt(channel, { ...row, attempts: row.attempts + 1 });
    await settle(lane, row, channel, outcome);
  }

  /** One attempt; whatever becomes of it is an outcome. */
  async function attempt(channel: Channel, row: DeliveryRow): Promise<Outcome> {
    const late = new AbortController();
    const prevent = after(ATTEMPT_MS, () => late.abort());
    try {
      return await channel.send(options.messageOf(row), AbortSignal.any([late.signal, closing.signal]));
    } catch (error) {
      // A bug of a format: the message stays, and the route is shown as failing.
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'later', why: `the message could not be made: ${why}`, doubt: true, retryAfterMs: null };
    } finally {
      prevent();
    }
  }

  async function settle(lane: Lane, row: DeliveryRow, channel: Channel, outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case 'taken':
        lane.heldUntil = passed() + channel.paceMs;
        return written(() => {
          store.end(row.id, 'sent', now(), outcome.note === null ? null : options.mask(outcome.note));
          if (channel.refresh !== null && row.alert !== null) {
            if (row.kind === 'resolve') store.quench(row.route, row.dedup);
            else store.burn(row.route, row.dedup, row.id);
          }
        }, standings.worked(row.route));
      case 'later':
        return later(lane, row, { ...outcome, doubt: outcome.doubt || row.in_doubt === 1 });
      case 'refused': {
        const why = options.mask(outcome.why);
        options.log(`the route ${row.route} refused message ${row.id}: ${why}`);
        lane.heldUntil = passed() + channel.paceMs;
        return written(
          () => {
            store.end(row.id, 'refused', now(), why);
            over(row);
          },
          standings.failed(row.route, why),
        );
      }
      case 'unfit':
        return written(() => store.end(row.id, 'dropped', now(), outcome.why));
    }
  }

  type Postponement = { why: string; doubt: boolean | null; retryAfterMs: number | null };

  async function later(lane: Lane, row: DeliveryRow, { why, doubt, retryAfterMs }: Postponement): Promise<void> {
    const text = options.mask(why);
    const random = options.random();
    const wait = Math.max(retryAfterMs ?? 0, backoffMs(row.attempts + 1, random));
    const failures = standings.of(row.route).failures + 1;
    // A message that is refused over and over does not hold back the others for as long as itself.
    lane.heldUntil = passed() + Math.max(retryAfterMs ?? 0, Math.min(LONGEST_HOLD_MS, backoffMs(failures, random)));
    const nextAt = now() + wait;
    await written(() => store.postpone(row.id, nextAt, text, doubt), standings.failed(row.route, text));
  }

  /** Its route is not in the settings any more: perhaps it comes back under its name. */
  async function abandon(row: DeliveryRow): Promise<void> {
    const why = `there is no route "${row.route}" in nightdesk.yaml`;
    if (now() - row.made_at < ABANDONED_MS) {
      return later(laneOf(row.route), row, { why, doubt: null, retryAfterMs: 60_000 });
    }
    options.log(`message ${row.id} is dropped: ${why}`);
    await written(() => {
      store.end(row.id, 'dropped', now(), why);
      over(row);
    });
  }

  /** An alert whose end could not be told is over all the same: a route that is told again and again hears of it no more. */
  function over(row: DeliveryRow): void {
    if (row.kind === 'resolve') store.quench(row.route, row.dedup);
  }

  /** Writes what became of an attempt, as often as it takes: forgotten, it would be made again. */
  async function written(work: () => void, standing?: StandingRow): Promise<void> {
    for (;;) {
      try {
        await commit(() => {
          work();
          if (standing !== undefined) store.stand(standing);
        });
        if (standing !== undefined) standings.keep(standing);
        return;
      } catch (error) {
        if (closed) throw error;
        options.log(`what became of a message is not written yet: ${error instanceof Error ? error.message : error}`);
        await new Promise<void>((resolve) => {
          after(DISK_MS, resolve);
        });
      }
    }
  }

  return {
    look,
    /** Whatever the route waits for, it is tried at once: its settings or secrets may be right now. */
    async retry(route: string): Promise<void> {
      const lane = laneOf(route);
      lane.heldUntil = Number.NEGATIVE_INFINITY;
      await hurry(lane, route);
      look(route);
    },
    /** Lets attempts under way come to their answer, for a moment. */
    async close(): Promise<void> {
      closed = true;
      for (const lane of lanes.values()) lane.prevent();
      const prevent = after(CLOSE_MS, () => closing.abort());
      await Promise.all([...lanes.values()].map((lane) => lane.busy));
      prevent();
    },
  };
}
