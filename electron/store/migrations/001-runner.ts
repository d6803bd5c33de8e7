import type { Migration } from './index.ts';

/*
 * Tasks, their journal and their lanes. The partial indexes are the queues: a claim reads task_runnable, the timer reads
 * task_due, recovery reads task_running; a finished task stands in none of them.
 */
export const runner: Migration = {
  name: 'runner',
  sql: `
CREATE TABLE definition (
  hash TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  body TEXT NOT NULL,
  seen_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  agent TEXT NOT NULL,
  key TEXT,
  state TEXT NOT NULL,
  priority INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  run_at INTEGER,
  wait_kind TEXT,
  started_at INTEGER,
  claimed_at INTEGER,
  ended_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  definition TEXT,
  cost_usd REAL NOT NULL DEFAULT 0,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  marks INTEGER NOT NULL DEFAULT 0,
  model TEXT,
  reason TEXT,
  error TEXT,
  input TEXT NOT NULL,
  output TEXT
);
CREATE UNIQUE INDEX task_key ON task (agent, key) WHERE key IS NOT NULL;
CREATE INDEX task_runnable ON task (agent, priority DESC, id) WHERE state = 'queued';
CREATE INDEX task_due ON task (run_at) WHERE run_at IS NOT NULL;
CREATE INDEX task_waiting ON task (wait_kind, agent, id) WHERE wait_kind IS NOT NULL;
CREATE INDEX task_running ON task (id) WHERE state = 'running';
CREATE INDEX task_ended ON task (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX task_bad ON task (id) WHERE state IN ('failed', 'cancelled', 'in-doubt');

CREATE TABLE step (
  task INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  fingerprint TEXT,
  effect_key TEXT,
  request TEXT,
  result TEXT,
  error TEXT,
  call TEXT,
  PRIMARY KEY (task, seq)
) WITHOUT ROWID;

CREATE TABLE attempt (
  task INTEGER NOT NULL,
  number INTEGER NOT NULL,
  worker TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT,
  backoff_ms INTEGER,
  replayed TEXT,
  PRIMARY KEY (task, number)
) WITHOUT ROWID;

CREATE TABLE lane (
  agent TEXT PRIMARY KEY,
  intake TEXT NOT NULL DEFAULT 'open',
  intake_since INTEGER,
  intake_until INTEGER,
  intake_by TEXT,
  route_to TEXT,
  route_since INTEGER,
  route_until INTEGER,
  route_by TEXT
) WITHOUT ROWID;

CREATE TABLE action_key (
  key TEXT PRIMARY KEY,
  action TEXT NOT NULL,
  accepted_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE provider (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL
) WITHOUT ROWID;
`,
};
