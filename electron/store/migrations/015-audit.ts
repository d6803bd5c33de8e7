import type { Migration } from './index.ts';

/*
 * The audit log: append-only, each row hashed with the one before. `audit_next` lets no number be left out or written twice,
 * and with it refuses what INSERT OR REPLACE would remove without a DELETE.
 */
export const audit: Migration = {
  name: 'audit',
  sql: `
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  via TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log takes no changes'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit log forgets nothing'); END;
CREATE TRIGGER audit_next BEFORE INSERT ON audit
WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
BEGIN SELECT raise(ABORT, 'the audit log counts without gaps'); END;
`,
};
