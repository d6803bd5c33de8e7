import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractAll, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findDesk } from '../../electron/serve/claim.ts';
import { clientOn, openSocket } from '../serve/client.ts';
import { writeElectronDist } from '../support/electron/dist.ts';
import { type Desktop, launchDesktop } from '../support/electron/launch.ts';
import { until } from '../support/until.ts';

/*
 * Packages the built application for Linux, as `npm run package` does, around a stand-in of Electron's own files.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'nightdesk-package-'));
const app = join(scratch, 'release/linux-unpacked');
const resources = join(app, 'resources');

/** Paths inside the asar, with / on every system. */
let packed: string[];
let desktop: Desktop | undefined;

beforeAll(() => {
  const dist = join(scratch, 'dist');
  writeElectronDist(dist);
  const builder = join(ROOT, 'node_modules/electron-builder/cli.js');
  const config = ['--config', 'build/electron-builder.config.cjs', `-c.electronDist=${dist}`];
  const output = `-c.directories.output=${join(scratch, 'release')}`;
  execFileSync(process.execPath, [builder, '--linux', 'dir', '--x64', ...config, output], { cwd: ROOT, stdio: 'pipe' });
  packed = listPackage(join(resources, 'app.asar'), { isPack: false }).map((path) => path.replaceAll('\\', '/'));
});
afterAll(() => desktop?.stop());

it('holds main, preload, the desk, the workers and the console', () => {
  const built = ['main/main.js', 'main/desk.js', 'main/desktop-worker.js', 'main/worker.js', 'preload/preload.cjs'];
  for (const file of [...built, 'renderer/index.html']) expect(packed).toContain(`/out/${file}`);
  const assets = readdirSync(join(ROOT, 'out/renderer/assets'));
  expect(assets.length).toBeGreaterThan(0);
  for (const file of assets) expect(packed).toContain(`/out/renderer/assets/${file}`);
});

it('holds no source, no test and no package but those that are not bundled', () => {
  expect(packed.filter((path) => /^\/(electron|renderer|test|docs)(\/|$)/.test(path))).toEqual([]);
  expect(new Set(packed.map((path) => /^\/node_modules\/([^/]+)/.exec(path)?.[1]).filter(Boolean))).toEqual(
    new Set(['better-sqlite3', '@napi-rs', 'pdfkit', 'zod']),
  );
});

it('has the SQLite addon for its system beside the asar, where it can be loaded', () => {
  const folder = join(resources, 'app.asar.unpacked/node_modules/better-sqlite3/prebuilds');
  expect(readdirSync(folder)).toEqual(['linux-x64.node']);
  expect(readFileSync(join(folder, 'linux-x64.node')).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
});

it('has the runbooks and the sample agents as files that a person can read', () => {
  for (const folder of ['runbooks', 'agents']) {
    expect(readdirSync(join(resources, folder))).toEqual(readdirSync(join(ROOT, folder)));
  }
  expect(existsSync(join(resources, 'agents/invoice-triage/fixtures/01.json'))).toBe(true);
});

it('is hardened: no Node for others, its own asar only, cookies encrypted', async () => {
  const wire = await getCurrentFuseWire(join(app, 'nightdesk'));
  const hardened = {
    [FuseV1Options.RunAsNode]: FuseState.DISABLE,
    [FuseV1Options.EnableCookieEncryption]: FuseState.ENABLE,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
    [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
    [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
  };
  expect(wire).toMatchObject(hardened);
});

it('lacks nothing: from the packed files alone the desktop starts and its agents work', async () => {
  const root = join(scratch, 'unpacked/app.asar');
  extractAll(join(resources, 'app.asar'), root);
  for (const folder of ['runbooks', 'agents'])
    await cp(join(resources, folder), join(root, '..', folder), { recursive: true });
  desktop = launchDesktop({ root, args: ['--rehearsal', '--traffic=600'] });
  const { dataFolder } = desktop;
  const desk = await until(() => findDesk(dataFolder));
  const socket = await openSocket(desk.address, { authorization: `Bearer ${desk.token}` });
  const client = clientOn(socket);
  await until(async () => (await client.tasks.list({ state: ['succeeded'] })).tasks.length > 0);
  expect((await client.runbooks.list()).map((runbook) => runbook.name)).toContain('provider-down');
  socket.close();
});
