import type { Migration } from './index.ts';

/*
 * People in the loop, families of tasks, spending, integrations, schedules. A question parks its task; its answer becomes
 * the result of a journal step.
 */
export const people: Migration = {
  name: 'people',
  sql: `
ALTER TABLE task ADD COLUMN origin TEXT;
ALTER TABLE task ADD COLUMN limit_usd REAL;
ALTER TABLE task ADD COLUMN per TEXT;
ALTER TABLE lane ADD COLUMN intake_reason TEXT;
ALTER TABLE lane ADD COLUMN set_concurrency INTEGER;
ALTER TABLE lane ADD COLUMN set_budget_usd REAL;
ALTER TABLE lane ADD COLUMN set_since INTEGER;
ALTER TABLE lane ADD COLUMN set_until INTEGER;
ALTER TABLE lane ADD COLUMN set_by TEXT;
ALTER TABLE task ADD COLUMN children_usd REAL NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN cancelling INTEGER NOT NULL DEFAULT 0;
CREATE INDEX task_origin ON task (json_extract(origin, '$.task')) WHERE origin IS NOT NULL;

CREATE TABLE question (
  id INTEGER PRIMARY KEY,
  task INTEGER NOT NULL,
  agent TEXT NOT NULL,
  step TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  choices TEXT NOT NULL,
  details TEXT,
  asked_at INTEGER NOT NULL,
  deadline INTEGER,
  on_deadline TEXT,
  answered_at INTEGER,
  answer TEXT,
  actor TEXT,
  rehearsal INTEGER NOT NULL
);
CREATE INDEX question_task ON question (task);
CREATE INDEX question_open ON question (id) WHERE answered_at IS NULL;
CREATE INDEX question_due ON question (deadline) WHERE answered_at IS NULL AND deadline IS NOT NULL;

CREATE TABLE spend (
  day TEXT NOT NULL,
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  usd REAL NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (day, scope, name)
) WITHOUT ROWID;

CREATE TABLE integration (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE provider_event (
  at INTEGER NOT NULL,
  provider TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX provider_event_at ON provider_event (provider, at);

CREATE INDEX task_pinned ON task (agent, priority DESC, id) WHERE state = 'queued' AND definition IS NOT NULL;

CREATE TABLE spent_key (
  agent TEXT NOT NULL,
  key TEXT NOT NULL,
  task INTEGER NOT NULL,
  input TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (agent, key)
) WITHOUT ROWID;
CREATE INDEX spent_key_until ON spent_key (until);

CREATE TABLE schedule (
  agent TEXT PRIMARY KEY,
  cron TEXT NOT NULL,
  fired_at INTEGER NOT NULL,
  task INTEGER
) WITHOUT ROWID;

CREATE TABLE rate (
  agent TEXT PRIMARY KEY,
  tokens REAL NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX task_busy ON task (agent, per) WHERE per IS NOT NULL AND state IN ('running', 'retrying');
CREATE INDEX task_turn ON task (agent, per, priority DESC, id) WHERE wait_kind = 'turn';
`,
};
