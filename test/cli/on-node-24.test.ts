import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { until } from '../support/until.ts';

const CLI = fileURLToPath(new URL('../../electron/cli', import.meta.url));
const ENTRIES = ['start.mjs', 'nightdesk.mjs'];

/** A clone in which npm ci has not run: the entry points and the file that tells a clone from a package. */
function bareClone(): string {
  const root = mkdtempSync(join(tmpdir(), 'nightdesk-clone-'));
  cpSync(CLI, join(root, 'electron/cli'), { recursive: true });
  writeFileSync(join(root, 'electron.vite.config.ts'), '');
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  return root;
}

/** Arguments that make this Node take itself for an older one. */
function posingAs(version: string): string[] {
  const pose = `Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(version)} })`;
  return ['--import', `data:text/javascript,${encodeURIComponent(pose)}`];
}

function run(root: string, entry: string, node: string[] = []): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...node, join(root, 'electron/cli', entry), '--some', 'argument'], {
    encoding: 'utf8',
  });
}

/** Puts a program in place of the Node that npm ci brings. */
function bringNode(root: string, script: string): void {
  const file = join(root, 'node_modules/node/bin/node');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

it.each(ENTRIES)('%s on an old Node, before npm ci, says in one line what is needed', (entry) => {
  const root = bareClone();
  const { status, stdout, stderr } = run(root, entry, posingAs('18.19.0'));
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr.trim().split('\n')).toEqual([
    `Nightdesk needs Node 24; this is Node 18.19.0. Run "npm ci" in ${root} (any Node from 20 up will do): it brings Node 24 along.`,
  ]);
});

it.each(ENTRIES)('%s on the right Node, before npm ci, says to run it', (entry) => {
  const root = bareClone();
  const { status, stderr } = run(root, entry);
  expect(status).toBe(1);
  expect(stderr).toBe(`The packages of Nightdesk are not here. Run "npm ci" in ${root} first.\n`);
});

it.runIf(process.platform !== 'win32').each(ENTRIES)(
  '%s on an old Node goes on in the one that npm ci brought, with the same arguments and exit code',
  (entry) => {
    const root = bareClone();
    bringNode(root, 'echo "$@"; exit 7');
    const { status, stdout } = run(root, entry, posingAs('20.11.0'));
    expect(stdout).toBe(`${join(root, 'electron/cli', entry)} --some argument\n`);
    expect(status).toBe(7);
  },
);

it.runIf(process.platform !== 'win32')('waits for the other Node to stop in order after Ctrl-C', async () => {
  const root = bareClone();
  bringNode(root, `trap 'echo stopped; exit 0' INT; echo ready; while :; do sleep 0.05; done`);
  const args = [...posingAs('20.11.0'), join(root, 'electron/cli/start.mjs')];
  // A process group of its own, which gets the signal as a terminal's would.
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once('close', resolve));
  await until(() => said.includes('ready'));
  process.kill(-Number(child.pid), 'SIGINT');
  expect(await ended).toBe(0);
  expect(said).toContain('stopped');
});
