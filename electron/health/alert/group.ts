import type { Signal } from './rules.ts';
import { isBreaker } from './shipped.ts';

/** An alert of an incident that is open, as grouping sees it. */
export type Member = { kind: string; subject: string; labels: Record<string, string>; firedAt: number };
export type OpenIncident = { id: number; agents: string[]; alerts: Member[] };

/** What fires so soon after the last alert of an incident may belong to it, ms. */
export const GROUP_MS = 5 * 60_000;

/**
 * The open incident that an alert belongs to, the newest first: one whose last alert is at most GROUP_MS old, and which
 * 1. names the same provider or integration, or is an alert of another system by the same name: a storm is one incident; or
 * 2. concerns the agent that the alert is about. A breaker joins so only where no other breaker is the cause already:
 *    two providers that are down are two incidents.
 */
export function incidentFor(signal: Signal, open: readonly OpenIncident[], now: number): number | undefined {
  const agent = signal.labels.agent ?? signal.agents[0];
  return open
    .filter(({ alerts }) => alerts.some(({ firedAt }) => now - firedAt <= GROUP_MS))
    .toSorted((a, b) => b.id - a.id)
    .find(({ agents, alerts }) => {
      if (alerts.some((member) => sameParty(member.labels, signal.labels))) return true;
      if (agent === undefined || !agents.includes(agent)) return false;
      return !isBreaker(signal.kind) || !alerts.some(({ kind }) => isBreaker(kind));
    })?.id;
}

function sameParty(a: Record<string, string>, b: Record<string, string>): boolean {
  return ['provider', 'integration', 'alertname'].some((name) => a[name] !== undefined && a[name] === b[name]);
}
