import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

const vendorSchema = z.object({
  id: z.number(),
  name: z.string(),
  currency: z.string(),
  limit: z.number(),
  terms: z.string(),
  account: z.string(),
});

/** The ledger: one row an entry, and never two for one key. */
function openLedger(folder: string): Database.Database {
  const db = new Database(join(folder, 'ledger.db'), { timeout: 10_000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, invoice TEXT NOT NULL, vendor INTEGER NOT NULL,
    total REAL NOT NULL, currency TEXT NOT NULL, account TEXT NOT NULL, posted_at INTEGER NOT NULL)`);
  return db;
}

const ledgers = new Map<string, Database.Database>();
function ledgerIn(folder: string): Database.Database {
  const open = ledgers.get(folder) ?? openLedger(folder);
  ledgers.set(folder, open);
  return open;
}

export default defineTools({
  'vendors.lookup': defineTool({
    description: 'Finds a supplier by its name. Answers known: false when it is not on the list.',
    input: z.object({ name: z.string().min(1) }),
    run({ name }, { folder }) {
      const vendors = z.array(vendorSchema).parse(JSON.parse(readFileSync(join(folder, 'vendors.json'), 'utf8')));
      const wanted = name.trim().toLowerCase();
      const vendor = vendors.find((each) => each.name.toLowerCase() === wanted);
      return vendor ? { known: true, ...vendor } : { known: false, name };
    },
  }),
  'ledger.post': defineTool({
    description: 'Posts one invoice to the ledger and answers with the number of its entry.',
    input: z.object({
      invoice: z.string().min(1),
      vendor: z.number().int(),
      total: z.number().positive(),
      currency: z.string().length(3),
      account: z.string().min(1),
    }),
    effect: 'reconcile',
    run({ invoice, vendor, total, currency, account }, { key, data, now }) {
      const insert = ledgerIn(data).prepare(
        'INSERT INTO entry (key, invoice, vendor, total, currency, account, posted_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      );
      return { entry: Number(insert.run(key, invoice, vendor, total, currency, account, now()).lastInsertRowid) };
    },
    check(key, { data }) {
      const row = ledgerIn(data).prepare<[string], { id: number }>('SELECT id FROM entry WHERE key = ?').get(key);
      return row && { entry: row.id };
    },
  }),
});
