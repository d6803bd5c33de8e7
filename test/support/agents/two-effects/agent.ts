import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { defineAgent } from 'nightdesk/agent';

/*
 * Two effects into a ledger that writes down every time it is asked (`sent`) and what it then holds (`entry`). By
 * `recovery` it is a system that can be asked what it holds (reconcile), one that takes the same key once (idempotent),
 * or one that can neither (manual).
 *
 * While there is a file `hold` in the data folder its effects stand still: those of tasks with `holdAfter` after they
 * landed, the others before. So a test kills in the middle of an effect, not near one.
 */
type Input = { n: number; recovery: 'reconcile' | 'idempotent' | 'manual'; holdAfter: boolean };

const folder = process.env.NIGHTDESK_DATA_FOLDER ?? '.';
const db = new Database(join(folder, 'ledger.db'), { timeout: 10_000 });
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, key TEXT NOT NULL, n INTEGER NOT NULL, leg TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS sent (key TEXT NOT NULL);
`);
const insert = db.prepare('INSERT INTO entry (key, n, leg) VALUES (?, ?, ?)');
const find = db.prepare<[string], { id: number }>('SELECT id FROM entry WHERE key = ? LIMIT 1');
const send = db.prepare('INSERT INTO sent (key) VALUES (?)');

const land = db.transaction((key: string, { n, recovery }: Input, leg: string): number => {
  send.run(key);
  const known = recovery === 'idempotent' ? find.get(key) : undefined;
  return known?.id ?? Number(insert.run(key, n, leg).lastInsertRowid);
});

async function held(): Promise<void> {
  while (existsSync(join(folder, 'hold'))) await new Promise((resolve) => setTimeout(resolve, 20));
}

export default defineAgent({
  async run(context, given) {
    const input = given as Input;
    const base = await context.step('read', () => input.n);
    for (const leg of ['debit', 'credit']) {
      await context.effect(leg, {
        recovery: input.recovery,
        run: async (key) => {
          if (!input.holdAfter) await held();
          const entry = land.immediate(key, input, leg);
          if (input.holdAfter) await held();
          return { entry };
        },
        check: (key) => {
          const row = find.get(key);
          return row && { entry: row.id };
        },
      });
    }
    return { n: base };
  },
});
