-- A database as the released schema 3 left it when its desk was killed. @AGENTS@ stands for the folder with its agents.
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

PRAGMA user_version = 3;

INSERT INTO definition VALUES ('5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f', 'one-step', '{"name": "one-step", "description": "One journaled step a task, and nothing else.", "model": ["rehearsal/none"], "tools": [], "maxTurns": 20, "nightdesk": {"retry": {"attempts": 5, "initial": 1000, "factor": 2, "max": 60000, "jitter": "full"}, "limits": {"timeout": 120000}, "intake": {"concurrency": 512, "queue": 2000000}, "objective": {"success": 0.99, "window": 2592000000, "failure": ["failed", "incorrect"]}, "recovery": {}}, "prompt": "A code agent: see agent.ts.", "hash": "5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f", "folder": "@AGENTS@/one-step", "file": "@AGENTS@/one-step/agent.md", "inputSchema": null, "outputSchema": null, "toolsFile": null, "codeFile": "@AGENTS@/one-step/agent.ts", "rehearsalFile": null}', 1795000000000);
INSERT INTO task (id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, reason, input, output) VALUES (1, 'one-step', 'one', 'succeeded', 0, 1795000000500, NULL, NULL, 1795000001000, 1795000001500, 1795000002000, 1, 0, 0, 1, NULL, '5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f', NULL, '{"n":1}', '{"doubled":2}');
INSERT INTO task (id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, reason, input, output) VALUES (2, 'one-step', 'two', 'running', 0, 1795000000500, NULL, NULL, 1795000003000, 1795000003000, NULL, 1, 0, 0, 1, 'worker 1', '5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f', NULL, '{"n":2}', NULL);
INSERT INTO task (id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, reason, input, output) VALUES (3, 'one-step', 'three', 'queued', 0, 1795000000500, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, '{"n":3}', NULL);
INSERT INTO task (id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, reason, input, output) VALUES (4, 'one-step', 'four', 'retrying', 0, 1795000000500, 1795000090000, 'backoff', 1795000004000, 1795000004000, NULL, 1, 1, 0, 1, NULL, '5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f', 'it fails', '{"n":4}', NULL);
INSERT INTO task (id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, reason, input, output) VALUES (5, 'one-step', NULL, 'in-doubt', 0, 1795000000500, NULL, NULL, 1795000005000, 1795000005000, 1795000006000, 1, 0, 0, 1, NULL, '5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f', 'unclear', '{"n":5}', NULL);
INSERT INTO task (id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at, attempts, failures, crashes, epoch, worker, definition, reason, input, output) VALUES (6, 'one-step', 'six', 'failed', 0, 1795000000500, NULL, NULL, 1795000006000, 1795000006000, 1795000007000, 5, 5, 0, 5, NULL, '5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f', 'it fails', '{"n":6}', NULL);
INSERT INTO step VALUES (1, 0, 1, 'double', 'step', 'done', 1795000001600, 1795000001700, NULL, NULL, NULL, '{"doubled":2}', NULL, NULL);
INSERT INTO step VALUES (2, 0, 1, 'double', 'step', 'done', 1795000001600, 1795000001700, NULL, NULL, NULL, '{"doubled":2000}', NULL, NULL);
INSERT INTO step VALUES (5, 0, 1, 'send', 'effect', 'in-doubt', 1795000005100, NULL, NULL, 'k5', '{"to":"ledger"}', NULL, NULL, NULL);
INSERT INTO attempt VALUES (1, 1, 'worker 1', 1795000001500, 1795000002000, 'succeeded', NULL, NULL, NULL);
INSERT INTO lane VALUES ('two-effects', 'paused', 1795000000000, NULL, '{"name":"ada","via":"console"}', NULL, NULL, NULL, NULL);
INSERT INTO action_key VALUES ('pause-0001', '{"verb":"pause","agent":"two-effects"}', 1795000000000);
INSERT INTO provider VALUES ('rehearsal', '{"state":"closed","since":1795000000000,"probeAt":null,"cooldownMs":15000}');
INSERT INTO incident VALUES (1, 'anthropic does not answer', 'resolved', 1795000000000, 1795000600000, NULL, '["one-step"]', 0);
INSERT INTO alert VALUES ('a1', 1, 'provider-breaker-open', 'anthropic', 'resolved', 'its breaker opened', '{}', '1', NULL, 1795000000000, 1795000600000);
INSERT INTO incident_entry VALUES (1, 1795000000000, 'alert', 'its breaker opened', NULL);
INSERT INTO health_state VALUES ('one-step', 'healthy', 1795000000000);
