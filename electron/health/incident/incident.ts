import { z } from 'zod';
import type { Alert } from '#contract/alert.ts';
import { type Actor, actorSchema } from '#contract/basic.ts';
import { type Incident, type IncidentTimes, type TimelineEntry, timelineEntrySchema } from '#contract/incident.ts';
import type { EntryRow, IncidentRow } from '../../store/incident.ts';
import type { RoleRow } from '../../store/incident-work.ts';

const agentNamesSchema = z.array(z.string());

/** What an incident card says beside its rows, from live state. */
export type Surroundings = {
  runbooks: Incident['runbooks'];
  run: Incident['run'];
  touches: string;
  changed: string;
};

export function actorOf(text: string | null): Actor | null {
  return text === null ? null : actorSchema.parse(JSON.parse(text));
}

export function entryOf(row: EntryRow): TimelineEntry {
  return timelineEntrySchema.parse({ at: row.at, kind: row.kind, text: row.text, by: actorOf(row.actor) });
}

/** An incident as a card shows it, from its rows. @param actions of its timeline, the newest first */
export function incidentOf(
  row: IncidentRow,
  alerts: Alert[],
  actions: EntryRow[],
  roles: RoleRow[],
  around: Surroundings,
): Incident {
  const done = actions.filter((entry) => entry.kind === 'action').map((entry) => entry.text);
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    severity: row.severity,
    openedAt: row.opened_at,
    openedBy: actorOf(row.opened_by),
    resolvedAt: row.resolved_at,
    // An alert that fires again opens it whatever a person said.
    resolveReason: row.state === 'resolved' ? row.resolve_reason : null,
    acknowledgedBy: actorOf(row.acknowledged_by),
    rehearsal: row.rehearsal === 1,
    times: timesOf(row),
    roles: roles.map(({ role, actor, since }) => ({ role, since, holder: actorSchema.parse(JSON.parse(actor)) })),
    mergedInto: row.merged_into,
    alerts,
    agents: agentsOf(row),
    runbooks: around.runbooks,
    run: around.run,
    touches: around.touches,
    changed: around.changed,
    done: done.length === 0 ? 'nothing yet' : done.slice(0, 3).toReversed().join('; '),
  };
}

/** Whom an incident concerns. */
export function agentsOf(row: IncidentRow): string[] {
  return agentNamesSchema.parse(JSON.parse(row.agents));
}

/** Its moments. What hurt until it was resolved is mitigated by then. */
export function timesOf(row: IncidentRow): IncidentTimes {
  return {
    impactAt: row.impact_at,
    detectedAt: row.opened_at,
    mitigatedAt: row.impact_at === null ? null : (row.mitigated_at ?? row.resolved_at),
    resolvedAt: row.resolved_at,
  };
}
