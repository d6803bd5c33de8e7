import type { AuditAnchor, AuditFinding, AuditVerdict } from '#contract/audit.ts';
import { type AuditRow, GENESIS, hashOf } from './audit.ts';

/** A chain that is read row by row, in the order of the numbers. */
export type ChainCheck = {
  next(row: AuditRow): void;
  end(): AuditVerdict;
};

/** What a restore gave up: entries after `kept` of the chain that ended at `replaced`. */
type GivenUp = { seq: number; at: number; replaced: number | null };

/**
 * Holds a chain against itself and against its anchors.
 *
 * Each row is checked alone (its hash against its content) and with the one before (its `previous` against that hash), so
 * that a finding names the row that was touched, and not all that follow. What rewrote every hash from some row on, or cut
 * off the end, is seen at the anchors only.
 *
 * @param anchors with the moment each was made, ms; null: now
 */
export function checkChain(anchors: readonly (AuditAnchor & { at: number | null })[]): ChainCheck {
  const findings: AuditFinding[] = [];
  const notes: string[] = [];
  const givenUp: GivenUp[] = [];
  const wanted = new Map<number, string>(anchors.map(({ seq }) => [seq, '']));
  wanted.set(GENESIS.seq, GENESIS.hash);
  let head = GENESIS;
  let entries = 0;
  /** The row before cannot be relied on: that is said already. */
  let lost = false;

  function find(kind: AuditFinding['kind'], from: number, to: number, says: string): void {
    findings.push({ kind, from, to, says });
  }

  function lookAtGap(seq: number): void {
    if (seq <= head.seq + 1) return;
    lost = true;
    find('missing', head.seq + 1, seq - 1, `${entriesText(head.seq + 1, seq - 1)} missing`);
  }

  function read(row: AuditRow): void {
    if (row.what === 'audit.broken') {
      find('broken', row.seq, row.seq, `entry ${row.seq}: the desk found at its start that ${brokenText(row.body)}`);
    }
    if (row.what !== 'backup.restored') return;
    const replaced = restoredFrom(row.body);
    givenUp.push({ seq: row.seq, at: row.at, replaced });
    if (replaced !== null && replaced >= row.seq) {
      const when = new Date(row.at).toISOString();
      notes.push(
        `A restore, told at ${when} by entry ${row.seq}, gave up what stood in ${replaced - row.seq + 1} entries from ${row.seq} on; the file that was replaced holds them.`,
      );
    }
  }

  /** Whether an anchor belongs to a chain that a restore gave up since. */
  function isGivenUp({ seq, at }: { seq: number; at: number | null }): boolean {
    return at !== null && givenUp.some((restore) => at < restore.at && seq >= restore.seq);
  }

  function lookAtAnchor({ place, seq, hash }: AuditAnchor): void {
    if (seq > head.seq) {
      find('cut', head.seq + 1, seq, `${entriesText(head.seq + 1, seq)} cut off at the end: ${place} knows ${seq}`);
      return;
    }
    const stands = wanted.get(seq);
    // A row that is not there is a finding already.
    if (stands === '' || stands === hash) return;
    find('rewritten', seq, seq, `entry ${seq} is not the one that ${place} knows: the chain was written anew`);
  }

  return {
    next(row) {
      entries += 1;
      lookAtGap(row.seq);
      if (hashOf(row) !== row.hash || row.seq < 1) {
        lost = true;
        find('changed', row.seq, row.seq, `entry ${row.seq} is not what was written`);
      } else {
        if (!lost && row.previous !== head.hash) {
          find(
            'unlinked',
            head.seq,
            row.seq,
            `entry ${row.seq} follows another one than stands before it: ${head.seq} was replaced`,
          );
        }
        lost = false;
      }
      head = { seq: row.seq, hash: row.hash };
      if (wanted.has(row.seq)) wanted.set(row.seq, row.hash);
      read(row);
    },
    end() {
      const held = anchors.filter((anchor) => !isGivenUp(anchor));
      for (const anchor of held) lookAtAnchor(anchor);
      findings.sort((a, b) => a.from - b.from);
      return {
        sound: findings.length === 0,
        entries,
        head: { seq: Math.max(0, head.seq), hash: /^[0-9a-f]{64}$/.test(head.hash) ? head.hash : GENESIS.hash },
        anchors: held.map(({ place, seq, hash }) => ({ place, seq, hash })),
        findings,
        notes,
      };
    },
  };
}

function entriesText(from: number, to: number): string {
  return from === to ? `entry ${from} is` : `entries ${from} to ${to} are`;
}

function field(body: string, name: string): unknown {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === 'object' && read !== null
      ? Object.entries(read).find(([key]) => key === name)?.[1]
      : undefined;
  } catch {
    // Its own hash tells that it was changed.
    return undefined;
  }
}

function restoredFrom(body: string): number | null {
  const replaced = field(body, 'replaced');
  return typeof replaced === 'number' ? replaced : null;
}

function brokenText(body: string): string {
  const why = field(body, 'why');
  return typeof why === 'string' ? why : 'its end did not fit its anchor';
}
