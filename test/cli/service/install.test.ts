import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { findDesk } from '../../../electron/serve/claim.ts';
import { dataFolder, startDesk } from '../../support/desk.ts';
import { launchDesktop } from '../../support/electron/launch.ts';
import { until } from '../../support/until.ts';
import { documentOf } from '../answer.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const systemd = mkdtempSync(join(tmpdir(), 'nightdesk-systemd-'));
mkdirSync(join(systemd, 'bin'));
copyFileSync(join(ROOT, 'test/support/systemctl.mjs'), join(systemd, 'bin/systemctl'));
chmodSync(join(systemd, 'bin/systemctl'), 0o755);
symlinkSync(join(systemd, 'bin/systemctl'), join(systemd, 'bin/loginctl'));
const env = {
  ...process.env,
  PATH: `${join(systemd, 'bin')}:${process.env.PATH}`,
  XDG_CONFIG_HOME: join(systemd, 'config'),
  STANDIN_SYSTEMD: systemd,
};

/** Runs the command line where a systemd answers. */
async function cli(folder: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'electron/cli/main.ts'), ...words, '--data', folder], {
    cwd: ROOT,
    env,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (err += String(text)));
  const code = await new Promise<number>((done) => child.once('close', (exit) => done(exit ?? -1)));
  return { code, out, err };
}

const folder = dataFolder();
afterAll(() => cli(folder, 'service', 'remove'));

describe('the desk in the background', () => {
  it('is not there before it is installed', async () => {
    const status = await cli(folder, 'service', 'status', '--json');
    expect(status.code).toBe(0);
    expect(documentOf('service status', status)).toMatchObject({ installed: false, active: false, desk: null });
    expect((await cli(folder, 'service', 'remove')).code).toBe(3);
  });

  it('is not installed on a folder whose path would be more than one line of a unit', async () => {
    const broken = `${folder}\nExecStartPre=evil`;
    const refused = await cli(broken, 'service', 'install');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('control character');
    expect(existsSync(broken)).toBe(false);
    expect(existsSync(join(systemd, 'config'))).toBe(false);
  });

  it('runs once it is installed, and status says since when, where and which version', async () => {
    const installed = await cli(folder, 'service', 'install', '--json');
    expect(installed.err).toBe('');
    const said = documentOf('service install', installed);
    expect(said).toMatchObject({ installed: true, active: true, manager: 'systemd', dataFolder: folder });
    const desk = findDesk(folder);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(said.desk).toMatchObject({
      address: desk?.address,
      pid: desk?.pid,
      version,
      host: 'serve',
      startedAt: desk?.startedAt,
    });
    expect(said.hints.join()).toContain('loginctl enable-linger');
    const words = await cli(folder, 'service', 'status');
    expect(words.out).toContain(`Nightdesk ${version} answers at ${desk?.address}, since `);
  });

  it('is the desk that the desktop opens: a closed window stops nothing', async () => {
    const before = findDesk(folder);
    const desktop = launchDesktop({ dataFolder: folder });
    await until(async () => ((await desktop.ask('state')).windows[0]?.page?.ports ?? 0) > 0);
    expect(await desktop.ask('about')).toMatchObject({ host: 'serve', desk: before?.desk });
    expect((await desktop.ask('state')).processes).toEqual([]);
    await desktop.stop();
    expect(findDesk(folder)).toEqual(before);
  });

  it('goes when it is removed; the data stay', async () => {
    const removed = await cli(folder, 'service', 'remove');
    expect(removed.out).toContain(`the data stay in ${folder}`);
    expect(findDesk(folder)).toBeUndefined();
    expect(existsSync(join(folder, 'nightdesk.db'))).toBe(true);
    expect(documentOf('service status', await cli(folder, 'service', 'status', '--json'))).toMatchObject({
      installed: false,
    });
  });

  it('waits for a desk that runs on the folder already', async () => {
    const other = await startDesk(dataFolder());
    const installed = await cli(other.folder, 'service', 'install', '--json');
    expect(documentOf('service install', installed).desk).toMatchObject({ pid: other.process.pid });
    await cli(other.folder, 'service', 'remove');
    expect(findDesk(other.folder)).toMatchObject({ pid: other.process.pid });
    await other.close();
  });
});
