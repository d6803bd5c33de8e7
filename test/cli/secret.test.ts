import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../electron/cli/run.ts';
import { dataFolder } from '../support/desk.ts';
import { type Answer, documentOf, errorOf } from './answer.ts';

const MAIN = fileURLToPath(new URL('../../electron/cli/main.ts', import.meta.url));
const hasKeychain = existsSync('/usr/bin/gnome-keyring-daemon') && existsSync('/usr/bin/dbus-run-session');

/** Runs `nightdesk` with this on standard input. */
async function run(words: string[], input: string, env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const child = spawn(process.execPath, [MAIN, ...words, '--data', dataFolder()], {
    env: { ...process.env, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += String(text);
  });
  child.stderr.on('data', (text) => {
    err += String(text);
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out, err };
}

/** Nothing answers on this bus: a machine without a keychain. */
const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/at/all' };

describe.runIf(process.platform === 'linux')('where there is no keychain', () => {
  it('secret set says so, with the variable that stands in', async () => {
    const answer = errorOf(await run(['secret', 'set', 'mail', '--json'], 'correct horse\n', NO_KEYCHAIN));
    expect(answer).toMatchObject({ exit: 8, code: 'STORAGE', next: expect.stringContaining('NIGHTDESK_SECRET_MAIL') });
    expect(answer.message).toMatch(/^The keychain cannot be reached: /);
  });

  it('secret list and remove say so', async () => {
    expect(errorOf(await run(['secret', 'list', '--json'], '', NO_KEYCHAIN))).toMatchObject({ exit: 8 });
    expect(errorOf(await run(['secret', 'remove', 'mail', '--json'], '', NO_KEYCHAIN))).toMatchObject({ exit: 8 });
  });
});

describe('secret set', () => {
  it('takes no value from an argument, an empty one or one too short', async () => {
    expect((await run(['secret', 'set', 'mail', 'correct horse'], '')).code).toBe(2);
    expect(errorOf(await run(['secret', 'set', 'mail', '--json'], ''))).toMatchObject({ exit: 2 });
    const short = await run(['secret', 'set', 'mail', '--json'], 'short\n', NO_KEYCHAIN);
    expect(errorOf(short)).toMatchObject({ exit: 2, message: expect.stringContaining('8 characters or more') });
    expect(short.out).not.toContain('"short"');
  });
});

describe('on a terminal', () => {
  it('the value is asked for, and not shown', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const ended = runCommandLine(['secret', 'set', 'mail', '--json'], { stdin, stdout, stderr });
    stdin.write('short\r');
    expect(await ended).toBe(2);
    expect(String(stderr.read())).toBe('Value of mail (not shown): \n');
    expect(String(stdout.read())).toContain('this one has 5');
  });
});

describe.runIf(hasKeychain)('with a real keychain', () => {
  it('a secret is set, listed and removed, and its value is never printed', async () => {
    const nightdesk = `"${process.execPath}" "${MAIN}"`;
    const script = [
      'printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1',
      `printf "correct horse\\n" | ${nightdesk} secret set mail --json`,
      'echo ---',
      `${nightdesk} secret list --json`,
      'echo ---',
      `${nightdesk} secret remove mail --json`,
      'echo ---',
      `${nightdesk} secret remove mail --json || true`,
    ].join('\n');
    const home = mkdtempSync(join(tmpdir(), 'nightdesk-test-'));
    const child = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
      env: { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    child.stdout.on('data', (text) => {
      out += String(text);
    });
    await once(child, 'close');
    const answer = (part: number) => ({ code: 0, err: '', out: out.split('---\n')[part] ?? '' });
    expect(documentOf('secret set', answer(0))).toEqual({ name: 'mail', from: 'keychain', problem: null });
    expect(documentOf('secret list', answer(1)).secrets).toEqual([{ name: 'mail', from: 'keychain', problem: null }]);
    expect(documentOf('secret remove', answer(2))).toMatchObject({ name: 'mail', from: 'missing' });
    expect(errorOf(answer(3))).toMatchObject({ code: 'NOT_FOUND' });
    expect(out).not.toContain('correct horse');
  });
});
