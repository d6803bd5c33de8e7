/*
 * Every entry point begins here, in plain JavaScript that any Node from 20 up can read: it goes on in this Node when that
 * is new enough, or else in the one that npm ci brought; where there is none it says so plainly.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bringNode, root } from './bring-node.mjs';

const LEAST_MAJOR = 24;
const version = process.versions.node;

/**
 * Runs an entry point on Node 24.
 *
 * @param {() => Promise<unknown>} run loads what needs Node 24
 */
export async function onNode24(run) {
  if (Number(version.split('.')[0]) >= LEAST_MAJOR) {
    const isClone = existsSync(join(root, 'electron.vite.config.ts'));
    if (isClone && !existsSync(join(root, 'node_modules/better-sqlite3'))) {
      return refuse(`The packages of Nightdesk are not here. Run "npm ci" in ${root} first.`);
    }
    await run();
    return;
  }
  const brought = bringNode();
  if (brought === undefined) {
    return refuse(
      `Nightdesk needs Node ${LEAST_MAJOR}; this is Node ${version}. Run "npm ci" in ${root} (any Node from 20 up will do): it brings Node ${LEAST_MAJOR} along.`,
    );
  }
  process.exitCode = await relay(brought);
}

/** @param {string} why */
function refuse(why) {
  console.error(why);
  process.exitCode = 1;
}

/**
 * Runs the same command line on another Node. Ctrl-C reaches both from the terminal: this one waits for the other to stop
 * in order, and hands on only what it alone was told.
 *
 * @param {string} node
 * @returns {Promise<number>} its exit code
 */
function relay(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
