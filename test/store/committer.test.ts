import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCommitter } from '../../electron/store/committer.ts';

let db: Database.Database;
beforeEach(() => {
  db = new Database(join(mkdtempSync(join(tmpdir(), 'nightdesk-')), 'test.db'));
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE item (n INTEGER PRIMARY KEY)');
});
const rows = (): unknown[] => db.prepare('SELECT n FROM item ORDER BY n').pluck().all();

describe('group commit', () => {
  it('puts the writes of one turn into one transaction and answers each', async () => {
    const batches: number[] = [];
    const { commit } = createCommitter(db, (pieces) => batches.push(pieces));
    const insert = db.prepare('INSERT INTO item (n) VALUES (?)');
    const answers = await Promise.all([1, 2, 3].map((n) => commit(() => insert.run(n).lastInsertRowid)));
    expect(answers).toEqual([1, 2, 3]);
    expect(batches).toEqual([3]);
  });

  it('answers only after the write is in the file', async () => {
    const { commit } = createCommitter(db);
    await commit(() => db.prepare('INSERT INTO item (n) VALUES (7)').run());
    const other = new Database(db.name, { readonly: true });
    expect(other.prepare('SELECT n FROM item').pluck().all()).toEqual([7]);
    other.close();
  });

  it('runs the others alone when one of them throws, after memory was put back', async () => {
    const { commit } = createCommitter(db);
    let memory = 0;
    const insert = db.prepare('INSERT INTO item (n) VALUES (?)');
    const reset = (): void => {
      memory = 0;
    };
    const good = commit(() => {
      insert.run(1);
      memory += 1;
      return 'kept';
    }, reset);
    const bad = commit(() => {
      insert.run(2);
      throw new Error('refused');
    }, reset);
    await expect(good).resolves.toBe('kept');
    await expect(bad).rejects.toThrow('refused');
    expect(rows()).toEqual([1]);
    expect(memory).toBe(0);
  });

  it('answers each of them before the next may be rolled back', async () => {
    const { commit } = createCommitter(db);
    const insert = db.prepare('INSERT INTO item (n) VALUES (?)');
    const happened: string[] = [];
    const good = commit(() => insert.run(1)).then(() => happened.push('answered'));
    const bad = commit(
      () => {
        throw new Error('refused');
      },
      () => happened.push('rolled back'),
    ).catch(() => happened.push('refused'));
    await Promise.all([good, bad]);
    expect(happened).toEqual(['rolled back', 'answered', 'rolled back', 'refused']);
  });

  it('flushes what waits at once, those that run alone too', () => {
    const committer = createCommitter(db);
    const insert = db.prepare('INSERT INTO item (n) VALUES (?)');
    committer.commit(() => insert.run(1));
    committer.commit(() => insert.run(1)).catch(() => {});
    committer.commit(() => insert.run(2));
    committer.flush();
    expect(rows()).toEqual([1, 2]);
  });
});
