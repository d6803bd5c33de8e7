import type { AlertsSettings } from '#contract/delivery.ts';
import { type Signal, shipped } from '../alert/rules.ts';
import { givenValue, type RouteSecret } from './channel.ts';
import { unanswered } from './post.ts';

/*
 * The dead-man's ping: an address outside hears of the desk only while it is truly alive, that is while its tick runs
 * and its store takes writes. It alarms when it hears nothing.
 */

/** A tick is missed after this, ms; it comes once a second. */
const TICK_MS = 10_000;
/** An answer is waited for so long, ms. */
export const PING_MS = 10_000;
/** So many in a row that fail make the signal. */
const FAILURES = 3;

export type DeadmanOptions = {
  setting(): AlertsSettings['deadman'];
  secrets(): ReadonlyMap<string, RouteSecret>;
  /** Writes and waits until it is on the disk; rejects when the disk refuses. */
  touch(): Promise<void>;
  now(): number;
  after(ms: number, work: () => void): () => void;
  mask(text: string): string;
  log(message: string): void;
};

/** A desk that has just started is asked for its first tick so often, ms. */
const FIRST_MS = 1_000;

export function createDeadman(options: DeadmanOptions) {
  const { now, after } = options;
  let tickedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let lastError: string | null = null;
  let prevent = (): void => {};
  let running: Promise<void> | null = null;
  let closed = false;

  /** @returns why the ping was not heard, or null */
  async function ping(url: string): Promise<string | null> {
    const late = new AbortController();
    const stop = after(PING_MS, () => late.abort());
    try {
      const answer = await fetch(url, { redirect: 'follow', signal: late.signal });
      await answer.body?.cancel();
      return answer.ok ? null : `it answered ${answer.status}`;
    } catch (error) {
      const outcome = unanswered(error, late.signal);
      return 'why' in outcome ? outcome.why : null;
    } finally {
      stop();
    }
  }

  async function beat(): Promise<void> {
    const setting = options.setting();
    if (setting === undefined) return;
    // A desk whose tick stands still says nothing: that is what the other side listens for.
    if (now() - tickedAt > TICK_MS) return;
    try {
      await options.touch();
    } catch (error) {
      options.log(`the dead-man's ping is not sent: the disk refuses writes (${String(error)})`);
      return;
    }
    const url = givenValue(setting.url, options.secrets());
    const why = 'problem' in url ? url.problem : await ping(url.value);
    failures = why === null ? 0 : failures + 1;
    lastError = why === null ? null : options.mask(why);
    if (failures === 1) options.log(`the dead-man's ping failed: ${lastError}`);
  }

  function arm(ms: number): void {
    prevent();
    if (closed) return;
    prevent = after(ms, () => {
      running = beat().finally(() => {
        running = null;
        // Before the first tick nothing was asked: soon after it, then.
        arm(tickedAt === Number.NEGATIVE_INFINITY ? FIRST_MS : (options.setting()?.every ?? 60_000));
      });
    });
  }

  return {
    /** The desk's tick ran. */
    tick(): void {
      tickedAt = now();
    },
    /** Starts, or starts anew by other settings. */
    start(): void {
      failures = 0;
      lastError = null;
      if (options.setting() !== undefined) arm(0);
      else prevent();
    },
    signals(): Signal[] {
      if (options.setting() === undefined && failures === 0) return [];
      return [
        {
          ...shipped('deadman-failing'),
          subject: 'deadman',
          event: failures >= FAILURES ? 'holds' : failures === 0 ? 'cleared' : 'uncertain',
          title: "The dead-man's ping is not heard: nobody outside would notice that this desk is down",
          fires: "the dead-man's ping fails",
          clears: "the dead-man's ping is heard",
          agents: [],
          labels: {},
          value: `${failures} ${failures === 1 ? 'ping' : 'pings'} failed in a row`,
          error: lastError,
        },
      ];
    },
    async close(): Promise<void> {
      closed = true;
      prevent();
      await running;
    },
  };
}
