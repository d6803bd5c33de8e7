import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ADDON = join(ROOT, 'node_modules/better-sqlite3');

const versionsSchema = z.record(z.string(), z.string());
const packageFile = z
  .object({
    allowScripts: z.record(z.string(), z.boolean()),
    dependencies: versionsSchema,
    devDependencies: versionsSchema,
  })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
const lockFile = z
  .object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));

it('lets the package that brings Node, and no other, run an install script', () => {
  const allowed = Object.entries(packageFile.allowScripts).filter(([, allowedToRun]) => allowedToRun);
  expect(allowed.map(([name]) => name)).toEqual(['node']);
});

it('runs no install script by itself, whatever npm: not every one reads allowScripts', () => {
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

it('has decided about every package that has an install script', () => {
  const withScript = Object.entries(lockFile.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.split('node_modules/').at(-1) ?? path);
  expect(withScript).toContain('node');
  expect(withScript.filter((name) => !(name in packageFile.allowScripts))).toEqual([]);
});

it('names every version exactly: a clone of next year installs what was tested', () => {
  const loose = Object.entries({ ...packageFile.dependencies, ...packageFile.devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
});

it('has no local build of the SQLite addon, which would be taken before its own binary', () => {
  expect(existsSync(join(ADDON, 'build'))).toBe(false);
});

it('loads the SQLite addon from the binaries inside its package', () => {
  const script = `
    require('better-sqlite3')(':memory:').close();
    const { sharedObjects } = process.report.getReport();
    console.log(JSON.stringify(sharedObjects.filter((file) => file.includes('better-sqlite3'))));`;
  const loaded = JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
  expect(loaded).toHaveLength(1);
  expect(loaded[0]).toContain(join('better-sqlite3', 'prebuilds'));
});
