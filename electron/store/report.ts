import type { Database } from 'better-sqlite3';
import type { IncidentRow } from './incident.ts';

export type ReportRow = { id: number; week: string; made_at: number; made_by: string; hash: string; body: string };

/** A firing, as a report counts it. `acted`: something was done in its incident, or a runbook run for it. */
export type FiredRow = {
  rule: string;
  severity: 'page' | 'ticket';
  told: number;
  acknowledged_at: number | null;
  acted: number;
};

/** Statements on reports. The writing ones run inside the caller's transaction. */
export function prepareReports(db: Database) {
  const insert = db.prepare<Omit<ReportRow, 'id'>>(
    'INSERT INTO report (week, made_at, made_by, hash, body) VALUES (@week, @made_at, @made_by, @hash, @body)',
  );
  const one = db.prepare<[number], ReportRow>('SELECT * FROM report WHERE id = ?');
  const newest = db.prepare<[number], ReportRow>('SELECT * FROM report ORDER BY id DESC LIMIT ?');
  const touching = db.prepare<[number, number], IncidentRow>(
    'SELECT * FROM incident WHERE opened_at < ? AND (resolved_at IS NULL OR resolved_at >= ?) AND merged_into IS NULL ORDER BY id',
  );
  const alerts = db.prepare<[number, number], FiredRow>(
    `SELECT rule, severity, told, acknowledged_at, EXISTS (
       SELECT 1 FROM incident_entry WHERE incident_entry.incident = alert.incident AND kind IN ('action', 'run')
     ) AS acted FROM alert WHERE fired_at >= ? AND fired_at < ?`,
  );
  const fired = db.prepare<[string], { fired_at: number }>('SELECT fired_at FROM report_schedule WHERE name = ?');
  const fire = db.prepare<unknown[]>('INSERT OR REPLACE INTO report_schedule (name, fired_at) VALUES (?, ?)');
  return {
    insert: (row: Omit<ReportRow, 'id'>): number => Number(insert.run(row).lastInsertRowid),
    one: (id: number): ReportRow | undefined => one.get(id),
    newest: (limit: number): ReportRow[] => newest.all(limit),
    /** Incidents that were open at some moment of [from, to). */
    incidents: (from: number, to: number): IncidentRow[] => touching.all(to, from),
    /** What fired in [from, to). */
    alerts: (from: number, to: number): FiredRow[] => alerts.all(from, to),
    /** When a schedule made its last report; undefined before the first. */
    firedAt: (name: string): number | undefined => fired.get(name)?.fired_at,
    fire: (name: string, at: number): void => {
      fire.run(name, at);
    },
  };
}
export type Reports = ReturnType<typeof prepareReports>;
