import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../electron/store/open.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'nightdesk-'));

function openedIn(data: string) {
  const opened = openDatabase(data, 1_800_000_000_000);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

describe('opening the data folder', () => {
  it('begins a database that is durable at every commit', () => {
    const { db, damage } = openedIn(folder());
    expect(damage).toBeNull();
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    db.close();
  });

  it('opens it again with what it held', () => {
    const data = folder();
    const first = openedIn(data).db;
    first.prepare("INSERT INTO provider (name, body) VALUES ('anthropic', '{}')").run();
    first.close();
    const second = openedIn(data).db;
    expect(second.prepare('SELECT name FROM provider').pluck().all()).toEqual(['anthropic']);
    second.close();
  });

  it('keeps a damaged file aside, begins a new one, and says where the old one is', () => {
    const data = folder();
    writeFileSync(join(data, 'nightdesk.db'), 'this is not a database, whatever its name says'.repeat(100));
    const { db, damage } = openedIn(data);
    expect(damage).toEqual({ keptAside: join(data, 'nightdesk.db.damaged-1800000000000'), restored: null });
    expect(readdirSync(data)).toContain('nightdesk.db.damaged-1800000000000');
    expect(db.prepare('SELECT count(*) FROM task').pluck().get()).toBe(0);
    db.close();
  });

  it('finds damage inside a page, not only in the header', () => {
    const data = folder();
    const { db } = openedIn(data);
    const insert = db.prepare(
      "INSERT INTO task (agent, state, priority, accepted_at, input) VALUES ('a', 'queued', 0, 0, ?)",
    );
    for (let i = 0; i < 500; i += 1) insert.run('x'.repeat(500));
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const file = join(data, 'nightdesk.db');
    const damaged = new Database(file);
    damaged.unsafeMode(true);
    damaged.pragma('writable_schema = ON');
    damaged.prepare("UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'task'").run();
    damaged.close();
    expect(openedIn(data).damage).not.toBeNull();
  });

  it('refuses a database that a newer Nightdesk wrote, and leaves it alone', () => {
    const data = folder();
    const { db } = openedIn(data);
    db.pragma('user_version = 999');
    db.close();
    expect(openDatabase(data, 0)).toMatchObject({
      ok: false,
      error: { code: 'STORAGE', message: expect.stringContaining('newer version'), kept: 'The file was not touched.' },
    });
  });

  it('says what to do when the folder cannot be made', () => {
    const data = folder();
    writeFileSync(join(data, 'file'), '');
    expect(openDatabase(join(data, 'file', 'inside'), 0)).toMatchObject({
      ok: false,
      error: { code: 'STORAGE', todo: expect.stringContaining('--data') },
    });
  });
});
