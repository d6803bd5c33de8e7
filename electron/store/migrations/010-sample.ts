import type { Migration } from './index.ts';

/*
 * Sampled outputs and what people say of them. A sample holds copies of what is judged, so that retention need not wait for
 * people; sample_day counts how many there were to draw from. `counted`: the rollups count it as
 * incorrect.
 */
export const sample: Migration = {
  name: 'sample',
  sql: `
CREATE TABLE sample (
  id INTEGER PRIMARY KEY,
  task INTEGER NOT NULL UNIQUE,
  agent TEXT NOT NULL,
  type TEXT NOT NULL,
  class TEXT NOT NULL,
  chance REAL NOT NULL,
  ended_at INTEGER NOT NULL,
  marks INTEGER NOT NULL,
  model TEXT,
  rehearsal INTEGER NOT NULL,
  counted INTEGER NOT NULL DEFAULT 0,
  ended TEXT NOT NULL,
  copy TEXT,
  score TEXT,
  verdict TEXT,
  note TEXT,
  actor TEXT,
  judged_at INTEGER
);
CREATE INDEX sample_open ON sample (agent, ended_at) WHERE verdict IS NULL;
CREATE INDEX sample_judged ON sample (agent, judged_at) WHERE verdict IS NOT NULL;
CREATE INDEX sample_uncounted ON sample (id) WHERE (verdict IS 'incorrect') <> counted;
CREATE INDEX sample_kept ON sample (judged_at) WHERE copy IS NOT NULL AND verdict IS NOT NULL;

CREATE TABLE sample_day (
  agent TEXT NOT NULL,
  type TEXT NOT NULL,
  class TEXT NOT NULL,
  rehearsal INTEGER NOT NULL,
  day INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  scored INTEGER NOT NULL,
  passed INTEGER NOT NULL,
  PRIMARY KEY (agent, type, class, rehearsal, day)
) WITHOUT ROWID;

CREATE TABLE sample_reach (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  ended_at INTEGER NOT NULL,
  tasks TEXT NOT NULL
);
`,
};
