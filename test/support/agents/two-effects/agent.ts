import { join } from 'node:path';
import Database from 'better-sqlite3';
import { defineAgent } from 'nightdesk/agent';

/*
 * The ledger refuses nothing: a row is written each time it is asked, so that an effect that happens twice is seen.
 * It answers check(key) as a real system would, from what it holds.
 */
const db = new Database(join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'ledger.db'), { timeout: 10_000 });
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(
  'CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, key TEXT NOT NULL, n INTEGER NOT NULL, leg TEXT NOT NULL)',
);
const insert = db.prepare('INSERT INTO entry (key, n, leg) VALUES (?, ?, ?)');
const find = db.prepare<[string], { id: number }>('SELECT id FROM entry WHERE key = ? LIMIT 1');

export default defineAgent({
  async run(context, input) {
    const { n } = input as { n: number };
    const base = await context.step('read', () => n);
    for (const leg of ['debit', 'credit']) {
      await context.effect(leg, {
        recovery: 'reconcile',
        run: (key) => ({ entry: Number(insert.run(key, base, leg).lastInsertRowid) }),
        check: (key) => {
          const row = find.get(key);
          return row && { entry: row.id };
        },
      });
    }
    return { n: base };
  },
});
