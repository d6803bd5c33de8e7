import { z } from 'zod';
import type { BreakerState, Fault, Provider, ProviderEvent } from '#contract/provider.ts';
import type { Settings } from '#contract/settings.ts';
import type { TaskError } from '#contract/task.ts';
import { tally } from '../guard/breaker.ts';
import { type Ramp, shareAt, startRamp, takeShare } from '../guard/failback.ts';
import { countCall, type LastHour, NO_CALLS, sumHour } from '../guard/last-hour.ts';
import { blamesProvider } from '../guard/retry.ts';
import { finish, freshThrottle, start, type Throttle, type ThrottleLimits } from '../guard/throttle.ts';
import type { ProviderConfig } from '../providers/index.ts';
import { createBreakers, storedBreakerSchema } from './breakers.ts';

/** A provider may ask to be left alone this long at most, ms: more is a mistake in its answer. */
const LONGEST_COOLDOWN_MS = 86_400_000;
/** The state of a rate limit is written this often at most, ms. */
const PERSIST_EVERY_MS = 1_000;

const storedSchema = storedBreakerSchema.extend({
  ramp: z.object({ since: z.number(), credit: z.number() }).nullable().default(null),
  coolUntil: z.number().nullable().default(null),
  bucket: z.object({ tokens: z.number(), at: z.number() }).nullable().default(null),
});

type Entry = {
  config: ProviderConfig;
  fault: Fault | null;
  lastError: Provider['lastError'];
  hour: LastHour;
  ramp: Ramp | null;
  coolUntil: number | null;
  throttle: Throttle;
  coolTimer: NodeJS.Timeout | undefined;
  persistTimer: NodeJS.Timeout | undefined;
};

export type ProviderDeskOptions = {
  now(): number;
  settings(): Settings;
  /** Writes a provider's state; called on every change of it. */
  persist(name: string, body: string): void;
  onChange(provider: Provider): void;
  /** Something that its history should tell. */
  onEvent(event: ProviderEvent): void;
  /** It lets a probe through, or serves again: deferred tasks may go on. */
  onServing(provider: string, state: Exclude<BreakerState, 'open'>): void;
  /** Tasks that wait at the gate for it. */
  atGate(provider: string): number;
};

/** What a provider says to a call that wants to go out. `busy`: its own pace is full; ms, or null until a call ends. */
export type Admission = 'admitted' | 'refused' | { busy: number | null };

/** The providers as the desk sees them: breakers, cooldowns, pace, failback, faults in rehearsal, last errors. */
export function createProviderDesk(options: ProviderDeskOptions) {
  const { now } = options;
  const entries = new Map<string, Entry>();

  const breakers = createBreakers({
    now,
    onChange(name, before, after) {
      const entry = entries.get(name);
      if (!entry) return;
      // What comes back after an outage comes back in steps.
      entry.ramp = after === 'closed' && before === 'half-open' ? startRamp(now()) : null;
      persist(name, entry);
      tell(name, 'breaker', breakerText(name, after, entry));
      options.onChange(view(name, entry));
    },
    onServing: options.onServing,
  });

  function limitsOf(name: string): ThrottleLimits {
    const { concurrency, rate } = options.settings().providers[name] ?? {};
    return { concurrency, rate };
  }

  function tell(provider: string, kind: ProviderEvent['kind'], text: string): void {
    options.onEvent({ at: now(), provider, kind, text });
  }

  function persist(name: string, entry: Entry): void {
    clearTimeout(entry.persistTimer);
    entry.persistTimer = undefined;
    const bucket = limitsOf(name).rate ? { tokens: entry.throttle.tokens, at: entry.throttle.at } : null;
    options.persist(
      name,
      JSON.stringify({ ...breakers.stored(name), ramp: entry.ramp, coolUntil: entry.coolUntil, bucket }),
    );
  }

  function persistSoon(name: string, entry: Entry): void {
    entry.persistTimer ??= setTimeout(() => persist(name, entry), PERSIST_EVERY_MS);
  }

  function view(name: string, entry: Entry): Provider {
    const at = now();
    const breaker = breakers.get(name);
    const { calls, errors } = breaker ? tally(breaker, at) : { calls: 0, errors: 0 };
    const { concurrency, rate } = limitsOf(name);
    return {
      name,
      kind: entry.config.kind,
      configured: entry.config.configured,
      rehearsal: entry.config.rehearsal,
      breaker: breaker?.state ?? 'closed',
      since: breaker?.since ?? at,
      probeAt: breaker?.probeAt ?? null,
      calls,
      errors,
      failedInRow: breaker?.consecutive ?? 0,
      lastHour: sumHour(entry.hour, at),
      lastError: entry.lastError,
      fault: entry.fault,
      cooldownUntil: coolingUntil(entry),
      share: shareAt(entry.ramp, at),
      inFlight: entry.throttle.inFlight,
      atGate: options.atGate(name),
      concurrency: concurrency ?? null,
      rate: rate ?? null,
    };
  }

  function coolingUntil(entry: Entry): number | null {
    return entry.coolUntil !== null && entry.coolUntil > now() ? entry.coolUntil : null;
  }

  function coolDown(name: string, entry: Entry, ms: number): void {
    const until = now() + Math.min(ms, LONGEST_COOLDOWN_MS);
    if (until <= (entry.coolUntil ?? 0)) return;
    const fresh = coolingUntil(entry) === null;
    entry.coolUntil = until;
    wakeAfterCooldown(name, entry);
    persist(name, entry);
    if (fresh) tell(name, 'cooldown', `${name} asked to be left alone for ${Math.ceil(ms / 1_000)} s (429)`);
    options.onChange(view(name, entry));
  }

  function wakeAfterCooldown(name: string, entry: Entry): void {
    clearTimeout(entry.coolTimer);
    if (entry.coolUntil === null) return;
    entry.coolTimer = setTimeout(
      () => {
        if (coolingUntil(entry) !== null) {
          wakeAfterCooldown(name, entry);
          return;
        }
        entry.coolUntil = null;
        persist(name, entry);
        options.onChange(view(name, entry));
        if (breakers.get(name)?.state === 'closed') options.onServing(name, 'closed');
      },
      Math.max(0, entry.coolUntil - now()) + 1,
    );
  }

  return {
    /** @param stored states by provider, from the last time the desk ran */
    configure(configs: ProviderConfig[], stored: ReadonlyMap<string, string>): void {
      for (const config of configs) {
        const known = entries.get(config.name);
        if (known) {
          known.config = config;
          continue;
        }
        const read = storedSchema.safeParse(JSON.parse(stored.get(config.name) ?? 'null'));
        const before = read.success ? read.data : null;
        const entry: Entry = {
          config,
          fault: null,
          lastError: null,
          hour: NO_CALLS,
          ramp: before?.ramp ?? null,
          coolUntil: before?.coolUntil ?? null,
          throttle: { ...freshThrottle(limitsOf(config.name), now()), ...before?.bucket },
          coolTimer: undefined,
          persistTimer: undefined,
        };
        entries.set(config.name, entry);
        breakers.add(config.name, before && storedBreakerSchema.parse(before));
        wakeAfterCooldown(config.name, entry);
      }
    },
    list: (): Provider[] => [...entries].map(([name, entry]) => view(name, entry)),
    get(name: string): Provider | undefined {
      const entry = entries.get(name);
      return entry && view(name, entry);
    },
    config: (name: string): ProviderConfig | undefined => entries.get(name)?.config,
    usable: (name: string): boolean => entries.get(name)?.config.configured ?? false,
    /** Whether a call could go out now, but for its pace: nothing is taken. */
    serves(name: string): boolean {
      const entry = entries.get(name);
      return entry !== undefined && coolingUntil(entry) === null && breakers.get(name)?.state === 'closed';
    },
    cooldownUntil(name: string): number | null {
      const entry = entries.get(name);
      return entry ? coolingUntil(entry) : null;
    },
    /**
     * Asks for one call: cooldown, share, pace and breaker, in this order. An admitted call is counted until `ended`.
     * @param all whether it may have more than its share, because there is no other provider
     */
    admit(name: string, all: boolean): Admission {
      const entry = entries.get(name);
      if (!entry || coolingUntil(entry) !== null) return 'refused';
      if (breakers.get(name)?.state === 'closed' && !all) {
        const taken = takeShare(entry.ramp, now());
        entry.ramp = taken.ramp;
        if (!taken.mine) return 'refused';
      }
      const limits = limitsOf(name);
      const started = start(entry.throttle, limits, now());
      if (!started.started) {
        entry.throttle = started.throttle;
        // An open breaker refuses, whatever its pace: the next provider of the route is asked.
        return breakers.get(name)?.state === 'open' ? 'refused' : { busy: started.waitMs };
      }
      if (!breakers.admit(name)) return 'refused';
      entry.throttle = started.throttle;
      if (limits.rate) persistSoon(name, entry);
      return 'admitted';
    },
    /** An admitted call is over, however it ended. */
    ended(name: string): void {
      const entry = entries.get(name);
      if (entry) entry.throttle = finish(entry.throttle);
    },
    /** A call of this provider ended; null is success. */
    report(name: string, error: TaskError | null): void {
      const entry = entries.get(name);
      if (!entry) return;
      entry.hour = countCall(entry.hour, error?.class ?? null, now());
      if (error === null) {
        breakers.succeeded(name);
        return;
      }
      entry.lastError = {
        message: error.message,
        at: now(),
        ...(error.status === undefined ? {} : { status: error.status }),
      };
      const { retryAfterMs = 0 } = error;
      if (error.class === 'rate-limited' && retryAfterMs > 0) {
        // It answers, and says when: that is no outage.
        coolDown(name, entry, retryAfterMs);
        breakers.inconclusive(name);
      } else if (blamesProvider(error.class)) breakers.failed(name);
      else breakers.inconclusive(name);
    },
    /** An admitted call never gave an answer: its worker died, or it was stopped. */
    lost: (name: string): void => breakers.inconclusive(name),
    tell,
    /** A person says that it is well: breaker, cooldown and failback are over. */
    reset(name: string, by: string): void {
      const entry = entries.get(name);
      if (!entry) return;
      entry.coolUntil = null;
      clearTimeout(entry.coolTimer);
      breakers.reset(name);
      entry.ramp = null;
      persist(name, entry);
      tell(name, 'reset', `${by} reset the breaker of ${name}`);
      options.onChange(view(name, entry));
      options.onServing(name, 'closed');
    },
    /** The clock was put on, or set back (below 0): cooldowns and failbacks last as long as they were to. */
    clockJumped(byMs: number): void {
      breakers.clockJumped(byMs);
      for (const [name, entry] of entries) {
        if (byMs < 0) {
          if (entry.coolUntil !== null) entry.coolUntil += byMs;
          if (entry.ramp !== null) entry.ramp = { ...entry.ramp, since: entry.ramp.since + byMs };
          entry.throttle = { ...entry.throttle, at: entry.throttle.at + byMs };
          persist(name, entry);
        }
        wakeAfterCooldown(name, entry);
        options.onChange(view(name, entry));
      }
    },
    setFault(name: string, fault: Fault | null): Provider | undefined {
      const entry = entries.get(name);
      if (!entry) return undefined;
      entry.fault = fault;
      const provider = view(name, entry);
      options.onChange(provider);
      return provider;
    },
    fault: (name: string): Fault | null => entries.get(name)?.fault ?? null,
    close(): void {
      breakers.close();
      for (const [name, entry] of entries) {
        clearTimeout(entry.coolTimer);
        if (entry.persistTimer !== undefined) persist(name, entry);
      }
    },
  };
}
export type ProviderDesk = ReturnType<typeof createProviderDesk>;

function breakerText(name: string, state: BreakerState, { lastError, ramp }: Entry): string {
  switch (state) {
    case 'open':
      return `the breaker of ${name} opened${lastError === null ? '' : `: ${lastError.message}`}`;
    case 'half-open':
      return `${name} is probed`;
    case 'closed':
      return `the breaker of ${name} closed${ramp === null ? '' : ': its traffic comes back in steps'}`;
  }
}
