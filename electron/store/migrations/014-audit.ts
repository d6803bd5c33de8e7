import type { Migration } from './index.ts';

/** The audit log: append-only, each row hashed with the one before. */
export const audit: Migration = {
  name: 'audit',
  sql: ``,
};
