import type { Migration } from './index.ts';

/** Rollups by minute and hour, and what on-call works on: alerts, incidents and their timelines. */
export const health: Migration = {
  name: 'health',
  sql: `
CREATE TABLE rollup (
  span TEXT NOT NULL,
  agent TEXT NOT NULL,
  start INTEGER NOT NULL,
  body TEXT NOT NULL,
  sketch BLOB NOT NULL,
  PRIMARY KEY (span, start, agent)
) WITHOUT ROWID;

CREATE TABLE health_state (
  agent TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  since INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  resolved_at INTEGER,
  acknowledged_by TEXT,
  agents TEXT NOT NULL,
  rehearsal INTEGER NOT NULL
);
CREATE INDEX incident_open ON incident (id) WHERE resolved_at IS NULL;

CREATE TABLE alert (
  id TEXT PRIMARY KEY,
  incident INTEGER NOT NULL REFERENCES incident (id),
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  summary TEXT NOT NULL,
  labels TEXT NOT NULL,
  value TEXT NOT NULL,
  error TEXT,
  fired_at INTEGER NOT NULL,
  resolved_at INTEGER
) WITHOUT ROWID;
CREATE INDEX alert_incident ON alert (incident);

CREATE TABLE incident_entry (
  incident INTEGER NOT NULL REFERENCES incident (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  actor TEXT
);
CREATE INDEX incident_entry_of ON incident_entry (incident, at);
`,
};
