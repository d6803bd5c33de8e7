#!/usr/bin/env node
/*
 * The `nightdesk` command. Plain JavaScript that any Node from 20 up can read: it finds the Node 24 that comes with the
 * project, says so plainly when there is none, and goes on in the built command line or, in a clone, in its source.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { whyNotBuilt } = await import('./built.ts').catch(() => ({ whyNotBuilt: () => undefined }));
  const entry = whyNotBuilt(root) === undefined ? '../../out/main/cli.js' : './main.ts';
  await import(entry);
} else {
  const bundled = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(bundled)) {
    const run = spawnSync(bundled, process.argv.slice(1), { stdio: 'inherit' });
    process.exitCode = run.status ?? 1;
  } else {
    console.error(
      `Nightdesk needs Node 24; this is Node ${process.versions.node}. Run "npm ci" in ${root}: it brings Node 24 along.`,
    );
    process.exitCode = 1;
  }
}
