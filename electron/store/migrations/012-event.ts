import type { Migration } from './index.ts';

/** Ends of tasks that other runtimes tell. */
export const event: Migration = {
  name: 'event',
  sql: ``,
};
