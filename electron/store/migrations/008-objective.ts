import type { Migration } from './index.ts';

/** Objectives set in the console. */
export const objective: Migration = {
  name: 'objective',
  sql: ``,
};
