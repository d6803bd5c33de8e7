#!/usr/bin/env node
/*
 * Stands in for systemctl --user and loginctl: it reads the unit as systemd would and runs what it says. STANDIN_SYSTEMD is
 * where it keeps the process id of each unit.
 */
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const state = process.env.STANDIN_SYSTEMD;
const [verb, ...rest] = process.argv.slice(2).filter((word) => word !== '--user');
const unit = rest.find((word) => word.endsWith('.service')) ?? '';
const pidFile = join(state, `${unit}.pid`);

function pid() {
  if (!existsSync(pidFile)) return undefined;
  const found = Number(readFileSync(pidFile, 'utf8'));
  try {
    process.kill(found, 0);
    // A process that has ended and was not waited for is still listed.
    return readFileSync(`/proc/${found}/stat`, 'utf8').includes(') Z ') ? undefined : found;
  } catch {
    return undefined;
  }
}

async function stop() {
  const running = pid();
  if (running !== undefined) process.kill(running, 'SIGTERM');
  while (pid() !== undefined) await new Promise((done) => setTimeout(done, 20));
  rmSync(pidFile, { force: true });
}

function start() {
  const text = readFileSync(join(process.env.XDG_CONFIG_HOME, 'systemd/user', unit), 'utf8');
  const line = /^ExecStart=(.*)$/m.exec(text)?.[1] ?? '';
  const [program, ...words] = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) =>
    word.replaceAll('%%', '%').replaceAll('$$', '$').replace(/\\(.)/g, '$1'),
  );
  const log = openSync(join(state, 'log'), 'a');
  const child = spawn(program, words, { detached: true, stdio: ['ignore', log, log] });
  writeFileSync(pidFile, String(child.pid));
  child.unref();
}

if (basename(process.argv[1]) === 'loginctl') {
  process.stdout.write('no\n');
} else if (verb === 'restart') {
  await stop();
  start();
} else if (verb === 'disable') {
  await stop();
} else if (verb === 'is-active') {
  process.exitCode = pid() === undefined ? 3 : 0;
} else if (verb === 'show') {
  process.stdout.write('259\n');
}
