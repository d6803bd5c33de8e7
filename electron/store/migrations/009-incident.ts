import type { Migration } from './index.ts';

/*
 * Severity, times, roles, hand-overs, merges and reviews of incidents; what changed. Entries of timelines get a number of
 * their own, by which a merge finds again what it moved.
 */
export const incidentRoles: Migration = {
  name: 'incidentRoles',
  sql: `
ALTER TABLE incident ADD COLUMN severity TEXT NOT NULL DEFAULT 'sev2';
ALTER TABLE incident ADD COLUMN opened_by TEXT;
ALTER TABLE incident ADD COLUMN resolve_reason TEXT;
ALTER TABLE incident ADD COLUMN impact_at INTEGER;
ALTER TABLE incident ADD COLUMN mitigated_at INTEGER;
ALTER TABLE incident ADD COLUMN merged_into INTEGER;
CREATE INDEX incident_merged ON incident (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE incident_entry_kept (
  id INTEGER PRIMARY KEY,
  incident INTEGER NOT NULL REFERENCES incident (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  actor TEXT
);
INSERT INTO incident_entry_kept (incident, at, kind, text, actor)
  SELECT incident, at, kind, text, actor FROM incident_entry ORDER BY rowid;
DROP TABLE incident_entry;
ALTER TABLE incident_entry_kept RENAME TO incident_entry;
CREATE INDEX incident_entry_of ON incident_entry (incident, at);

CREATE TABLE incident_role (
  incident INTEGER NOT NULL REFERENCES incident (id),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  actor TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (incident, role, name)
) WITHOUT ROWID;

CREATE TABLE incident_handover (
  id INTEGER PRIMARY KEY,
  incident INTEGER NOT NULL REFERENCES incident (id),
  at INTEGER NOT NULL,
  role TEXT NOT NULL,
  actor TEXT NOT NULL,
  to_name TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX incident_handover_of ON incident_handover (incident, id);

CREATE TABLE incident_move (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  source INTEGER NOT NULL REFERENCES incident (id),
  target INTEGER NOT NULL REFERENCES incident (id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  undone_at INTEGER,
  body TEXT NOT NULL
);
CREATE INDEX incident_move_source ON incident_move (source, id);
CREATE INDEX incident_move_target ON incident_move (target, id);

CREATE TABLE incident_draft (
  incident INTEGER PRIMARY KEY REFERENCES incident (id),
  text TEXT NOT NULL,
  version INTEGER NOT NULL,
  edited_at INTEGER NOT NULL,
  actor TEXT NOT NULL
);

CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  before TEXT,
  after TEXT,
  actor TEXT
);
CREATE INDEX change_at ON change (at);

CREATE TABLE change_seen (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (kind, subject)
) WITHOUT ROWID;
`,
};
