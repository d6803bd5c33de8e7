import type { Migration } from './index.ts';

/** Canaries and heartbeats. */
export const canary: Migration = {
  name: 'canary',
  sql: ``,
};
