import type { AgentDefinition } from '#contract/agent.ts';
import type { Integration } from '#contract/integration.ts';
import type { BreakerState } from '#contract/provider.ts';
import { PROBE_TIMEOUT_MS, tally } from '../guard/breaker.ts';
import { integrationOf } from '../guard/integration.ts';
import { createBreakers, type StoredBreaker, storedBreakerSchema } from './breakers.ts';

type Entry = {
  lastError: Integration['lastError'];
  lastEffectAt: number | null;
  /** Since when it is not well, through all its probes; null while closed. */
  downSince: number | null;
  /** The task whose attempt is its probe, and since when. */
  probe: { task: number; at: number } | null;
  /** Agents that called it, or list a tool of it. */
  users: Set<string>;
};

export type IntegrationDeskOptions = {
  now(): number;
  persist(name: string, body: string): void;
  onChange(integration: Integration): void;
  /** Which of them refuse calls has changed. */
  onRefused(names: string[]): void;
  /** One lets a probe through, or closed again: deferred tasks of these agents may go on. */
  onServing(name: string, state: Exclude<BreakerState, 'open'>, agents: string[]): void;
};

/**
 * The systems that tools reach, each with a breaker. Workers are told which ones refuse, so that a tool call costs no
 * question; a probe is a right that is given to one attempt when it starts.
 */
export function createIntegrationDesk(options: IntegrationDeskOptions) {
  const { now } = options;
  const entries = new Map<string, Entry>();
  let definitions: AgentDefinition[] = [];

  const breakers = createBreakers({
    now,
    onChange(name, _before, after) {
      const entry = entryOf(name, null);
      entry.downSince = after === 'closed' ? null : (entry.downSince ?? now());
      if (after !== 'half-open') entry.probe = null;
      options.persist(name, JSON.stringify(breakers.stored(name)));
      options.onRefused(refused());
      options.onChange(view(name, entry));
    },
    onServing: (name, state) => options.onServing(name, state, [...usersOf(name, entryOf(name, null))]),
  });

  function entryOf(name: string, stored: StoredBreaker | null): Entry {
    let entry = entries.get(name);
    if (!entry) {
      const downSince = stored === null || stored.state === 'closed' ? null : stored.since;
      entry = { lastError: null, lastEffectAt: null, downSince, probe: null, users: new Set() };
      entries.set(name, entry);
      breakers.add(name, stored);
    }
    return entry;
  }

  function usersOf(name: string, entry: Entry): Set<string> {
    const listed = definitions.filter((each) => each.tools.some((tool) => integrationOf(tool) === name));
    return new Set([...entry.users, ...listed.map((each) => each.name)]);
  }

  function refused(): string[] {
    return breakers.names().filter((name) => breakers.get(name)?.state !== 'closed');
  }

  function view(name: string, entry: Entry): Integration {
    const breaker = breakers.get(name);
    const { calls, errors } = breaker ? tally(breaker, now()) : { calls: 0, errors: 0 };
    return {
      name,
      breaker: breaker?.state ?? 'closed',
      since: breaker?.since ?? now(),
      probeAt: breaker?.probeAt ?? null,
      calls,
      errors,
      lastError: entry.lastError,
      lastEffectAt: entry.lastEffectAt,
      criticalTo: definitions.filter((each) => each.nightdesk.critical.includes(name)).map((each) => each.name),
    };
  }

  /** Whether a probe of one that this agent uses would be let through now. */
  function wantsProbe(name: string, agent: string): boolean {
    const entry = entries.get(name);
    if (!entry || breakers.get(name)?.state !== 'half-open') return false;
    // A probe that never comes is given up: its task may have no need of it.
    if (entry.probe !== null && now() - entry.probe.at < PROBE_TIMEOUT_MS) return false;
    return usersOf(name, entry).has(agent);
  }

  return {
    /** @param stored breakers by integration, from the last time the desk ran */
    load(stored: { name: string; body: string }[]): void {
      for (const { name, body } of stored) {
        const read = storedBreakerSchema.safeParse(JSON.parse(body));
        if (read.success) entryOf(name, read.data);
      }
    },
    define(current: AgentDefinition[]): void {
      definitions = current;
      for (const definition of current) {
        for (const tool of definition.tools) entryOf(integrationOf(tool), null);
        for (const name of definition.nightdesk.critical) entryOf(name, null);
      }
    },
    list: (): Integration[] => [...entries].map(([name, entry]) => view(name, entry)),
    get(name: string): Integration | undefined {
      const entry = entries.get(name);
      return entry && view(name, entry);
    },
    refused,
    refuses: (name: string): boolean => (breakers.get(name)?.state ?? 'closed') !== 'closed',
    /** Since when it is not well; null while it is. */
    downSince: (name: string): number | null => entries.get(name)?.downSince ?? null,
    /** A tool call ended. @param error null is success */
    report(name: string, agent: string, effect: boolean, error: string | null): void {
      const entry = entryOf(name, null);
      entry.users.add(agent);
      entry.probe = null;
      if (error !== null) {
        entry.lastError = { message: error, at: now() };
        breakers.failed(name);
        return;
      }
      if (effect) entry.lastEffectAt = now();
      breakers.succeeded(name);
    },
    /** A task of this agent met one that refuses: its users are asked to probe. */
    met(name: string, agent: string): void {
      entryOf(name, null).users.add(agent);
    },
    wantsProbe,
    /** The integrations that an attempt of this agent, which starts now, is to probe. */
    takeProbes(agent: string, task: number): string[] {
      const names = refused().filter((name) => wantsProbe(name, agent) && breakers.admit(name));
      for (const name of names) entryOf(name, null).probe = { task, at: now() };
      return names;
    },
    /** An attempt is over; a probe that it never made goes to another. */
    leave(task: number): void {
      for (const [name, entry] of entries) {
        if (entry.probe?.task !== task) continue;
        entry.probe = null;
        breakers.inconclusive(name);
      }
    },
    /** A person says that it is well. */
    reset(name: string): void {
      breakers.reset(name);
    },
    /** The clock was put on, or set back (below 0). */
    clockJumped(byMs: number): void {
      for (const entry of byMs < 0 ? entries.values() : []) {
        if (entry.downSince !== null) entry.downSince += byMs;
        if (entry.probe !== null) entry.probe = { ...entry.probe, at: entry.probe.at + byMs };
      }
      breakers.clockJumped(byMs);
    },
    close: breakers.close,
  };
}
export type IntegrationDesk = ReturnType<typeof createIntegrationDesk>;
