import type { Migration } from './index.ts';

/*
 * Rollups by type, with hours merged into days and both latencies; ends that the row of a task may lose; and what other
 * runtimes tell. `open_task`: their tasks that have not ended; `late_end`: ends of closed hours that no written bucket holds yet.
 */
export const event: Migration = {
  name: 'event',
  sql: `
CREATE TABLE rollup_of_type (
  span TEXT NOT NULL,
  agent TEXT NOT NULL,
  type TEXT NOT NULL,
  start INTEGER NOT NULL,
  body TEXT NOT NULL,
  latency BLOB NOT NULL,
  running BLOB,
  PRIMARY KEY (span, agent, type, start)
) WITHOUT ROWID;
INSERT INTO rollup_of_type (span, agent, type, start, body, latency)
  SELECT span, agent, 'default', start, body, sketch FROM rollup;
DROP TABLE rollup;
ALTER TABLE rollup_of_type RENAME TO rollup;
CREATE INDEX rollup_start ON rollup (span, start);

CREATE TABLE kept_end (
  agent TEXT NOT NULL,
  task TEXT NOT NULL,
  at INTEGER NOT NULL,
  doubt INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (agent, task, at)
) WITHOUT ROWID;
CREATE INDEX kept_end_at ON kept_end (at);
CREATE INDEX kept_end_doubt ON kept_end (agent, task) WHERE doubt = 1;

CREATE TABLE event (
  runtime TEXT NOT NULL,
  task TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  agent TEXT NOT NULL,
  type TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (runtime, task, sequence)
) WITHOUT ROWID;
CREATE INDEX event_at ON event (at);

CREATE TABLE late_end (
  runtime TEXT NOT NULL,
  task TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (runtime, task, sequence)
) WITHOUT ROWID;

CREATE TABLE open_task (
  runtime TEXT NOT NULL,
  task TEXT NOT NULL,
  agent TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  started_at INTEGER,
  PRIMARY KEY (runtime, task)
) WITHOUT ROWID;
CREATE INDEX open_task_age ON open_task (agent, accepted_at);

CREATE TABLE foreign_agent (
  id TEXT PRIMARY KEY,
  runtime TEXT NOT NULL,
  last_event_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE ingest_count (
  name TEXT PRIMARY KEY,
  n INTEGER NOT NULL
) WITHOUT ROWID;
`,
};
