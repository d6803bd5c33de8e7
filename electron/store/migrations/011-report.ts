import type { Migration } from './index.ts';

/** Reports that were made. */
export const report: Migration = {
  name: 'report',
  sql: ``,
};
