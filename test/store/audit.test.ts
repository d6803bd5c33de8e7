import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditWrite, auditKindSchema } from '#contract/audit.ts';
import { maskOf } from '../../electron/runner/mask.ts';
import { type AuditRow, hashOf, prepareAuditReader, prepareAuditWriter, recordOf } from '../../electron/store/audit.ts';
import { anchorFile, readAnchor, writeAnchorNow } from '../../electron/store/audit-anchor.ts';
import { addPending } from '../../electron/store/audit-pending.ts';
import { verifyAudit, verifyFolder } from '../../electron/store/audit-verify.ts';
import { backupFile, writeBackup } from '../../electron/store/backup.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { NIGHT } from '../support/time.ts';

const MIA = { name: 'Mia', via: 'console' } as const;
const TRIGGERS = ['audit_no_update', 'audit_no_delete', 'audit_next'];

let folder: string;
let db: Database.Database;
let write: AuditWrite;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-audit-'));
  const opened = openDatabase(folder, NIGHT);
  if (!opened.ok) throw new Error(opened.error.message);
  ({ db } = opened.value);
  let at = NIGHT;
  const insert = prepareAuditWriter(db, { now: () => (at += 1_000), mask: maskOf(['hunter2"x']) });
  write = (entry) => db.transaction(() => insert(entry))();
});
afterEach(() => db.close());

function fill(entries: number): void {
  for (let n = 1; n <= entries; n += 1) {
    write({ by: MIA, what: 'action.done', subject: `agent-${n}`, details: { key: `k${n}`, n } });
  }
  writeAnchorNow(folder, prepareAuditReader(db).head());
}

function all(): AuditRow[] {
  return prepareAuditReader(db).after(0, 1_000);
}

/** What somebody with the file in hand can do: no trigger stands in the way. */
function tamper(work: () => void): void {
  for (const name of TRIGGERS) db.exec(`DROP TRIGGER IF EXISTS ${name}`);
  work();
}

function put(row: AuditRow): void {
  db.prepare('INSERT INTO audit VALUES (@seq, @at, @who, @via, @what, @subject, @body, @previous, @hash)').run(row);
}

const verify = () => verifyAudit(db, folder, null);

describe('the audit log', () => {
  it('holds each entry, hashed with the one before', async () => {
    fill(3);
    const [first, second, third] = all();
    expect(first?.previous).toBe('0'.repeat(64));
    expect([second?.previous, third?.previous]).toEqual([first?.hash, second?.hash]);
    const verdict = await verify();
    expect(verdict).toMatchObject({ sound: true, entries: 3, findings: [], notes: [] });
    expect(verdict.anchors).toEqual([{ place: 'audit.head', seq: 3, hash: third?.hash }]);
  });

  it('refuses to change, remove, replace or skip an entry', () => {
    fill(3);
    const before = all();
    expect(() => db.exec(`UPDATE audit SET who = 'Eve' WHERE seq = 2`)).toThrow('takes no changes');
    expect(() => db.exec('DELETE FROM audit WHERE seq = 3')).toThrow('forgets nothing');
    expect(() => db.exec(`INSERT OR REPLACE INTO audit VALUES (2, 0, '', '', '', '', '', '', '')`)).toThrow(
      'without gaps',
    );
    expect(() => db.exec(`INSERT INTO audit VALUES (9, 0, '', '', '', '', '', '', '')`)).toThrow('without gaps');
    expect(all()).toEqual(before);
  });

  it('is written inside a commit only, and leaves nothing of one that is rolled back', async () => {
    const bare = prepareAuditWriter(db, { now: () => NIGHT, mask: maskOf([]) });
    expect(() => bare({ by: MIA, what: 'fault.set', subject: 'x' })).toThrow('inside the commit');
    fill(2);
    const failing = db.transaction(() => {
      bare({ by: MIA, what: 'fault.set', subject: 'x' });
      throw new Error('refused');
    });
    expect(failing).toThrow('refused');
    write({ by: MIA, what: 'fault.set', subject: 'y' });
    expect(all().map(({ seq, subject }) => [seq, subject])).toEqual([
      [1, 'agent-1'],
      [2, 'agent-2'],
      [3, 'y'],
    ]);
    expect(await verify()).toMatchObject({ sound: true });
  });

  it('masks secrets in every text, and in what JSON made of them', () => {
    write({
      by: { name: 'hunter2"x', via: 'cli' },
      what: 'run.step',
      subject: 'of hunter2"x',
      details: { 'hunter2"x': ['say hunter2"x', { deep: 'hunter2"x' }] },
    });
    const row = JSON.stringify(all());
    expect(row).not.toContain('hunter2');
    expect(recordOf(all()[0] as AuditRow).details).toEqual({ '***': ['say ***', { deep: '***' }] });
  });

  it('reads back what was hashed, whatever it is told', async () => {
    const details = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
    const name = fc.string({ unit: 'binary', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(name, details, async (subject, given) => {
        write({ by: { name: subject, via: 'cli' }, what: 'fault.set', subject, details: given });
        const verdict = await verify();
        expect(verdict.findings.filter(({ kind }) => kind !== 'no-anchor')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('says how many match in all, whichever page is read', () => {
    fill(3);
    write({ by: { name: 'Ben', via: 'cli' }, what: 'incident.opened', subject: 'incident 7' });
    const { page } = prepareAuditReader(db);
    expect(page({}, 3, 1)).toMatchObject({ next: 2, total: 4, totalIsLeast: false });
    expect(page({ what: 'action' }, 3, 1)).toMatchObject({ next: 2, total: 3, totalIsLeast: false });
    expect(page({ who: 'nobody' }, undefined, 1)).toEqual({ entries: [], next: null, total: 0, totalIsLeast: false });
  });

  it('counts what matches a filter up to a bound, and says so', () => {
    fill(10_001);
    const { page } = prepareAuditReader(db);
    expect(page({}, undefined, 1)).toMatchObject({ total: 10_001, totalIsLeast: false });
    expect(page({ what: 'action' }, undefined, 1)).toMatchObject({ total: 10_000, totalIsLeast: true });
  });

  it('filters by who, what, subject and time, newest first', () => {
    fill(3);
    write({ by: { name: 'Ben', via: 'cli' }, what: 'incident.opened', subject: 'incident 7' });
    const reader = prepareAuditReader(db);
    const seqs = (filter: Parameters<typeof reader.page>[0]) =>
      reader.page(filter, undefined, 10).entries.map(({ seq }) => seq);
    expect(seqs({})).toEqual([4, 3, 2, 1]);
    expect(seqs({ who: 'ben' })).toEqual([4]);
    expect(seqs({ what: 'action' })).toEqual([3, 2, 1]);
    expect(seqs({ what: 'act' })).toEqual([]);
    expect(seqs({ subject: 'AGENT-2' })).toEqual([2]);
    expect(seqs({ from: NIGHT + 2_000, to: NIGHT + 4_000 })).toEqual([3, 2]);
    expect(reader.page({}, 3, 1).entries.map(({ seq }) => seq)).toEqual([2]);
  });
});

/** What Eve does to one of `entries` entries, and where it has to be found. */
type Deed = { name: string; run(seq: number): void; at(seq: number): number[] };
const COLUMNS = ['at', 'who', 'via', 'what', 'subject', 'body', 'previous', 'hash'] as const;

function changed(column: (typeof COLUMNS)[number]): Deed {
  return {
    name: `changes ${column}`,
    run: (seq) =>
      column === 'at'
        ? db.prepare('UPDATE audit SET at = at + 1 WHERE seq = ?').run(seq)
        : db.prepare(`UPDATE audit SET ${column} = ${column} || ' ' WHERE seq = ?`).run(seq),
    at: (seq) => [seq],
  };
}

const DEEDS: Deed[] = [
  ...COLUMNS.map(changed),
  { name: 'removes it', run: (seq) => db.prepare('DELETE FROM audit WHERE seq = ?').run(seq), at: (seq) => [seq] },
  {
    name: 'removes it and closes the gap',
    run(seq) {
      db.prepare('DELETE FROM audit WHERE seq = ?').run(seq);
      // Downwards through the negative, so that no number is taken twice on the way.
      db.prepare('UPDATE audit SET seq = -(seq - 1) WHERE seq > ?').run(seq);
      db.exec('UPDATE audit SET seq = -seq WHERE seq < 0');
    },
    at: (seq) => [seq],
  },
  {
    name: 'adds one in its place',
    run(seq) {
      const row = all()[seq - 1] as AuditRow;
      db.prepare('UPDATE audit SET seq = -(seq + 1) WHERE seq >= ?').run(seq);
      db.exec('UPDATE audit SET seq = -seq WHERE seq < 0');
      const added = { ...row, who: 'Eve' };
      put({ ...added, hash: hashOf(added) });
    },
    at: (seq) => [seq, seq + 1],
  },
  {
    name: 'writes another one with a right hash',
    run(seq) {
      const row = { ...(all()[seq - 1] as AuditRow), who: 'Eve' };
      db.prepare('UPDATE audit SET who = ?, hash = ? WHERE seq = ?').run(row.who, hashOf(row), seq);
    },
    at: (seq) => [seq],
  },
  {
    name: 'exchanges it with the next',
    run(seq) {
      db.prepare('UPDATE audit SET seq = -1 WHERE seq = ?').run(seq);
      db.prepare('UPDATE audit SET seq = ? WHERE seq = ?').run(seq, seq + 1);
      db.prepare('UPDATE audit SET seq = ? WHERE seq = -1').run(seq + 1);
    },
    at: (seq) => [seq],
  },
  {
    name: 'writes everything anew from there on',
    run(seq) {
      let previous = all()[seq - 2]?.hash ?? '0'.repeat(64);
      for (const row of all().slice(seq - 1)) {
        const mine = { ...row, who: 'Eve', previous };
        previous = hashOf(mine);
        db.prepare('UPDATE audit SET who = ?, previous = ?, hash = ? WHERE seq = ?').run(
          mine.who,
          mine.previous,
          previous,
          row.seq,
        );
      }
    },
    // Every hash is right: only the anchor knows, and it knows the end.
    at: () => [all().length],
  },
  {
    name: 'cuts off the end from there',
    run: (seq) => db.prepare('DELETE FROM audit WHERE seq >= ?').run(seq),
    at: (seq) => [seq],
  },
];

describe('what was tampered with', () => {
  it('is found and located, whichever entry and column, whether removed, added, moved or cut off', async () => {
    const entries = 12;
    fill(entries);
    const clean = all();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...DEEDS), fc.integer({ min: 1, max: entries - 1 }), async (deed, seq) => {
        tamper(() => db.transaction(() => deed.run(seq))());
        const verdict = await verify();
        const places = deed.at(seq);
        const restore = db.transaction(() => {
          db.exec('DELETE FROM audit');
          clean.forEach(put);
        });
        tamper(restore);
        expect(verdict.sound, deed.name).toBe(false);
        expect(places, `${deed.name} at ${seq}: ${JSON.stringify(verdict.findings)}`).toContain(
          verdict.findings[0]?.from,
        );
      }),
      { numRuns: 400 },
    );
    expect(await verify()).toMatchObject({ sound: true, entries });
  });

  it('leaves the entries around it proven: one finding for one changed entry', async () => {
    fill(9);
    tamper(() => db.exec(`UPDATE audit SET subject = 'another agent' WHERE seq = 5`));
    const { findings } = await verify();
    expect(findings).toEqual([{ kind: 'changed', from: 5, to: 5, says: 'entry 5 is not what was written' }]);
  });

  it('is seen at the newest backup when audit.head was cut with the log', async () => {
    fill(6);
    expect(writeBackup(join(folder, 'nightdesk.db'), backupFile(folder, NIGHT)).ok).toBe(true);
    tamper(() => db.exec('DELETE FROM audit WHERE seq > 4'));
    writeAnchorNow(folder, prepareAuditReader(db).head());
    const { findings } = await verify();
    expect(findings).toMatchObject([{ kind: 'cut', from: 5, to: 6 }]);
    expect(findings[0]?.says).toContain('the backup nightdesk-');
  });

  it('is seen at a head that was kept elsewhere when everything here was written anew', async () => {
    fill(4);
    const kept = prepareAuditReader(db).head();
    tamper(() => db.exec('DELETE FROM audit'));
    fill(5);
    const row = { ...(all()[4] as AuditRow), who: 'Eve' };
    tamper(() => db.prepare('UPDATE audit SET who = ?, hash = ? WHERE seq = 5').run(row.who, hashOf(row)));
    writeAnchorNow(folder, prepareAuditReader(db).head());
    expect(await verify()).toMatchObject({ sound: true });
    expect(await verifyAudit(db, folder, { ...kept, hash: 'f'.repeat(64) })).toMatchObject({
      findings: [{ kind: 'rewritten', from: 4 }],
    });
  });

  it('cannot be ruled out without the anchor: that is said', async () => {
    fill(2);
    writeFileSync(anchorFile(folder), '{}');
    expect(readAnchor(folder)).toBe(null);
    expect((await verify()).findings).toMatchObject([{ kind: 'no-anchor' }]);
  });

  it('is no tampering where a restore gave entries up and says so', async () => {
    fill(6);
    tamper(() => db.exec('DELETE FROM audit WHERE seq > 3'));
    addPending(folder, { at: NIGHT, by: MIA, what: 'backup.restored', subject: 'b.db', details: { replaced: 6 } });
    expect(await verify()).toMatchObject({ sound: true, notes: [expect.stringContaining('b.db was restored')] });
  });

  it('is found in the folder of a desk that does not run; a folder without a database is sound', async () => {
    fill(3);
    tamper(() => db.exec(`UPDATE audit SET via = 'cli' WHERE seq = 2`));
    expect((await verifyFolder(folder, null)).findings).toMatchObject([{ kind: 'changed', from: 2 }]);
    expect(await verifyFolder(join(folder, 'nothing'), null)).toMatchObject({ sound: true, entries: 0 });
    expect(JSON.parse(readFileSync(anchorFile(folder), 'utf8'))).toMatchObject({ seq: 3 });
  });
});

it('every kind has a group', () => {
  for (const kind of auditKindSchema.options) expect(kind).toMatch(/^[a-z]+\.[a-z-]+$/);
});
