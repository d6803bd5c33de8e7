import type { Outcome, Receipt } from '#contract/action.ts';
import { receiptSchema } from '#contract/action.ts';
import type { AuditEntry, AuditFilter, AuditHead, AuditPage, AuditVerdict, AuditWrite } from '#contract/audit.ts';
import type { Damage } from '#contract/backup.ts';
import type { Actor } from '#contract/basic.ts';
import type { Mask } from '../runner/mask.ts';
import { type AuditRow, GENESIS, prepareAuditReader, prepareAuditWriter, recordOf } from '../store/audit.ts';
import { readAnchor, writeAnchor, writeAnchorNow } from '../store/audit-anchor.ts';
import { dropPending, readPending } from '../store/audit-pending.ts';
import { verifyAudit } from '../store/audit-verify.ts';
import type { Committer } from '../store/committer.ts';
import type { Database } from '../store/open.ts';
import { createAuditNotes } from './audit-notes.ts';

/** Whether the effect of an action is there is looked at this often, ms. */
const LOOK_MS = 500;
/** An effect that was not seen after this is told as such, ms. */
const PATIENCE_MS = 120_000;
/** Entries that a start looks back over for actions whose outcome the desk before did not see. */
const LOOK_BACK = 500;

const BY_DESK: Actor = { name: 'Nightdesk', via: 'desk' };

export type AuditOptions = {
  db: Database;
  commit: Committer['commit'];
  dataFolder: string;
  damage: Damage | null;
  mask: Mask;
  now(): number;
  log(message: string): void;
  onChange(): void;
};

/** The audit log of a running desk. */
export type Audit = {
  write: AuditWrite;
  /** For what has no commit of its own: an entry by itself, tried until it is on the disk. */
  note(entry: AuditEntry): void;
  /** A commit is on the disk: it may hold entries. */
  committed(): void;
  /** Holds the log against its anchor, writes what commands did while no desk ran, and that this one started. */
  begin(details: object): Promise<void>;
  /** Looks for the effect of each action until it is seen. */
  follow(verify: (receipt: Receipt) => Outcome): void;
  list(filter: AuditFilter, before: number | undefined, limit: number): AuditPage;
  verify(expected: AuditHead | null): Promise<AuditVerdict>;
  troubles(): string[];
  /** @returns when that this desk stopped is on the disk, and anchored */
  close(): Promise<void>;
};

export function openAudit(options: AuditOptions): Audit {
  const { db, dataFolder, now, log } = options;
  const reader = prepareAuditReader(db);
  const insert = prepareAuditWriter(db, options);
  const pending = new Map<string, Receipt>();
  let look: NodeJS.Timeout | undefined;
  let outcomeOf: ((receipt: Receipt) => Outcome) | null = null;
  let isWritten = false;
  /** Entries up to this one were looked at for actions. */
  let followed = 0;
  let anchoring: Promise<void> | null = null;
  let anchored: AuditHead = GENESIS;
  let broken: string | null = null;
  let refused: string | null = null;
  let isClosed = false;

  const write: AuditWrite = (entry) => {
    insert(entry);
    isWritten = true;
  };

  /** @returns whether they are on the disk */
  async function noted(entries: readonly AuditEntry[]): Promise<boolean> {
    try {
      await options.commit(() => entries.forEach(write));
      return true;
    } catch (error) {
      log(`the audit log could not be written: ${String(error)}`);
      return false;
    }
  }

  const notes = createAuditNotes(noted, now);

  /** Until the file holds the head; what is written meanwhile goes with the next round. */
  async function anchor(): Promise<void> {
    for (let head = reader.head(); head.hash !== anchored.hash; head = reader.head()) {
      try {
        await writeAnchor(dataFolder, head);
        anchored = head;
        refused = null;
      } catch (error) {
        if (refused === null) log(`audit.head could not be written: ${String(error)}`);
        refused = String(error);
        return;
      }
    }
  }

  function committed(): void {
    if (!isWritten) return;
    isWritten = false;
    anchoring ??= anchor().finally(() => {
      anchoring = null;
    });
    collect(reader.after(followed, LOOK_BACK));
    options.onChange();
  }

  function collect(rows: readonly AuditRow[]): void {
    for (const row of rows) {
      followed = row.seq;
      const record = recordOf(row);
      if (record.what === 'action.done') {
        const receipt = receiptSchema.safeParse(record.details).data;
        if (receipt !== undefined) pending.set(receipt.key, receipt);
      }
      if (record.what === 'action.outcome') pending.delete(record.subject);
    }
    schedule();
  }

  function schedule(): void {
    if (look !== undefined || outcomeOf === null || pending.size === 0 || isClosed) return;
    look = setTimeout(() => {
      look = undefined;
      tellOutcomes();
      schedule();
    }, LOOK_MS);
    look.unref();
  }

  function tellOutcomes(): void {
    const seen: AuditEntry[] = [];
    for (const [key, receipt] of pending) {
      const outcome = outcomeOf?.(receipt);
      if (outcome === undefined) continue;
      const isLate = now() - receipt.acceptedAt > PATIENCE_MS;
      if (outcome.state === 'pending' && !isLate) continue;
      pending.delete(key);
      seen.push({ by: BY_DESK, what: 'action.outcome', subject: key, details: { action: receipt.action, ...outcome } });
    }
    if (seen.length > 0) notes.note(...seen);
  }

  /** Why the end does not fit what the anchor knows; null when it does. */
  function misfit(known: AuditHead | null): string | null {
    const head = reader.head();
    if (known === null) return head.seq === 0 ? null : 'audit.head was gone or could not be read';
    if (known.seq > head.seq) return `entries ${head.seq + 1} to ${known.seq} were gone from the end`;
    const [stands] = known.seq === 0 ? [] : reader.after(known.seq - 1, 1);
    const hash = known.seq === 0 ? GENESIS.hash : stands?.hash;
    return hash === known.hash ? null : `entry ${known.seq} was not the one that audit.head knew`;
  }

  function restoredEntry(known: AuditHead | null): AuditEntry[] {
    if (options.damage === null) return [];
    const { keptAside, restored } = options.damage;
    const details = { keptAside, replaced: known?.seq ?? null, why: 'the database was found damaged' };
    return [{ by: BY_DESK, what: 'backup.restored', subject: restored?.name ?? 'an empty database', details }];
  }

  return {
    write,
    note: (entry) => notes.note(entry),
    committed,
    async begin(details) {
      const known = readAnchor(dataFolder);
      const waiting = readPending(dataFolder);
      const isRestored = options.damage !== null || waiting.some(({ what }) => what === 'backup.restored');
      broken = isRestored ? null : misfit(known);
      if (broken !== null) log(`AUDIT: ${broken}. Look: nightdesk audit verify`);
      // From the first entry on there is an anchor: that there is none tells that it was taken away.
      if (known === null && reader.head().seq === 0) writeAnchorNow(dataFolder, GENESIS);
      followed = Math.max(0, reader.head().seq - LOOK_BACK);
      const lastStop = reader.last('desk.stopped')?.seq ?? 0;
      const isAfterKill = (reader.last('desk.started')?.seq ?? 0) > lastStop;
      const written = await noted([
        ...restoredEntry(known),
        ...waiting.map(({ at, by, what, subject, details: said }) => ({
          by,
          what,
          subject,
          details: { ...said, doneAt: at },
        })),
        ...(broken === null
          ? []
          : [{ by: BY_DESK, what: 'audit.broken' as const, subject: 'audit', details: { why: broken, known } }]),
        {
          by: BY_DESK,
          what: 'desk.started',
          subject: dataFolder,
          details: { ...details, pid: process.pid, before: isAfterKill ? 'was killed' : 'had stopped' },
        },
      ]);
      if (written) dropPending(dataFolder);
    },
    follow(verify) {
      outcomeOf = verify;
      schedule();
    },
    list: reader.page,
    verify: (expected) => verifyAudit(db, dataFolder, expected),
    troubles: () => [
      ...(broken === null ? [] : [`The audit log does not fit its anchor: ${broken}. Look: nightdesk audit verify`]),
      ...(notes.refused() === 0 ? [] : ['The disk refuses entries of the audit log: they are tried again.']),
      ...(refused === null ? [] : [`audit.head cannot be written (${refused}): the end of the audit log is not held.`]),
    ],
    async close() {
      isClosed = true;
      clearTimeout(look);
      tellOutcomes();
      const lost = await notes.close();
      if (lost > 0) log(`entries of the audit log are lost, the disk refused them until the end: ${lost}`);
      await noted([{ by: BY_DESK, what: 'desk.stopped', subject: dataFolder }]);
      await anchoring;
    },
  };
}
