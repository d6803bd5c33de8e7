import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimFolder, findDesk } from '../../electron/serve/claim.ts';
import { openSecrets, sameSecret } from '../../electron/serve/secret.ts';
import { scratchFolder } from './desk.ts';

const DESK = { address: 'http://127.0.0.1:4000', token: 'secret', desk: 'd1', startedAt: 5 };

function claim(folder: string) {
  const claimed = claimFolder(folder, 5);
  if (!claimed.ok) throw new Error(claimed.error.message);
  return claimed.value;
}

describe('a data folder', () => {
  it('tells where its desk answers, to its owner only, until it is released', () => {
    const folder = join(scratchFolder(), 'new');
    const held = claim(folder);
    expect(findDesk(folder)).toBeUndefined();
    held.publish(DESK);
    expect(findDesk(folder)).toEqual({ ...DESK, pid: process.pid });
    expect(statSync(join(folder, 'desk.json')).mode & 0o777).toBe(0o600);
    held.release();
    expect(existsSync(join(folder, 'desk.json'))).toBe(false);
    expect(findDesk(folder)).toBeUndefined();
  });

  it('takes one desk: a second is told which runs and where', () => {
    const folder = scratchFolder();
    const held = claim(folder);
    held.publish(DESK);
    const second = claimFolder(folder, 6);
    expect(second).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    if (!second.ok) {
      expect(second.error.message).toContain(DESK.address);
      expect(second.error.message).toContain(String(process.pid));
    }
    held.release();
    claim(folder).release();
  });

  it('is free again after its desk was killed', async () => {
    const folder = scratchFolder();
    const script = `import { claimFolder } from ${JSON.stringify(join(process.cwd(), 'electron/serve/claim.ts'))};
      claimFolder(${JSON.stringify(folder)}, 1).value.publish(${JSON.stringify(DESK)});
      console.error('held'); setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await once(other.stderr, 'data');
    expect(claimFolder(folder, 2)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(findDesk(folder)).toBeUndefined();
    claim(folder).release();
  });

  it('is free when the lock names a process that was born later, or is no lock at all', () => {
    const folder = scratchFolder();
    writeFileSync(
      join(folder, 'desk.lock'),
      JSON.stringify({ pid: process.pid, born: 'an earlier boot', startedAt: 1 }),
    );
    claim(folder).release();
    writeFileSync(join(folder, 'desk.lock'), 'half a li');
    claim(folder).release();
  });

  it('that cannot be made says so', () => {
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, '');
    expect(claimFolder(join(file, 'data'), 1)).toMatchObject({ ok: false, error: { code: 'STORAGE' } });
  });
});

describe('its secrets', () => {
  it('are made once, kept for the owner, and outlive the desk', () => {
    const folder = scratchFolder();
    const first = openSecrets(folder);
    expect(openSecrets(folder)).toEqual(first);
    expect(first.bearer).not.toBe(first.session);
    expect(statSync(join(folder, 'desk.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'desk.key'), 'utf8')).not.toContain(first.bearer);
  });

  it('compare as equal only when they are', () => {
    expect(sameSecret('a', 'a')).toBe(true);
    for (const wrong of [undefined, '', 'b', 'aa']) expect(sameSecret(wrong, 'a')).toBe(false);
  });
});
