import type { Database } from 'better-sqlite3';
import type { Severity } from '#contract/alert.ts';

/** One firing of an alert. */
export type AlertRow = {
  id: string;
  /** Where it stands; a merge or split of incidents moves it. */
  incident: number;
  rule: string;
  subject: string;
  state: 'firing' | 'resolved';
  summary: string;
  labels: string;
  value: string;
  error: string | null;
  fired_at: number;
  resolved_at: number | null;
  /** The dedup key; empty in rows of a version that had none. */
  key: string;
  kind: string;
  severity: Severity;
  pending_since: number | null;
  /** The first acknowledgement, and whose the last is. */
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  escalated: number;
  /** 1 when people were told of it. */
  told: number;
};
/** What is kept of an alert between two looks: `alert` is its newest firing, the others are JSON. */
export type StandingRow = { about: string; key: string; alert: string | null; signal: string; body: string };
/** `planned`: the end it was given first. */
export type SilenceRow = {
  id: number;
  matcher: string;
  reason: string;
  by: string;
  from: number;
  until: number;
  planned: number;
  ended_by: string | null;
};
/** How often a rule fired, and when last. */
export type FiredRow = { rule: string; fired: number; last: number };

/** Statements on alerts and silences. They run inside the caller's transaction. */
export function prepareAlerts(db: Database) {
  const standings = db.prepare<[], StandingRow>('SELECT * FROM alert_standing');
  const standing = db.prepare<[string], StandingRow>('SELECT * FROM alert_standing WHERE about = ?');
  const writeStanding = db.prepare<StandingRow>(
    'INSERT OR REPLACE INTO alert_standing VALUES (@about, @key, @alert, @signal, @body)',
  );
  const removeStanding = db.prepare<[string]>('DELETE FROM alert_standing WHERE about = ?');
  const write = db.prepare<AlertRow>(
    `INSERT OR REPLACE INTO alert (id, incident, rule, subject, state, summary, labels, value, error, fired_at, resolved_at, key, kind,
       severity, pending_since, acknowledged_at, acknowledged_by, escalated, told)
     VALUES (@id, @incident, @rule, @subject, @state, @summary, @labels, @value, @error, @fired_at, @resolved_at, @key, @kind,
       @severity, @pending_since, @acknowledged_at, @acknowledged_by, @escalated, @told)`,
  );
  const one = db.prepare<[string], AlertRow>('SELECT * FROM alert WHERE id = ?');
  const ofIncident = db.prepare<[number], AlertRow>('SELECT * FROM alert WHERE incident = ? ORDER BY fired_at');
  const keyless = db.prepare<[], AlertRow>(`SELECT * FROM alert WHERE key = '' AND state = 'firing' ORDER BY fired_at`);
  const ofRule = db.prepare<[string, number, number], AlertRow>(
    'SELECT * FROM alert WHERE rule = ? AND fired_at >= ? ORDER BY fired_at DESC LIMIT ?',
  );
  const since = db.prepare<[number, number], AlertRow>(
    'SELECT * FROM alert WHERE fired_at >= ? ORDER BY fired_at DESC LIMIT ?',
  );
  const fired = db.prepare<[number], FiredRow>(
    'SELECT rule, count(*) AS fired, max(fired_at) AS last FROM alert WHERE fired_at >= ? GROUP BY rule',
  );
  const silences = db.prepare<[number], SilenceRow>('SELECT * FROM silence WHERE until > ? ORDER BY until, id');
  const silence = db.prepare<[number], SilenceRow>('SELECT * FROM silence WHERE id = ?');
  const insertSilence = db.prepare<Omit<SilenceRow, 'id' | 'ended_by'>>(
    `INSERT INTO silence (matcher, reason, by, "from", until, planned) VALUES (@matcher, @reason, @by, @from, @until, @planned)`,
  );
  const endSilence = db.prepare<[number, string, number]>('UPDATE silence SET until = ?, ended_by = ? WHERE id = ?');
  const moveSilences = db.prepare<[number, number, number, number]>(
    `UPDATE silence SET "from" = "from" - ?, until = until - ?, planned = planned - ? WHERE "from" > ?`,
  );
  return {
    standings: (): StandingRow[] => standings.all(),
    standing: (about: string): StandingRow | undefined => standing.get(about),
    writeStanding: (row: StandingRow): void => {
      writeStanding.run(row);
    },
    removeStanding: (about: string): void => {
      removeStanding.run(about);
    },
    write: (row: AlertRow): void => {
      write.run(row);
    },
    one: (id: string): AlertRow | undefined => one.get(id),
    ofIncident: (incident: number): AlertRow[] => ofIncident.all(incident),
    /** Firing ones that an older version wrote. */
    keyless: (): AlertRow[] => keyless.all(),
    ofRule: (rule: string, from: number, limit: number): AlertRow[] => ofRule.all(rule, from, limit),
    since: (from: number, limit: number): AlertRow[] => since.all(from, limit),
    fired: (from: number): FiredRow[] => fired.all(from),
    /** Those that end after a moment. */
    silences: (after: number): SilenceRow[] => silences.all(after),
    silence: (id: number): SilenceRow | undefined => silence.get(id),
    insertSilence: (row: Omit<SilenceRow, 'id' | 'ended_by'>): number => Number(insertSilence.run(row).lastInsertRowid),
    endSilence: (id: number, at: number, by: string): void => {
      endSilence.run(at, by, id);
    },
    /** Those that begin after a moment stand that much earlier: the clock that they were made by was ahead. */
    moveSilences: (after: number, byMs: number): void => {
      moveSilences.run(byMs, byMs, byMs, after);
    },
  };
}
export type Alerts = ReturnType<typeof prepareAlerts>;
