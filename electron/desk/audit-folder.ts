import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditFilter, AuditPage, AuditRecord } from '#contract/audit.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { prepareAuditReader, recordOf } from '../store/audit.ts';
import { openForReading } from '../store/open.ts';

const PAGE = 500;

/** The audit log of a folder, read beside the desk that may run on it. */
export type AuditFolder = {
  list(filter: AuditFilter, before: number | undefined, limit: number): AuditPage;
  /** In order, those of [from, to). */
  all(from: number | undefined, to: number | undefined): Generator<AuditRecord>;
  close(): void;
};

export function openAuditFolder(dataFolder: string): Result<AuditFolder> {
  const file = join(dataFolder, 'nightdesk.db');
  if (!existsSync(file)) {
    return fail('NOT_FOUND', `There is no database in ${dataFolder}.`, {
      kept: 'Nothing was changed.',
      todo: 'Name the data folder of a desk with --data.',
    });
  }
  try {
    const db = openForReading(file);
    const reader = prepareAuditReader(db);
    return succeed({
      list: reader.page,
      *all(from = 0, to = Number.POSITIVE_INFINITY) {
        for (let rows = reader.after(0, PAGE); rows.length > 0; rows = reader.after(rows.at(-1)?.seq ?? 0, PAGE)) {
          // A clock that was set back makes moments that are not in order: each is looked at.
          for (const row of rows) if (row.at >= from && row.at < to) yield recordOf(row);
        }
      },
      close: () => db.close(),
    });
  } catch (error) {
    return fail('BAD_FILE', `The audit log of ${file} cannot be read: ${String(error)}`, {
      kept: 'Nothing was changed.',
      todo: 'Look at the folder: nightdesk doctor. A folder of an older version has no audit log before its next start.',
      where: file,
    });
  }
}
