import type { Database } from 'better-sqlite3';
import type { IncidentSeverity } from '#contract/incident.ts';
import type { AlertRow } from './alert.ts';

export type IncidentRow = {
  id: number;
  title: string;
  state: 'open' | 'acknowledged' | 'resolved';
  opened_at: number;
  resolved_at: number | null;
  acknowledged_by: string | null;
  agents: string;
  rehearsal: number;
  severity: IncidentSeverity;
  opened_by: string | null;
  resolve_reason: string | null;
  impact_at: number | null;
  mitigated_at: number | null;
  merged_into: number | null;
};
export type EntryRow = { incident: number; at: number; kind: string; text: string; actor: string | null };

/** Statements on incidents, their alerts and timelines. They run inside the caller's transaction. */
export function prepareIncidents(db: Database) {
  const insert = db.prepare<unknown[]>(
    `INSERT INTO incident (title, state, opened_at, agents, rehearsal, severity) VALUES (?, 'open', ?, ?, ?, ?)`,
  );
  const update = db.prepare<unknown[]>(
    'UPDATE incident SET state = ?, resolved_at = ?, resolve_reason = ?, acknowledged_by = ?, agents = ?, severity = ? WHERE id = ?',
  );
  const open = db.prepare<[], IncidentRow>('SELECT * FROM incident WHERE resolved_at IS NULL ORDER BY id DESC');
  const recent = db.prepare<[number], IncidentRow>('SELECT * FROM incident ORDER BY id DESC LIMIT ?');
  const one = db.prepare<[number], IncidentRow>('SELECT * FROM incident WHERE id = ?');
  const alerts = db.prepare<[number], AlertRow>('SELECT * FROM alert WHERE incident = ? ORDER BY fired_at');
  const writeEntry = db.prepare<unknown[]>(
    'INSERT INTO incident_entry (incident, at, kind, text, actor) VALUES (?, ?, ?, ?, ?)',
  );
  const entries = db.prepare<[number], EntryRow>(
    'SELECT * FROM incident_entry WHERE incident = ? ORDER BY at DESC, rowid DESC LIMIT 500',
  );
  const timeline = db.prepare<[number], EntryRow>(
    'SELECT * FROM incident_entry WHERE incident = ? ORDER BY at DESC, rowid DESC',
  );
  const actions = db.prepare<[number], EntryRow>(
    `SELECT * FROM incident_entry WHERE incident = ? AND kind = 'action' ORDER BY at DESC, rowid DESC LIMIT 3`,
  );
  return {
    insert: (title: string, openedAt: number, agents: string, rehearsal: boolean, severity: IncidentSeverity): number =>
      Number(insert.run(title, openedAt, agents, rehearsal ? 1 : 0, severity).lastInsertRowid),
    update: (row: IncidentRow): void => {
      update.run(row.state, row.resolved_at, row.resolve_reason, row.acknowledged_by, row.agents, row.severity, row.id);
    },
    open: (): IncidentRow[] => open.all(),
    recent: (limit: number): IncidentRow[] => recent.all(limit),
    one: (id: number): IncidentRow | undefined => one.get(id),
    alerts: (incident: number): AlertRow[] => alerts.all(incident),
    writeEntry: (row: EntryRow): void => {
      writeEntry.run(row.incident, row.at, row.kind, row.text, row.actor);
    },
    /** The newest 500, newest first: what a page shows. */
    entries: (incident: number): EntryRow[] => entries.all(incident),
    /** All of them, newest first. */
    timeline: (incident: number): EntryRow[] => timeline.all(incident),
    /** The newest three actions: what a card says was done. */
    actions: (incident: number): EntryRow[] => actions.all(incident),
  };
}
export type Incidents = ReturnType<typeof prepareIncidents>;
