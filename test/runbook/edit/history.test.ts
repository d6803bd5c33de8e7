import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHistory, readVersion } from '../../../electron/runbook/edit/history.ts';

describe('the history of a runbook', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightdesk-history-'));
    file = join(folder, 'provider-down.md');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function git(...args: string[]): void {
    execFileSync('git', ['-C', folder, '-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args]);
  }
  function commit(text: string, subject: string): void {
    writeFileSync(file, text);
    git('add', 'provider-down.md');
    git('commit', '--quiet', '--message', subject);
  }

  it('is none where there is no git, and says so', async () => {
    writeFileSync(file, 'x');
    expect(await readHistory(file)).toEqual({ versions: [], why: 'The folder is in no git repository.' });
  });
  it('is none of a repository without a commit, or a file in none', async () => {
    git('init', '--quiet');
    writeFileSync(file, 'x');
    expect((await readHistory(file)).why).toBe('The repository has no commit yet.');
    writeFileSync(join(folder, 'other.md'), 'x');
    git('add', 'other.md');
    git('commit', '--quiet', '--message', 'other');
    expect((await readHistory(file)).why).toBe('The file is in no commit yet.');
  });
  it('has each version, the newest first, with its text', async () => {
    git('init', '--quiet');
    commit('one\r\n', 'Begun; "quoted" and `ticked`');
    commit('two\r\n', 'Fallback is openai');
    const { versions, why } = await readHistory(file);
    expect(why).toBeNull();
    expect(versions.map(({ subject, by }) => [subject, by])).toEqual([
      ['Fallback is openai', 'Ana'],
      ['Begun; "quoted" and `ticked`', 'Ana'],
    ]);
    const texts = await Promise.all(versions.map((version) => readVersion(file, version.commit)));
    expect(texts).toEqual([
      { ok: true, value: 'two\r\n' },
      { ok: true, value: 'one\r\n' },
    ]);
    expect(await readVersion(file, '0'.repeat(40))).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
  it('runs nothing that the repository asks for', async () => {
    git('init', '--quiet');
    commit('one\n', 'one');
    const [version] = (await readHistory(file)).versions;
    const trap = join(folder, 'ran');
    git('config', 'core.fsmonitor', `touch ${trap}`);
    git('config', 'core.pager', `touch ${trap}`);
    git('config', 'diff.external', `touch ${trap}`);
    git('config', 'diff.trap.textconv', `touch ${trap};`);
    git('config', 'filter.trap.smudge', `touch ${trap}`);
    git('config', 'gpg.program', join(folder, 'no-such-program'));
    git('config', 'log.showSignature', 'true');
    writeFileSync(join(folder, '.gitattributes'), '*.md diff=trap filter=trap\n');
    rmSync(trap, { force: true });
    expect((await readHistory(file)).versions).toHaveLength(1);
    expect(await readVersion(file, version?.commit ?? '')).toEqual({ ok: true, value: 'one\n' });
    expect(existsSync(trap)).toBe(false);
  });
});
