import type { Migration } from './index.ts';

/*
 * What runs need beyond their steps. `run_act` holds each act of a run under its key, written before it goes out: the cap
 * on actions in an hour counts it. `route_share`: a route that takes a part of an agent's tasks.
 */
export const runbookUse: Migration = {
  name: 'runbookUse',
  sql: `
CREATE TABLE run_act (
  key TEXT PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  step TEXT NOT NULL,
  verb TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX run_act_at ON run_act (at);

ALTER TABLE lane ADD COLUMN route_share REAL NOT NULL DEFAULT 1;
`,
};
