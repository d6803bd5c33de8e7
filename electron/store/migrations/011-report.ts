import type { Migration } from './index.ts';

/** Reports that were made, each with its whole data set: what was handed over can be shown again. */
export const report: Migration = {
  name: 'report',
  sql: `
CREATE TABLE report (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  week TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX report_week ON report (week, id);

CREATE TABLE report_schedule (
  name TEXT PRIMARY KEY,
  fired_at INTEGER NOT NULL
) WITHOUT ROWID;
`,
};
