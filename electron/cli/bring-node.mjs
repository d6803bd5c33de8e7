/*
 * Brings Node 24 into node_modules where npm ci did not. Install scripts are off (.npmrc): npm before 11 knows no
 * allowScripts and would hand better-sqlite3, whose binaries are inside its package, to node-gyp, which fails without
 * Python. So the one script that is wanted, of the package `node`, is run here, before the first command that needs it.
 * Plain JavaScript that any Node from 20 up can read.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const windows = process.platform === 'win32';

/**
 * @returns {string | undefined} the path of Node 24, or undefined where it is not there and cannot be brought
 */
export function bringNode() {
  const brought = join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node');
  if (existsSync(brought) || !existsSync(join(root, 'node_modules/node')))
    return existsSync(brought) ? brought : undefined;
  console.error('Bringing Node 24 (once, from the npm registry) …');
  const rebuild = ['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts=false'];
  const npm = process.env.npm_execpath;
  // Told by npm which npm it is; else the one on the PATH, which on Windows is a script.
  const done = npm
    ? spawnSync(process.execPath, [npm, ...rebuild], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    : spawnSync('npm', rebuild, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: windows });
  return done.status === 0 && existsSync(brought) ? brought : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && bringNode() === undefined) {
  console.error(
    `Node 24 could not be brought. Run "npm ci" in ${root}, with the npm registry in reach, and try again.`,
  );
  process.exitCode = 1;
}
