import type { Migration } from './index.ts';

/** Objectives set over the agents' files: the newest row of an agent is in force; one without a body takes it back. */
export const objective: Migration = {
  name: 'objective',
  sql: `
CREATE TABLE objective (
  id INTEGER PRIMARY KEY,
  agent TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT,
  actor TEXT NOT NULL
);
CREATE INDEX objective_agent ON objective (agent, id);
`,
};
