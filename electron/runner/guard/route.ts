import type { AgentDefinition } from '#contract/agent.ts';

/*
 * Which provider serves the next model call of a task: the agent's route in the order in force, less what cannot serve.
 * Pure; the engine holds breakers and calls it.
 */

/** One entry of a route, split. */
export type Hop = { provider: string; model: string };

/** After so many failed calls at one provider a task tries the next one, while there is one. */
const FAILURES_TO_MOVE_ON = 2;

export function hopOf(reference: string): Hop {
  const slash = reference.indexOf('/');
  return { provider: reference.slice(0, slash), model: reference.slice(slash + 1) };
}

/** Every model an agent may call: its route, and the models that judge and score its outputs. */
export function modelsOf(definition: Pick<AgentDefinition, 'model' | 'nightdesk'>): string[] {
  const { judge, sample } = definition.nightdesk;
  return [...definition.model, ...[judge, sample.judge].flatMap((one) => one?.model ?? [])];
}

/**
 * The route in force: rerouted traffic goes to the chosen provider first, and from there on along the file's order.
 * @param to a provider of the route, or null for the file's own order
 */
export function routeInForce(route: Hop[], to: string | null): Hop[] {
  if (to === null) return route;
  const chosen = route.filter((hop) => hop.provider === to);
  return [...chosen, ...route.filter((hop) => hop.provider !== to)];
}

/**
 * @param usable whether the provider is configured at all
 * @param admit asks the provider for the call: called for one at a time, in order, until one takes it
 * @param failedCalls failed calls of this task by provider
 * @returns the hop to take, or null when no provider can serve now
 */
export function chooseHop(
  route: Hop[],
  usable: (provider: string) => boolean,
  admit: (provider: string, hop: Hop) => boolean,
  failedCalls: ReadonlyMap<string, number>,
): Hop | null {
  const candidates = route.filter((hop) => usable(hop.provider));
  const fresh = candidates.filter((hop) => (failedCalls.get(hop.provider) ?? 0) < FAILURES_TO_MOVE_ON);
  const tired = candidates.filter((hop) => !fresh.includes(hop));
  return [...fresh, ...tired].find((hop) => admit(hop.provider, hop)) ?? null;
}
