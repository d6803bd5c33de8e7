import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOf, openRunbookFiles, type RunbookFiles } from '../../../electron/runbook/edit/file.ts';

const SHIPPED = '# Shipped\r\n\r\n- [ ] one\r\n';

describe('the files of runbooks, to edit', () => {
  let root: string;
  let own: string;
  let shipped: string;
  let files: RunbookFiles;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nightdesk-edit-'));
    own = join(root, 'data', 'runbooks');
    shipped = join(root, 'shipped');
    mkdirSync(shipped);
    writeFileSync(join(shipped, 'provider-down.md'), SHIPPED);
    files = openRunbookFiles({
      ownFolder: own,
      fileOf: (name) =>
        [join(own, `${name.toUpperCase()}.md`), join(shipped, `${name}.md`)].find((file) => existsSync(file)),
    });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are read as they are, with who owns them', () => {
    expect(files.source('provider-down')).toEqual({
      ok: true,
      value: {
        name: 'provider-down',
        file: join(shipped, 'provider-down.md'),
        text: SHIPPED,
        hash: hashOf(SHIPPED),
        own: false,
      },
    });
    expect(files.source('nothing')).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
  it('that were shipped are never written: a copy of one stands over it, and that is said', () => {
    const saved = files.save('provider-down', '# Ours\n', hashOf(SHIPPED));
    expect(saved).toEqual({
      ok: true,
      value: {
        saved: true,
        file: join(own, 'provider-down.md'),
        hash: hashOf('# Ours\n'),
        over: join(shipped, 'provider-down.md'),
      },
    });
    expect(readFileSync(join(shipped, 'provider-down.md'), 'utf8')).toBe(SHIPPED);
    // At once, before the library is told.
    expect(files.source('provider-down')).toMatchObject({ value: { text: '# Ours\n', own: true } });
  });
  it('that changed outside are not written: the text that stands there is the answer', () => {
    files.save('mine', 'first', null);
    writeFileSync(join(own, 'mine.md'), 'theirs');
    expect(files.save('mine', 'second', hashOf('first'))).toEqual({
      ok: true,
      value: { saved: false, file: join(own, 'mine.md'), text: 'theirs', hash: hashOf('theirs') },
    });
    expect(readFileSync(join(own, 'mine.md'), 'utf8')).toBe('theirs');
    expect(files.save('mine', 'second', hashOf('theirs'))).toMatchObject({ value: { saved: true } });
  });
  it('that are new do not take the place of one that is there', () => {
    expect(files.save('provider-down', '# New', null)).toMatchObject({ value: { saved: false, text: SHIPPED } });
    expect(existsSync(join(own, 'provider-down.md'))).toBe(false);
  });
  it('that are gone are written again', () => {
    files.save('mine', 'first', null);
    rmSync(join(own, 'mine.md'));
    expect(files.save('mine', 'second', hashOf('first'))).toMatchObject({ value: { saved: true } });
  });
  it('keep their name, their rights, and leave nothing beside them', () => {
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'LOUD.md'), 'a', { mode: 0o600 });
    expect(files.save('loud', 'b', hashOf('a'))).toMatchObject({ value: { file: join(own, 'LOUD.md'), over: null } });
    expect(statSync(join(own, 'LOUD.md')).mode & 0o777).toBe(0o600);
    expect(readdirSync(own)).toEqual(['LOUD.md']);
  });
  it('that are links are not replaced', () => {
    mkdirSync(own, { recursive: true });
    symlinkSync(join(shipped, 'provider-down.md'), join(own, 'provider-down.md'));
    expect(files.save('provider-down', 'x', hashOf(SHIPPED))).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    expect(readFileSync(join(shipped, 'provider-down.md'), 'utf8')).toBe(SHIPPED);
  });
  it('that are no text are not opened: saved again they would be other bytes', () => {
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'odd.md'), Buffer.from([0x23, 0xff, 0xfe]));
    expect(files.source('odd')).toMatchObject({ ok: false, error: { code: 'BAD_FILE', where: join(own, 'odd.md') } });
  });
  it('cannot be written where the folder is a file: what was kept is said', () => {
    mkdirSync(join(root, 'data'));
    writeFileSync(own, '');
    const refused = files.save('mine', 'x', null);
    expect(refused).toMatchObject({ ok: false, error: { code: 'STORAGE', where: join(own, 'mine.md') } });
  });
});
