import type { Migration } from './index.ts';

/*
 * Alerts with a life of their own. `alert_standing` is what is kept of each between two looks, by what it is about;
 * `alert` gets a row each time it fires. A silence that was ended early keeps its row: reports say what was silenced.
 */
export const alerts: Migration = {
  name: 'alerts',
  sql: `
CREATE TABLE alert_standing (
  about TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  alert TEXT,
  signal TEXT NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;

ALTER TABLE alert ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN severity TEXT NOT NULL DEFAULT 'page';
ALTER TABLE alert ADD COLUMN pending_since INTEGER;
ALTER TABLE alert ADD COLUMN acknowledged_at INTEGER;
ALTER TABLE alert ADD COLUMN acknowledged_by TEXT;
ALTER TABLE alert ADD COLUMN escalated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
CREATE INDEX alert_fired ON alert (fired_at);
CREATE INDEX alert_rule ON alert (rule, fired_at);

CREATE TABLE silence (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  matcher TEXT NOT NULL,
  reason TEXT NOT NULL,
  by TEXT NOT NULL,
  "from" INTEGER NOT NULL,
  until INTEGER NOT NULL,
  planned INTEGER NOT NULL,
  ended_by TEXT
);
CREATE INDEX silence_until ON silence (until);
`,
};
