import type { Migration } from './index.ts';

/** The outbox of messages to routes. */
export const delivery: Migration = {
  name: 'delivery',
  sql: ``,
};
