import { z } from 'zod';
import type { BreakerState, Fault, Provider } from '#contract/provider.ts';
import type { TaskError } from '#contract/task.ts';
import {
  admit,
  type Breaker,
  closedBreaker,
  onFailure,
  onInconclusive,
  onSuccess,
  onTime,
  PROBE_TIMEOUT_MS,
  tally,
} from '../guard/breaker.ts';
import { blamesProvider } from '../guard/retry.ts';
import type { ProviderConfig } from '../providers/index.ts';

/** What outlives a restart: a breaker that was open stays open until its probe. */
const storedSchema = z.object({
  state: z.enum(['closed', 'open', 'half-open']),
  since: z.number(),
  probeAt: z.number().nullable(),
  cooldownMs: z.number(),
});

type Entry = {
  config: ProviderConfig;
  breaker: Breaker;
  fault: Fault | null;
  lastError: Provider['lastError'];
  timer: NodeJS.Timeout | undefined;
};

export type ProviderDeskOptions = {
  now(): number;
  /** Writes a breaker's state; called on every change of it. */
  persist(name: string, body: string): void;
  onChange(provider: Provider): void;
  /** A breaker lets a probe through, or closed again: deferred tasks may go on. */
  onServing(provider: string, state: Exclude<BreakerState, 'open'>): void;
};

/** The providers as the desk sees them: breakers, faults in rehearsal, last errors. */
export function createProviderDesk(options: ProviderDeskOptions) {
  const entries = new Map<string, Entry>();

  function view(entry: Entry): Provider {
    const { calls, errors } = tally(entry.breaker, options.now());
    return {
      name: entry.config.name,
      kind: entry.config.kind,
      configured: entry.config.configured,
      rehearsal: entry.config.rehearsal,
      breaker: entry.breaker.state,
      since: entry.breaker.since,
      probeAt: entry.breaker.probeAt,
      calls,
      errors,
      failedInRow: entry.breaker.consecutive,
      lastError: entry.lastError,
      fault: entry.fault,
    };
  }

  function change(entry: Entry, next: Breaker): void {
    const before = entry.breaker.state;
    entry.breaker = next;
    if (next.state === before) return;
    const { state, since, probeAt, cooldownMs } = next;
    options.persist(entry.config.name, JSON.stringify({ state, since, probeAt, cooldownMs }));
    wakeAtProbe(entry);
    options.onChange(view(entry));
    if (next.state !== 'open') options.onServing(entry.config.name, next.state);
  }

  function wakeAtProbe(entry: Entry): void {
    clearTimeout(entry.timer);
    const { state, probeAt } = entry.breaker;
    if (state === 'half-open') {
      // The probe's worker may die, or nobody come to probe: ask again until the breaker decides.
      entry.timer = setTimeout(() => {
        options.onServing(entry.config.name, 'half-open');
        wakeAtProbe(entry);
      }, PROBE_TIMEOUT_MS + 1);
    }
    if (probeAt === null) return;
    entry.timer = setTimeout(
      () => change(entry, onTime(entry.breaker, options.now())),
      Math.max(0, probeAt - options.now()) + 1,
    );
  }

  function record(entry: Entry, next: Breaker): void {
    change(entry, next);
    if (next.state === 'half-open' && next.probingSince === null) options.onServing(entry.config.name, 'half-open');
  }

  return {
    /** @param stored breaker states by provider, from the last time the desk ran */
    configure(configs: ProviderConfig[], stored: ReadonlyMap<string, string>): void {
      for (const config of configs) {
        const known = entries.get(config.name);
        if (known) {
          known.config = config;
          continue;
        }
        const body = storedSchema.safeParse(JSON.parse(stored.get(config.name) ?? 'null'));
        const fresh = closedBreaker(options.now());
        const breaker = body.success ? { ...fresh, ...body.data } : fresh;
        const entry: Entry = { config, breaker, fault: null, lastError: null, timer: undefined };
        entries.set(config.name, entry);
        wakeAtProbe(entry);
      }
    },
    list: (): Provider[] => [...entries.values()].map(view),
    get(name: string): Provider | undefined {
      const entry = entries.get(name);
      return entry && view(entry);
    },
    config: (name: string): ProviderConfig | undefined => entries.get(name)?.config,
    usable: (name: string): boolean => entries.get(name)?.config.configured ?? false,
    /** Asks the breaker; takes the probe of a half-open one. */
    admit(name: string): boolean {
      const entry = entries.get(name);
      if (!entry) return false;
      const answer = admit(entry.breaker, options.now());
      change(entry, answer.breaker);
      return answer.admitted;
    },
    /** A call of this provider ended; null is success. */
    report(name: string, error: TaskError | null): void {
      const entry = entries.get(name);
      if (!entry) return;
      const now = options.now();
      if (error === null) {
        record(entry, onSuccess(entry.breaker, now));
        return;
      }
      entry.lastError = {
        message: error.message,
        at: now,
        ...(error.status === undefined ? {} : { status: error.status }),
      };
      record(entry, blamesProvider(error.class) ? onFailure(entry.breaker, now) : onInconclusive(entry.breaker));
    },
    setFault(name: string, fault: Fault | null): Provider | undefined {
      const entry = entries.get(name);
      if (!entry) return undefined;
      entry.fault = fault;
      const provider = view(entry);
      options.onChange(provider);
      return provider;
    },
    fault: (name: string): Fault | null => entries.get(name)?.fault ?? null,
    close(): void {
      for (const entry of entries.values()) clearTimeout(entry.timer);
    },
  };
}
export type ProviderDesk = ReturnType<typeof createProviderDesk>;
