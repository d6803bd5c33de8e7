import { type Alert, labelsSchema } from '#contract/alert.ts';
import { type Actor, actorSchema } from '#contract/basic.ts';
import { type Incident, type IncidentDetail, type TimelineEntry, timelineEntrySchema } from '#contract/incident.ts';
import type { AlertRow, EntryRow, IncidentRow } from '../../store/incident.ts';

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

export function alertOf(row: AlertRow, acknowledged: boolean): Alert {
  return {
    id: row.id,
    key: `${row.rule}:${row.subject}`,
    rule: row.rule,
    subject: row.subject,
    severity: 'page',
    covers: [],
    incident: row.incident,
    pendingSince: null,
    acknowledgedBy: null,
    acknowledgedUntil: null,
    escalated: 0,
    state: row.state === 'firing' && acknowledged ? 'acknowledged' : row.state,
    summary: row.summary,
    labels: labelsSchema.parse(JSON.parse(row.labels)),
    value: row.value,
    error: row.error,
    firedAt: row.fired_at,
    resolvedAt: row.resolved_at,
  };
}

export function entryOf(row: EntryRow): TimelineEntry {
  return timelineEntrySchema.parse({ at: row.at, kind: row.kind, text: row.text, by: actorOf(row.actor) });
}

/** An incident from its rows, newest timeline entry first. */
export function incidentOf(
  row: IncidentRow,
  alerts: AlertRow[],
  entries: EntryRow[],
  around: Surroundings,
): IncidentDetail {
  const timeline = entries.map(entryOf);
  const done = timeline.filter((entry) => entry.kind === 'action').map((entry) => entry.text);
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    openedAt: row.opened_at,
    resolvedAt: row.resolved_at,
    acknowledgedBy: actorOf(row.acknowledged_by),
    rehearsal: row.rehearsal === 1,
    alerts: alerts.map((alert) => alertOf(alert, row.acknowledged_by !== null)),
    agents: JSON.parse(row.agents) as string[],
    runbooks: around.runbooks,
    run: around.run,
    touches: around.touches,
    changed: around.changed,
    done: done.length === 0 ? 'nothing yet' : done.slice(0, 3).toReversed().join('; '),
    timeline,
  };
}
