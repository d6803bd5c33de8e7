import type { Database } from 'better-sqlite3';
import type { IngestToken } from '#contract/ingest-token.ts';

/** A token as the table holds it. */
export type IngestTokenRow = IngestToken & { hash: string };

/** Statements on the tokens of programs that only send. Those that write run inside the caller's transaction. */
export function prepareIngestTokens(db: Database) {
  const all = db.prepare<[], IngestTokenRow>(
    'SELECT name, hash, made_at AS madeAt, made_by AS madeBy, used_at AS usedAt FROM ingest_token ORDER BY name',
  );
  const has = db.prepare<[string]>('SELECT 1 FROM ingest_token WHERE name = ?');
  const insert = db.prepare<IngestTokenRow>(
    'INSERT INTO ingest_token (name, hash, made_at, made_by, used_at) VALUES (@name, @hash, @madeAt, @madeBy, @usedAt)',
  );
  const remove = db.prepare<[string]>('DELETE FROM ingest_token WHERE name = ?');
  const used = db.prepare<[number, string]>('UPDATE ingest_token SET used_at = ? WHERE name = ?');
  return {
    all: (): IngestTokenRow[] => all.all(),
    has: (name: string): boolean => has.get(name) !== undefined,
    insert: (row: IngestTokenRow): void => void insert.run(row),
    remove: (name: string): void => void remove.run(name),
    used: (name: string, at: number): void => void used.run(at, name),
  };
}
