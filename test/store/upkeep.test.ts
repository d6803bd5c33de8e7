import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database as Db, openDatabase } from '../../electron/store/open.ts';
import { createUpkeep, type Upkeep } from '../../electron/store/upkeep.ts';

const ENTRY = fileURLToPath(new URL('../../electron/store/upkeep-thread.ts', import.meta.url));
const MEGABYTE = 1024 * 1024;

let folder: string;
let db: Db;
let upkeep: Upkeep;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-upkeep-'));
  const opened = openDatabase(folder, 0);
  if (!opened.ok) throw new Error(opened.error.message);
  db = opened.value.db;
  db.exec('CREATE TABLE filler (body BLOB)');
});
afterEach(async () => {
  await upkeep.close();
  db.close();
});

const write = (bytes: number) => db.prepare('INSERT INTO filler VALUES (zeroblob(?))').run(bytes);
const sizeOf = (end: string) => statSync(join(folder, `nightdesk.db${end}`)).size;

describe('the upkeep of the database', () => {
  it('copies the log into the file beside the commits, and begins the log anew before it grows long', async () => {
    upkeep = createUpkeep(db, ENTRY, () => {});
    for (let n = 0; n < 40; n += 1) {
      write(2 * MEGABYTE);
      const copied = upkeep.checkpoint();
      // Another commit while it copies, as on a busy desk: the thread alone would never have copied all.
      write(10_000);
      await copied;
    }
    expect(sizeOf('')).toBeGreaterThan(70 * MEGABYTE);
    expect(sizeOf('-wal')).toBeLessThan(40 * MEGABYTE);
  });

  it('leaves a whole copy and nothing else, readable by its owner only', async () => {
    upkeep = createUpkeep(db, ENTRY, () => {});
    write(MEGABYTE);
    const file = join(folder, 'copy.db');
    expect(await upkeep.backup(file)).toMatchObject({ ok: true, value: { bytes: statSync(file).size } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const copy = new Database(file, { readonly: true });
    expect(copy.prepare('SELECT count(*) FROM filler').pluck().get()).toBe(1);
    copy.close();
  });

  it('whose thread cannot start says so; commits go on', async () => {
    const lines: string[] = [];
    upkeep = createUpkeep(db, join(folder, 'none.ts'), (line) => lines.push(line));
    write(10);
    await upkeep.checkpoint();
    expect(await upkeep.backup(join(folder, 'copy.db'))).toMatchObject({ ok: false, error: { code: 'STORAGE' } });
    expect(lines.join()).toContain('the upkeep of the database stopped');
    write(10);
  });
});
