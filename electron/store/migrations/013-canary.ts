import type { Migration } from './index.ts';

/** The last canary of each agent, and what is usual of its successes. */
export const canary: Migration = {
  name: 'canary',
  sql: `
CREATE TABLE canary (
  agent TEXT PRIMARY KEY,
  body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE usual (
  agent TEXT PRIMARY KEY,
  body TEXT NOT NULL
) WITHOUT ROWID;
`,
};
