import type { Incident, IncidentSeverity } from '#contract/incident.ts';
import type { Tone } from '../kit/index.ts';

/** An incident's state: the meaning of its colour, and its word. An open one that nobody notices yet can wait a little. */
export function incidentWord(incident: Pick<Incident, 'state' | 'severity'>): { tone: Tone; word: string } {
  switch (incident.state) {
    case 'open':
      return { tone: needsNow(incident) ? 'now' : 'soon', word: 'Open' };
    case 'acknowledged':
      return { tone: 'soon', word: 'Acknowledged' };
    case 'resolved':
      return { tone: 'met', word: 'Resolved' };
  }
}

/** Nobody has taken it, and customers notice. */
export function needsNow({ state, severity }: Pick<Incident, 'state' | 'severity'>): boolean {
  return state === 'open' && severity !== 'sev3';
}

/** What a severity means, and how loud it is drawn. */
export const SEVERITY_WORDS = {
  sev1: { tone: 'now', means: 'customers are stopped' },
  sev2: { tone: 'soon', means: 'customers notice' },
  sev3: { tone: 'quiet', means: 'nobody notices yet' },
} as const satisfies Record<IncidentSeverity, { tone: string; means: string }>;

const RANK: Record<Incident['state'], number> = { open: 0, acknowledged: 1, resolved: 2 };

/** Open ones first, then those somebody works on, then the resolved; the worst and newest first in each. */
export function openFirst(incidents: readonly Incident[]): Incident[] {
  return incidents.toSorted(
    (a, b) =>
      RANK[a.state] - RANK[b.state] ||
      (a.state === 'resolved' ? 0 : a.severity.localeCompare(b.severity)) ||
      b.openedAt - a.openedAt ||
      b.id - a.id,
  );
}

/** What the primary button of an incident does: it goes on with the run, or starts the best runbook. */
export type NextMove =
  | { kind: 'go-on'; run: number; title: string; step: string }
  | { kind: 'start'; runbook: string; title: string }
  | null;

/** @returns null when no runbook answers the incident, or when it is over */
export function nextMoveOf(incident: Incident): NextMove {
  const { run } = incident;
  if (run !== null) {
    const step = `step ${run.step} of ${run.steps}`;
    return { kind: 'go-on', run: run.id, title: run.title, step: run.next === null ? step : `${step}: ${run.next}` };
  }
  const [best] = incident.runbooks;
  if (best === undefined || incident.state === 'resolved') return null;
  return { kind: 'start', runbook: best.name, title: best.title };
}
