import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AuditAnchor, AuditHead, AuditVerdict } from '#contract/audit.ts';
import { GENESIS, prepareAuditReader } from './audit.ts';
import { backupAnchors, readAnchor } from './audit-anchor.ts';
import { checkChain } from './audit-chain.ts';
import { readPending } from './audit-pending.ts';

/** Rows checked before other work of the process has its turn: a few ms. */
const ROWS_AT_ONCE = 200;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Holds the whole log against itself, the file audit.head and the newest backup.
 *
 * @param expected a head that was kept elsewhere: a printout, another machine
 */
export async function verifyAudit(
  db: Database.Database,
  dataFolder: string,
  expected: AuditHead | null,
): Promise<AuditVerdict> {
  const reader = prepareAuditReader(db);
  // Read before the rows: what is written meanwhile makes the chain longer than its anchor, never shorter.
  const anchor = readAnchor(dataFolder);
  const restored = readPending(dataFolder).findLast(({ what }) => what === 'backup.restored');
  const anchors: (AuditAnchor & { at: number | null })[] = [
    // A restore that no desk has seen yet gave up what the anchor knows.
    ...(anchor === null || restored ? [] : [{ place: 'audit.head', at: null, ...anchor }]),
    ...backupAnchors(dataFolder).filter(({ at }) => restored === undefined || at > restored.at),
    ...(expected === null ? [] : [{ place: 'the head that was given', at: null, ...expected }]),
  ];
  const check = checkChain(anchors);
  let from = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = reader.after(from, ROWS_AT_ONCE);
    for (const row of rows) check.next(row);
    const last = rows.at(-1);
    if (last === undefined) break;
    from = last.seq;
    await nextTurn();
  }
  const verdict = check.end();
  if (restored !== undefined) {
    verdict.notes.push(
      `${restored.subject} was restored; the desk has not started since. Its next start tells it here.`,
    );
  } else if (anchor === null && verdict.entries > 0) {
    verdict.sound = false;
    verdict.findings.push({
      kind: 'no-anchor',
      from: verdict.head.seq,
      to: verdict.head.seq,
      says: 'audit.head is missing or cannot be read: whether the end was cut off cannot be said',
    });
  }
  return verdict;
}

/** The same for a folder whose desk need not run. */
export async function verifyFolder(dataFolder: string, expected: AuditHead | null): Promise<AuditVerdict> {
  const file = join(dataFolder, 'nightdesk.db');
  if (!existsSync(file)) return checkChain([]).end();
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    try {
      return await verifyAudit(db, dataFolder, expected);
    } finally {
      db.close();
    }
  } catch (error) {
    const says = `the log cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    const findings = [{ kind: 'unreadable' as const, from: 0, to: 0, says }];
    return { sound: false, entries: 0, head: GENESIS, anchors: [], findings, notes: [] };
  }
}
