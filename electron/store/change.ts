import type { Database } from 'better-sqlite3';
import type { Change } from '#contract/incident.ts';
import type { ProviderEvent } from '#contract/provider.ts';

/** `before` and `after`: the hashes of a definition. */
export type ChangeRow = {
  at: number;
  kind: Change['kind'];
  subject: string;
  text: string;
  before: string | null;
  after: string | null;
  actor: string | null;
};

/** Changes that one question gives at most, the newest of its span. */
const MOST = 200;

/** Statements on what changed: deploys, interventions, settings, objectives. The writing ones run in the caller's transaction. */
export function prepareChanges(db: Database) {
  const insert = db.prepare<unknown[]>(
    'INSERT INTO change (at, kind, subject, text, before, after, actor) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const between = db.prepare<[number, number, number], ChangeRow>(
    'SELECT at, kind, subject, text, before, after, actor FROM change WHERE at >= ? AND at <= ? ORDER BY at DESC, id DESC LIMIT ?',
  );
  const providers = db.prepare<[number, number, number], ProviderEvent>(
    'SELECT at, provider, kind, text FROM provider_event WHERE at >= ? AND at <= ? ORDER BY at DESC, rowid DESC LIMIT ?',
  );
  const seen = db.prepare<[], { kind: string; subject: string; value: string }>(
    'SELECT kind, subject, value FROM change_seen',
  );
  const see = db.prepare<unknown[]>('INSERT OR REPLACE INTO change_seen (kind, subject, value) VALUES (?, ?, ?)');
  const definition = db.prepare<[string], { body: string }>('SELECT body FROM definition WHERE hash = ?');
  return {
    write: (row: ChangeRow): void => {
      insert.run(row.at, row.kind, row.subject, row.text, row.before, row.after, row.actor);
    },
    /** In [from, to], newest first. */
    between: (from: number, to: number): ChangeRow[] => between.all(from, to, MOST),
    /** What befell providers in [from, to], newest first. */
    providerEvents: (from: number, to: number): ProviderEvent[] => providers.all(from, to, MOST),
    /** What was in force when it was last looked at. */
    seen: () => seen.all(),
    see: (kind: Change['kind'], subject: string, value: string): void => {
      see.run(kind, subject, value);
    },
    /** The body of a definition; undefined for one that never ran. */
    definition: (hash: string): string | undefined => definition.get(hash)?.body,
  };
}
export type Changes = ReturnType<typeof prepareChanges>;
