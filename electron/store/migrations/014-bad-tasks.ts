import type { Migration } from './index.ts';

/*
 * The same index with its states spelled out. SQLite judges the condition of a partial index with every change of a task's
 * state, and for a list of more than two it builds a table each time: a third of what the end of a task cost.
 */
export const badTasks: Migration = {
  name: 'bad tasks',
  sql: `
DROP INDEX task_bad;
CREATE INDEX task_bad ON task (id) WHERE state = 'failed' OR state = 'cancelled' OR state = 'in-doubt';
`,
};
