import type { Database } from 'better-sqlite3';
import { runner } from './001-runner.ts';
import { health } from './002-health.ts';
import { runbook } from './003-runbook.ts';
import { inDoubt } from './004-in-doubt.ts';
import { people } from './005-people.ts';
import { alerts } from './006-alerts.ts';
import { delivery } from './007-delivery.ts';
import { objective } from './008-objective.ts';
import { incidentRoles } from './009-incident.ts';
import { sample } from './010-sample.ts';
import { report } from './011-report.ts';
import { event } from './012-event.ts';
import { canary } from './013-canary.ts';
import { badTasks } from './014-bad-tasks.ts';
import { audit } from './015-audit.ts';
import { runbookUse } from './016-runbook-use.ts';
import { ingestToken } from './017-ingest-token.ts';

/** One step of the schema. Never edited once released: a change is a new one. */
export type Migration = { name: string; sql: string };

const MIGRATIONS: Migration[] = [
  runner,
  health,
  runbook,
  inDoubt,
  people,
  alerts,
  delivery,
  objective,
  incidentRoles,
  sample,
  report,
  event,
  canary,
  badTasks,
  audit,
  runbookUse,
  ingestToken,
];

/** The newest schema that this version knows. */
export const SCHEMA = MIGRATIONS.length;

/** @throws for a database that a newer version wrote; nothing of it is touched before */
export function refuseNewer(db: Database): void {
  const found = schemaOf(db);
  if (found <= SCHEMA) return;
  throw new Error(
    `the database has schema ${found}, this Nightdesk knows ${SCHEMA}: it was written by a newer version; install that one`,
  );
}

function schemaOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** Brings a database to the newest schema, each migration in a transaction of its own (user_version counts them). */
export function migrate(db: Database): void {
  const done = schemaOf(db);
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < done) continue;
    db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}
