import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { runShell, shellCommand } from '../../../../electron/runbook/execute/outside/shell.ts';
import { isAlive } from '../../../support/alive.ts';
import { until } from '../../../support/until.ts';
import { ANA, driver, type Harness, live, must, openHarness } from '../../harness.ts';

const run = promisify(execFile);
const never = new AbortController().signal;

describe('a shell', () => {
  it('is the script itself: its exit code and its signal are what it came to, and it reads nothing', async () => {
    const options = { env: {}, timeoutMs: 10_000, signal: never };
    expect(await runShell('cat; exit 7', options)).toMatchObject({ ok: false, seen: 'it ended with 7' });
    expect(await runShell('kill -USR1 $$', options)).toMatchObject({ ok: false, seen: 'it was ended by SIGUSR1' });
    expect(await runShell('wait; sleep 0 & wait; echo done', options)).toMatchObject({ ok: true, value: 'done' });
  });

  it('gets no door to the desk: its only open files are its own three', async () => {
    const script = 'for fd in 3 4 5 6 7 8 9; do if { true <&"$fd"; } 2>/dev/null; then echo "open $fd"; fi; done';
    const end = await runShell(script, { env: {}, timeoutMs: 10_000, signal: never });
    expect(end).toMatchObject({ ok: true, output: '' });
  });

  it('that is cancelled leaves what it started the time to clean up', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightdesk-shell-'));
    const env = { INPUT_READY: join(folder, 'ready'), INPUT_CLEAN: join(folder, 'clean') };
    // The work of the handler is done well after the shell itself is gone.
    const child = `trap 'sleep 0.3; echo clean > "$INPUT_CLEAN"; exit' TERM; : > "$INPUT_READY"; while :; do sleep 0.1; done`;
    const cancel = new AbortController();
    const over = runShell(`sh -c '${child.replaceAll("'", `'\\''`)}'; true`, {
      env,
      timeoutMs: 60_000,
      signal: cancel.signal,
    });
    await until(() => existsSync(env.INPUT_READY));
    cancel.abort();
    expect(await over).toMatchObject({ ok: false, seen: 'it was cancelled' });
    expect(readFileSync(env.INPUT_CLEAN, 'utf8')).toBe('clean\n');
  });

  // setsid is Linux's.
  it.runIf(process.platform === 'linux')('does not hold the desk by what fled from its group', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'nightdesk-shell-')), 'fled');
    const script = 'setsid sh -c \'echo $$ > "$INPUT_FILE"; sleep 600\' & while [ ! -s "$INPUT_FILE" ]; do :; done';
    const end = await runShell(script, { env: { INPUT_FILE: file }, timeoutMs: 10_000, signal: never });
    expect(end).toMatchObject({ ok: true, seen: 'it ended with 0' });
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  });
});

describe('the command line of a shell step', () => {
  it('pasted, runs the same text in the same environment, whatever stands in it', async () => {
    const env = fc.dictionary(
      fc.stringMatching(/^INPUT_[A-Z][A-Z0-9_]{0,8}$/),
      fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(env, fc.string({ maxLength: 30 }), async (values, word) => {
        const text = word.replaceAll('\0', '').replaceAll("'", '');
        const script = `printf '%s\\n' '${text}'; env | sort; pwd`;
        const own = await runShell(script, { env: values, timeoutMs: 10_000, signal: never });
        const pasted = await run('/bin/sh', ['-c', shellCommand(script, values)]);
        const set = (output: string) => output.trim().replace(/^(?:_|PWD|OLDPWD|SHLVL)=.*\n/gm, '');
        expect(set(pasted.stdout)).toBe(set(own.output ?? ''));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a desk that is closed', () => {
  let desk: Harness | undefined;
  afterEach(() => desk?.close());

  it('waits until its shells have ended, and ends one that does not heed the polite signal', async () => {
    const script = `trap '' TERM; echo $$ > "$INPUT_FILE"; while :; do sleep 1; done`;
    const text = live('## Diagnose', '- [ ] Do `shell confirm`', '', '  ```sh', `  ${script}`, '  ```');
    desk = await openHarness({
      'test.md': text.replace('default: triage }', 'default: triage }\n  file: { type: text }'),
    });
    desk.settings.shell = true;
    const file = join(desk.data, 'shell');
    const step = driver(desk, must(await desk.runbooks.start({ runbook: 'test', inputs: { file } }, ANA)));
    must(await step.confirm());
    const pid = await until(() => existsSync(file) && Number(readFileSync(file, 'utf8')));
    expect(isAlive(pid)).toBe(true);
    await desk.runbooks.close();
    expect(isAlive(pid)).toBe(false);
  });
});
