import type { Database } from 'better-sqlite3';

/** Statements on the breakers of integrations. They run inside the caller's transaction. */
export function prepareIntegrations(db: Database) {
  const all = db.prepare<[], { name: string; body: string }>('SELECT name, body FROM integration');
  const write = db.prepare<unknown[]>('INSERT OR REPLACE INTO integration (name, body) VALUES (?, ?)');
  return {
    all: (): { name: string; body: string }[] => all.all(),
    write: (name: string, body: string): void => {
      write.run(name, body);
    },
  };
}
