import type { Migration } from './index.ts';

/** What runs need beyond their steps: hand-overs, approvals, leases; and how runbooks are used. */
export const runbookUse: Migration = {
  name: 'runbookUse',
  sql: ``,
};
