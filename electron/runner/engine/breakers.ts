import { z } from 'zod';
import type { BreakerState } from '#contract/provider.ts';
import { breakerStateSchema } from '#contract/provider.ts';
import {
  admit,
  type Breaker,
  closedBreaker,
  onFailure,
  onInconclusive,
  onSuccess,
  onTime,
  PROBE_TIMEOUT_MS,
  setBack,
} from '../guard/breaker.ts';

/** What outlives a restart: a breaker that was open stays open until its probe. */
export const storedBreakerSchema = z.object({
  state: breakerStateSchema,
  since: z.number(),
  probeAt: z.number().nullable(),
  cooldownMs: z.number(),
});
export type StoredBreaker = z.infer<typeof storedBreakerSchema>;

type Entry = { breaker: Breaker; timer: NodeJS.Timeout | undefined };

export type BreakersOptions = {
  now(): number;
  /** The state of one changed. */
  onChange(name: string, before: BreakerState, after: BreakerState): void;
  /** One lets a probe through, or closed again: what waits for it may go on. */
  onServing(name: string, state: Exclude<BreakerState, 'open'>): void;
};

/** Breakers by name, each with the timer that lets its next probe through. Of providers, and of integrations. */
export function createBreakers(options: BreakersOptions) {
  const { now } = options;
  const entries = new Map<string, Entry>();

  function change(name: string, entry: Entry, next: Breaker): void {
    const before = entry.breaker.state;
    entry.breaker = next;
    if (next.state === before) return;
    wakeAtProbe(name, entry);
    options.onChange(name, before, next.state);
    if (next.state !== 'open') options.onServing(name, next.state);
  }

  function wakeAtProbe(name: string, entry: Entry): void {
    clearTimeout(entry.timer);
    const { state, probeAt } = entry.breaker;
    if (state === 'half-open') {
      // The probe's worker may die, or nobody come to probe: ask again until the breaker decides.
      entry.timer = setTimeout(() => {
        options.onServing(name, 'half-open');
        wakeAtProbe(name, entry);
      }, PROBE_TIMEOUT_MS + 1);
    }
    if (probeAt === null) return;
    entry.timer = setTimeout(() => change(name, entry, onTime(entry.breaker, now())), Math.max(0, probeAt - now()) + 1);
  }

  /** After an answer: a half-open breaker that is still not decided wants the next probe. */
  function record(name: string, turn: (breaker: Breaker) => Breaker): void {
    const entry = entries.get(name);
    if (!entry) return;
    change(name, entry, turn(entry.breaker));
    const { state, probingSince } = entry.breaker;
    if (state === 'half-open' && probingSince === null) options.onServing(name, 'half-open');
  }

  return {
    names: (): string[] => [...entries.keys()],
    get: (name: string): Breaker | undefined => entries.get(name)?.breaker,
    /** Adds one; one that is known stays as it stands. @param stored from the last time the desk ran */
    add(name: string, stored: StoredBreaker | null): void {
      if (entries.has(name)) return;
      const at = now();
      const breaker: Breaker = { ...closedBreaker(at), ...stored };
      // A clock that was set back meanwhile does not put its probe off.
      if (breaker.probeAt !== null) breaker.probeAt = Math.min(breaker.probeAt, at + breaker.cooldownMs);
      const entry: Entry = { breaker, timer: undefined };
      entries.set(name, entry);
      wakeAtProbe(name, entry);
    },
    /** Asks; takes the probe of a half-open one. */
    admit(name: string): boolean {
      const entry = entries.get(name);
      if (!entry) return false;
      const answer = admit(entry.breaker, now());
      change(name, entry, answer.breaker);
      return answer.admitted;
    },
    succeeded: (name: string): void => record(name, (breaker) => onSuccess(breaker, now())),
    failed: (name: string): void => record(name, (breaker) => onFailure(breaker, now())),
    /** A probe proved nothing. */
    inconclusive: (name: string): void => record(name, onInconclusive),
    /** A person says that it is well. */
    reset: (name: string): void => record(name, () => closedBreaker(now())),
    /** The clock was put on, or set back (below 0). */
    clockJumped(byMs: number): void {
      for (const [name, entry] of entries) {
        if (byMs < 0) entry.breaker = setBack(entry.breaker, -byMs);
        change(name, entry, onTime(entry.breaker, now()));
        wakeAtProbe(name, entry);
      }
    },
    stored(name: string): StoredBreaker | undefined {
      const breaker = entries.get(name)?.breaker;
      if (!breaker) return undefined;
      const { state, since, probeAt, cooldownMs } = breaker;
      return { state, since, probeAt, cooldownMs };
    },
    close(): void {
      for (const entry of entries.values()) clearTimeout(entry.timer);
    },
  };
}
