import type { Migration } from './index.ts';

/*
 * Runs of runbooks. A run keeps everything it needs to go on after a restart, whatever became of its file meanwhile: a
 * step's body holds the step as it was parsed, its key, its receipt and how far its check has come.
 */
export const runbook: Migration = {
  name: 'runbook',
  sql: `
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  runbook TEXT NOT NULL,
  incident INTEGER,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT,
  body TEXT NOT NULL
);
CREATE INDEX run_open ON run (id) WHERE ended_at IS NULL;
CREATE INDEX run_incident ON run (incident, id) WHERE incident IS NOT NULL;
CREATE INDEX run_runbook ON run (runbook, id);

CREATE TABLE run_step (
  run INTEGER NOT NULL REFERENCES run (id),
  idx INTEGER NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run, idx)
) WITHOUT ROWID;
`,
};
