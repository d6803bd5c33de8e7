import type { Migration } from './index.ts';

/** Severity, roles, merges and hand-overs of incidents. */
export const incidentRoles: Migration = {
  name: 'incidentRoles',
  sql: ``,
};
