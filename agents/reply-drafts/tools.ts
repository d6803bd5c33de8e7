import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

const orderSchema = z.object({
  order: z.string(),
  state: z.string(),
  carrier: z.string().nullable(),
  eta: z.string().nullable(),
  total: z.number(),
});

const drafts = new Map<string, Database.Database>();
/** The drafts folder of the mail program, as it were: one row a draft, one draft a key. */
function draftsIn(folder: string): Database.Database {
  const known = drafts.get(folder);
  if (known) return known;
  const db = new Database(join(folder, 'drafts.db'), { timeout: 10_000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE IF NOT EXISTS draft (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, body TEXT NOT NULL, saved_at INTEGER NOT NULL)`);
  drafts.set(folder, db);
  return db;
}

export default defineTools({
  'orders.lookup': defineTool({
    description: 'Finds an order by its number. Answers found: false when there is none.',
    input: z.object({ order: z.string().min(1) }),
    run({ order }, { folder }) {
      const orders = z.array(orderSchema).parse(JSON.parse(readFileSync(join(folder, 'orders.json'), 'utf8')));
      const found = orders.find((each) => each.order === order.trim().toUpperCase());
      return found ? { found: true, ...found } : { found: false, order };
    },
  }),
  'policy.search': defineTool({
    description: "Finds the shop's rules that have these words in them, best first.",
    input: z.object({ words: z.string().min(1).max(200) }),
    run({ words }, { folder }) {
      const wanted = words.toLowerCase().split(/\W+/).filter(Boolean);
      return readdirSync(join(folder, 'policies'))
        .map((name) => readFileSync(join(folder, 'policies', name), 'utf8'))
        .map((text) => ({ text, hits: wanted.filter((word) => text.toLowerCase().includes(word)).length }))
        .filter((each) => each.hits > 0)
        .toSorted((a, b) => b.hits - a.hits)
        .slice(0, 2)
        .map((each) => each.text);
    },
  }),
  'draft.save': defineTool({
    description: 'Saves a draft for a person to read and send, and answers with its number.',
    input: z.object({ to: z.string().min(1), body: z.string().min(1).max(4_000) }),
    effect: 'idempotent',
    run({ to, body }, { key, data, now }) {
      const db = draftsIn(data);
      db.prepare(
        'INSERT INTO draft (key, recipient, body, saved_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
      ).run(key, to, body, now());
      const row = db.prepare<[string], { id: number }>('SELECT id FROM draft WHERE key = ?').get(key);
      return { draft: row?.id ?? null };
    },
  }),
});
