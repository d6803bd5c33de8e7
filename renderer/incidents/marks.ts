import type { IncidentDetail } from '#contract/incident.ts';

/** Something on the time axis of an incident's chart. */
export type Mark = { at: number; kind: 'alert' | 'action' | 'change'; text: string };

/** Alerts, what was done, and what changed, oldest first. A person's intervention is an action once the incident began. */
export function marksOf(incident: Pick<IncidentDetail, 'timeline' | 'changes' | 'openedAt'>): Mark[] {
  const told = incident.timeline.flatMap(({ at, kind, text }): Mark[] =>
    kind === 'alert' || kind === 'action' ? [{ at, kind, text }] : [],
  );
  const changed = incident.changes
    .filter(({ concerns, kind, at }) => concerns && (kind !== 'intervention' || at < incident.openedAt))
    .map(({ at, kind, subject, text }): Mark => {
      const whole = kind === 'definition' || kind === 'settings' ? `${subject}: ${text}` : text;
      return { at, kind: 'change', text: whole };
    });
  return [...told, ...changed].toSorted((a, b) => a.at - b.at);
}
