import type { Database } from 'better-sqlite3';
import type { ProviderEvent } from '#contract/provider.ts';

/** Events of a provider that are kept; older ones go. */
const KEPT = 1_000;

/** Statements on what befell providers. They run inside the caller's transaction. */
export function prepareProviderEvents(db: Database) {
  const insert = db.prepare<unknown[]>('INSERT INTO provider_event (at, provider, kind, text) VALUES (?, ?, ?, ?)');
  const prune = db.prepare<[string, string, number]>(
    'DELETE FROM provider_event WHERE provider = ? AND at < (SELECT at FROM provider_event WHERE provider = ? ORDER BY at DESC LIMIT 1 OFFSET ?)',
  );
  const of = db.prepare<[string, number], ProviderEvent>(
    'SELECT at, provider, kind, text FROM provider_event WHERE provider = ? ORDER BY at DESC, rowid DESC LIMIT ?',
  );
  const all = db.prepare<[number], ProviderEvent>(
    'SELECT at, provider, kind, text FROM provider_event ORDER BY at DESC, rowid DESC LIMIT ?',
  );
  return {
    write: ({ at, provider, kind, text }: ProviderEvent): void => {
      insert.run(at, provider, kind, text);
      prune.run(provider, provider, KEPT);
    },
    /** Newest first. */
    list: (provider: string | undefined, limit: number): ProviderEvent[] =>
      provider === undefined ? all.all(limit) : of.all(provider, limit),
  };
}
