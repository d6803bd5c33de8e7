import type { Migration } from './index.ts';

/** The board counts the tasks in doubt with every frame: among the bad ones of a year they are few. */
export const inDoubt: Migration = {
  name: 'in doubt',
  sql: `CREATE INDEX task_in_doubt ON task (id) WHERE state = 'in-doubt';`,
};
