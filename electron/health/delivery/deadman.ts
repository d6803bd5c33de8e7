import type { AlertsSettings } from '#contract/delivery.ts';
import type { AlertEvent } from '../alert/life.ts';
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
  /** Ms on a clock that nobody sets. */
  passed(): number;
  after(ms: number, work: () => void): () => void;
  mask(text: string): string;
  log(message: string): void;
};

/** A desk that has just started is asked for its first tick so often, ms. */
const FIRST_MS = 1_000;

export function createDeadman(options: DeadmanOptions) {
  const { passed, after } = options;
  let tickedAt = Number.NEGATIVE_INFINITY;
  /** In a row; null until a ping came to its end. */
  let failures: number | null = null;
  let lastError: string | null = null;
  let prevent = (): void => {};
  let running: Promise<void> | null = null;
  /** Of the settings in force: aborted with them, and what a ping by others says is not heeded. */
  let current = new AbortController();
  /** What is set, with the address that it comes to; empty while nothing is. */
  let inForce = '';
  let closed = false;

  /** @returns why the ping was not heard, or null */
  async function ping(url: string, given: AbortSignal): Promise<string | null> {
    const late = new AbortController();
    const stop = after(PING_MS, () => late.abort());
    const signal = AbortSignal.any([late.signal, given]);
    try {
      const answer = await fetch(url, { redirect: 'follow', signal });
      await answer.body?.cancel();
      return answer.ok ? null : `it answered ${answer.status}`;
    } catch (error) {
      const outcome = unanswered(error, signal);
      return 'why' in outcome ? outcome.why : null;
    } finally {
      stop();
    }
  }

  async function beat({ signal }: AbortController): Promise<void> {
    const setting = options.setting();
    if (setting === undefined) return;
    // A desk whose tick stands still says nothing: that is what the other side listens for.
    if (passed() - tickedAt > TICK_MS) return;
    try {
      await options.touch();
    } catch (error) {
      options.log(`the dead-man's ping is not sent: the disk refuses writes (${String(error)})`);
      return;
    }
    const url = givenValue(setting.url, options.secrets());
    const why = 'problem' in url ? url.problem : await ping(url.value, signal);
    if (signal.aborted) return;
    failures = why === null ? 0 : (failures ?? 0) + 1;
    lastError = why === null ? null : options.mask(why);
    if (failures === 1) options.log(`the dead-man's ping failed: ${lastError}`);
  }

  function arm(ms: number): void {
    prevent();
    if (closed) return;
    prevent = after(ms, () => {
      const mine = current;
      running = beat(mine).finally(() => {
        running = null;
        if (mine !== current) return;
        // Before the first tick nothing was asked: soon after it, then.
        arm(tickedAt === Number.NEGATIVE_INFINITY ? FIRST_MS : (options.setting()?.every ?? 60_000));
      });
    });
  }

  return {
    /** The desk's tick ran. */
    tick(): void {
      tickedAt = passed();
    },
    /** Starts, or starts anew by other settings. */
    start(): void {
      const setting = options.setting();
      const asked = setting === undefined ? '' : JSON.stringify([setting, givenValue(setting.url, options.secrets())]);
      // What else changed is no reason to take a failure back.
      if (asked === inForce) return;
      inForce = asked;
      current.abort();
      current = new AbortController();
      failures = null;
      lastError = null;
      if (setting !== undefined) arm(0);
      else prevent();
    },
    signals(): Signal[] {
      // Where none is set any more, its alert is over.
      const isSet = options.setting() !== undefined;
      return [
        {
          ...shipped('deadman-failing'),
          subject: 'deadman',
          event: isSet ? eventOf(failures) : 'cleared',
          title: "The dead-man's ping is not heard: nobody outside would notice that this desk is down",
          fires: "the dead-man's ping fails",
          clears: isSet ? "the dead-man's ping is heard" : "no dead-man's ping is set any more",
          agents: [],
          labels: {},
          value: `${failures ?? 0} ${failures === 1 ? 'ping' : 'pings'} failed in a row`,
          error: lastError,
        },
      ];
    },
    async close(): Promise<void> {
      closed = true;
      prevent();
      current.abort();
      await running;
    },
  };
}

function eventOf(failures: number | null): AlertEvent {
  if (failures === 0) return 'cleared';
  return failures !== null && failures >= FAILURES ? 'holds' : 'uncertain';
}
