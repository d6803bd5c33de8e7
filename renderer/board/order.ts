import type { AgentHealth, HealthState } from '#contract/health.ts';

const RANK: Record<HealthState, number> = { failing: 0, slow: 1, unknown: 2, met: 3, 'not-enough-data': 4 };

/** Worst first; within a state those that stand so for longest, then by name. */
export function worstFirst(agents: readonly AgentHealth[]): AgentHealth[] {
  return agents.toSorted((a, b) => RANK[a.state] - RANK[b.state] || a.since - b.since || a.name.localeCompare(b.name));
}

/** The agents in the order a person is looking at; those that came since stand below. */
export function inHeldOrder(agents: readonly AgentHealth[], order: readonly string[]): AgentHealth[] {
  const place = new Map(order.map((name, index) => [name, index]));
  return agents.toSorted((a, b) => (place.get(a.name) ?? order.length) - (place.get(b.name) ?? order.length));
}

/** Agents whose name or team holds the text, whatever its case. */
export function matching(agents: readonly AgentHealth[], text: string): AgentHealth[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...agents];
  return agents.filter((agent) => `${agent.name} ${agent.team ?? ''}`.toLowerCase().includes(wanted));
}
