import type { Migration } from './index.ts';

/*
 * The outbox of messages to routes, how each route stands, what an Alertmanager was told and has to hear again, and what
 * one told us. Ids are never given twice: a row that is gone keeps its number.
 */
export const delivery: Migration = {
  name: 'delivery',
  sql: `
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  route TEXT NOT NULL,
  kind TEXT NOT NULL,
  dedup TEXT NOT NULL,
  alert TEXT,
  incident INTEGER,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  in_doubt INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  ended_at INTEGER,
  error TEXT
);
CREATE INDEX delivery_due ON delivery (route, dedup, id) WHERE state = 'due';
CREATE INDEX delivery_ended ON delivery (ended_at) WHERE state <> 'due';
CREATE INDEX delivery_route ON delivery (route, id);

CREATE TABLE route_standing (
  route TEXT PRIMARY KEY,
  failing_since INTEGER,
  failures INTEGER NOT NULL,
  last_sent_at INTEGER,
  last_error TEXT
) WITHOUT ROWID;

CREATE TABLE route_firing (
  route TEXT NOT NULL,
  dedup TEXT NOT NULL,
  delivery INTEGER NOT NULL,
  PRIMARY KEY (route, dedup)
) WITHOUT ROWID;

CREATE TABLE outside_alert (
  fingerprint TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  heard_at INTEGER NOT NULL
) WITHOUT ROWID;
`,
};
