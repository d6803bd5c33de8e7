import type { Migration } from './index.ts';

/** Alerts with a life of their own: covers, acknowledgements, escalation; silences. */
export const alerts: Migration = {
  name: 'alerts',
  sql: ``,
};
