import type { Database } from 'better-sqlite3';

export type IncidentRow = {
  id: number;
  title: string;
  state: 'open' | 'acknowledged' | 'resolved';
  opened_at: number;
  resolved_at: number | null;
  acknowledged_by: string | null;
  agents: string;
  rehearsal: number;
};
export type AlertRow = {
  id: string;
  incident: number;
  rule: string;
  /** What the rule fired about: a provider's name. With the rule it is the dedup key. */
  subject: string;
  state: 'firing' | 'resolved';
  summary: string;
  labels: string;
  value: string;
  error: string | null;
  fired_at: number;
  resolved_at: number | null;
};
export type EntryRow = { incident: number; at: number; kind: string; text: string; actor: string | null };

/** Statements on incidents, their alerts and timelines. They run inside the caller's transaction. */
export function prepareIncidents(db: Database) {
  const insert = db.prepare<unknown[]>(
    `INSERT INTO incident (title, state, opened_at, agents, rehearsal) VALUES (?, 'open', ?, ?, ?)`,
  );
  const update = db.prepare<unknown[]>(
    'UPDATE incident SET state = ?, resolved_at = ?, acknowledged_by = ?, agents = ? WHERE id = ?',
  );
  const open = db.prepare<[], IncidentRow>('SELECT * FROM incident WHERE resolved_at IS NULL ORDER BY id DESC');
  const recent = db.prepare<[number], IncidentRow>('SELECT * FROM incident ORDER BY id DESC LIMIT ?');
  const one = db.prepare<[number], IncidentRow>('SELECT * FROM incident WHERE id = ?');
  const writeAlert = db.prepare<unknown[]>(
    `INSERT OR REPLACE INTO alert (id, incident, rule, subject, state, summary, labels, value, error, fired_at, resolved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const alerts = db.prepare<[number], AlertRow>('SELECT * FROM alert WHERE incident = ? ORDER BY fired_at');
  const newestOf = db.prepare<[string, string], AlertRow>(
    'SELECT * FROM alert WHERE rule = ? AND subject = ? ORDER BY fired_at DESC LIMIT 1',
  );
  const writeEntry = db.prepare<unknown[]>(
    'INSERT INTO incident_entry (incident, at, kind, text, actor) VALUES (?, ?, ?, ?, ?)',
  );
  const entries = db.prepare<[number], EntryRow>(
    'SELECT * FROM incident_entry WHERE incident = ? ORDER BY at DESC, rowid DESC LIMIT 500',
  );
  const actions = db.prepare<[number], EntryRow>(
    `SELECT * FROM incident_entry WHERE incident = ? AND kind = 'action' ORDER BY at DESC, rowid DESC LIMIT 3`,
  );
  return {
    insert: (title: string, openedAt: number, agents: string, rehearsal: boolean): number =>
      Number(insert.run(title, openedAt, agents, rehearsal ? 1 : 0).lastInsertRowid),
    update: (row: IncidentRow): void => {
      update.run(row.state, row.resolved_at, row.acknowledged_by, row.agents, row.id);
    },
    open: (): IncidentRow[] => open.all(),
    recent: (limit: number): IncidentRow[] => recent.all(limit),
    one: (id: number): IncidentRow | undefined => one.get(id),
    writeAlert: (row: AlertRow): void => {
      writeAlert.run(
        row.id,
        row.incident,
        row.rule,
        row.subject,
        row.state,
        row.summary,
        row.labels,
        row.value,
        row.error,
        row.fired_at,
        row.resolved_at,
      );
    },
    alerts: (incident: number): AlertRow[] => alerts.all(incident),
    /** The last time this rule fired about this subject. */
    newestAlert: (rule: string, subject: string): AlertRow | undefined => newestOf.get(rule, subject),
    writeEntry: (row: EntryRow): void => {
      writeEntry.run(row.incident, row.at, row.kind, row.text, row.actor);
    },
    entries: (incident: number): EntryRow[] => entries.all(incident),
    /** The newest three actions: what a card says was done. */
    actions: (incident: number): EntryRow[] => actions.all(incident),
  };
}
export type Incidents = ReturnType<typeof prepareIncidents>;
