import { createHash } from 'node:crypto';
import {
  type AuditFilter,
  type AuditHead,
  type AuditPage,
  type AuditRecord,
  type AuditWrite,
  auditHeadSchema,
} from '#contract/audit.ts';
import { actorSchema, canonicalJson, jsonSchema } from '#contract/basic.ts';
import type { Database } from './open.ts';

/** An entry as the table holds it. `body`: JSON. */
export type AuditRow = {
  seq: number;
  at: number;
  who: string;
  via: string;
  what: string;
  subject: string;
  body: string;
  previous: string;
  hash: string;
};

/** Where the chain begins. */
export const GENESIS: AuditHead = { seq: 0, hash: '0'.repeat(64) };

/** What the hash of an entry has to be: SHA-256 of the hash before it and the canonical JSON of the rest. */
export function hashOf({ seq, at, who, via, what, subject, body, previous }: Omit<AuditRow, 'hash'>): string {
  const rest = canonicalJson({ seq, at, who, via, what, subject, body });
  return createHash('sha256').update(previous).update(rest).digest('hex');
}

/** Entries that match a filter are counted up to here, among so many of the newest: the log may be read every few seconds. */
const COUNTED = 10_000;
const LOOKED_AT = 50_000;

const COLUMNS = 'seq, at, who, via, what, subject, body, previous, hash';

/** A filter as statements take it: null asks for nothing. */
type Matching = {
  who: string | null;
  what: string | null;
  subject: string | null;
  from: number | null;
  to: number | null;
};

const MATCHES = `(@who IS NULL OR instr(lower(who), lower(@who)) > 0)
  AND (@what IS NULL OR what = @what OR instr(what, @what || '.') = 1)
  AND (@subject IS NULL OR instr(lower(subject), lower(@subject)) > 0)
  AND (@from IS NULL OR at >= @from) AND (@to IS NULL OR at < @to)`;

/** Reads the log. */
export function prepareAuditReader(db: Database) {
  const head = db.prepare<[], unknown>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const after = db.prepare<[number, number], AuditRow>(
    `SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  const last = db.prepare<[string], AuditRow>(`SELECT ${COLUMNS} FROM audit WHERE what = ? ORDER BY seq DESC LIMIT 1`);
  const page = db.prepare<[Matching & { before: number; limit: number }], AuditRow>(
    `SELECT ${COLUMNS} FROM audit WHERE seq < @before AND ${MATCHES} ORDER BY seq DESC LIMIT @limit`,
  );
  const count = db.prepare<[Matching & { limit: number }], { count: number }>(
    `SELECT count(*) AS count FROM
      (SELECT 1 FROM (SELECT * FROM audit ORDER BY seq DESC LIMIT ${LOOKED_AT}) WHERE ${MATCHES} LIMIT @limit)`,
  );
  function headOf(): AuditHead {
    return auditHeadSchema.safeParse(head.get()).data ?? GENESIS;
  }
  function totalOf(matching: Matching): Pick<AuditPage, 'total' | 'totalIsLeast'> {
    // Nothing is ever taken out: the number of the last entry is how many there are.
    const all = headOf().seq;
    if (Object.values(matching).every((value) => value === null)) return { total: all, totalIsLeast: false };
    const found = count.get({ ...matching, limit: COUNTED + 1 })?.count ?? 0;
    return { total: Math.min(COUNTED, found), totalIsLeast: found > COUNTED || all > LOOKED_AT };
  }
  return {
    /** The last entry's; that of the beginning while there is none. */
    head: headOf,
    /** In order, from the one after a number on. */
    after: (seq: number, limit: number): AuditRow[] => after.all(seq, limit),
    /** The newest of a kind. */
    last: (what: string): AuditRow | undefined => last.get(what),
    /** Newest first. */
    page(filter: AuditFilter, before: number | undefined, limit: number): AuditPage {
      const matching = {
        who: filter.who ?? null,
        what: filter.what ?? null,
        subject: filter.subject ?? null,
        from: filter.from ?? null,
        to: filter.to ?? null,
      };
      const rows = page.all({ ...matching, before: before ?? Number.MAX_SAFE_INTEGER, limit });
      const next = rows.length === limit ? (rows.at(-1)?.seq ?? null) : null;
      return { entries: rows.map(recordOf), next, ...totalOf(matching) };
    },
  };
}

export type AuditWriterOptions = {
  now(): number;
  /** Takes secrets out of texts and of what JSON can hold. */
  mask: { text(text: string): string; json<T>(value: T): T };
};

/** Adds to the log. It reads the head each time, inside the caller's transaction: a batch that is rolled back leaves nothing. */
export function prepareAuditWriter(db: Database, { now, mask }: AuditWriterOptions): AuditWrite {
  const reader = prepareAuditReader(db);
  const insert = db.prepare<AuditRow>(
    `INSERT INTO audit (${COLUMNS}) VALUES (@seq, @at, @who, @via, @what, @subject, @body, @previous, @hash)`,
  );
  // What the file cannot hold as it is would be read back as something else than was hashed.
  const text = (given: string) => mask.text(given).toWellFormed();
  return ({ by, what, subject, details = {} }) => {
    if (!db.inTransaction) throw new Error('an audit entry is written inside the commit that it tells of');
    const { seq, hash: previous } = reader.head();
    const body = JSON.stringify(mask.json(details));
    const row = {
      seq: seq + 1,
      at: now(),
      who: text(by.name),
      via: by.via,
      what,
      subject: text(subject),
      body,
      previous,
    };
    insert.run({ ...row, hash: hashOf(row) });
  };
}

/** An entry for people; one that cannot be read any more shows its texts as they stand. */
export function recordOf({ seq, at, who, via, what, subject, body, previous, hash }: AuditRow): AuditRecord {
  const by = actorSchema.safeParse({ name: who, via }).data ?? {
    name: who === '' ? '?' : who.slice(0, 120),
    via: 'desk',
  };
  return { seq, at: Math.max(0, at), by, what, subject, details: detailsOf(body), previous, hash };
}

function detailsOf(body: string): AuditRecord['details'] {
  try {
    return jsonSchema.parse(JSON.parse(body));
  } catch {
    // It was changed from outside; the verification says so, and here it is shown.
    return body;
  }
}
