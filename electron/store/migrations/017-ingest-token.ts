import type { Migration } from './index.ts';

/*
 * Tokens of programs that only send, by name. `hash`: SHA-256 of the text, which is random enough to need no salt.
 * `used_at`: when somebody last came with it, to the minute.
 */
export const ingestToken: Migration = {
  name: 'ingestToken',
  sql: `
CREATE TABLE ingest_token (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
`,
};
