import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['electron', 'renderer', 'electron.vite.config.ts', 'package.json'];
/** The last files that a build writes. */
const PRODUCTS = ['out/main/cli.js', 'out/main/main.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];

/** Why the built files under out/ cannot be used as they are; undefined when they can. @param root the folder with package.json */
export function whyNotBuilt(root: string): string | undefined {
  const missing = PRODUCTS.find((file) => !existsSync(join(root, file)));
  if (missing !== undefined) return `${missing} is missing`;
  // Without its sources (installed from a package) the build is all there is.
  if (!existsSync(join(root, 'electron.vite.config.ts'))) return undefined;
  const builtAt = Math.min(...PRODUCTS.map((file) => statSync(join(root, file)).mtimeMs));
  const newer = SOURCES.map((source) => newest(join(root, source))).find((source) => source.changedAt > builtAt);
  return newer && `${newer.file} is newer than the build`;
}

/** Builds out/. @returns whether it went well; what went wrong was printed */
export function build(root: string): boolean {
  const electronVite = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const run = spawnSync(process.execPath, [electronVite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return run.status === 0;
}

function newest(path: string): { file: string; changedAt: number } {
  const stat = statSync(path);
  if (!stat.isDirectory()) return { file: path, changedAt: stat.mtimeMs };
  let found = { file: path, changedAt: 0 };
  for (const name of readdirSync(path)) {
    const candidate = newest(join(path, name));
    if (candidate.changedAt > found.changedAt) found = candidate;
  }
  return found;
}
