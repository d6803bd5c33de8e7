import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

/** Reads another agent's file, when it has one by now. */
function read<T>(file: string, query: (db: Database.Database) => T, without: T): T {
  if (!existsSync(file)) return without;
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    return query(db);
  } finally {
    db.close();
  }
}

export default defineTools({
  'ledger.totals': defineTool({
    description: 'Sums and numbers of ledger entries by currency, of all that invoice-triage has posted.',
    input: z.object({}),
    run: (_, { data }) =>
      read(
        join(data, '../invoice-triage/ledger.db'),
        (db) =>
          db
            .prepare<[], { currency: string; entries: number; total: number }>(
              'SELECT currency, count(*) AS entries, round(sum(total), 2) AS total FROM entry GROUP BY currency ORDER BY currency',
            )
            .all(),
        [],
      ),
  }),
  'drafts.count': defineTool({
    description: 'How many drafts of reply-drafts wait for a person.',
    input: z.object({}),
    run: (_, { data }) => ({
      drafts: read(
        join(data, '../reply-drafts/drafts.db'),
        (db) => Number(db.prepare('SELECT count(*) FROM draft').pluck().get()),
        0,
      ),
    }),
  }),
  'report.write': defineTool({
    description: 'Writes the report of a day as a Markdown file. Writing it again replaces it.',
    input: z.object({ day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/), markdown: z.string().min(1).max(10_000) }),
    effect: 'idempotent',
    run({ day, markdown }, { data }) {
      const folder = join(data, 'reports');
      mkdirSync(folder, { recursive: true });
      const file = join(folder, `${day}.md`);
      writeFileSync(`${file}.new`, markdown);
      renameSync(`${file}.new`, file);
      return { file: `${day}.md` };
    },
  }),
});
