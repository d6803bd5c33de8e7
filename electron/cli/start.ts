import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hasDisplay, openBrowser } from './browser.ts';
import { build, whyNotBuilt } from './built.ts';
import { findElectronBinary } from './electron-binary.ts';
import { rehearsalDataFolder, TRAFFIC_PER_MINUTE } from './rehearsal.ts';

/*
 * `npm start`: the desktop where Electron's binary and a display are there, otherwise the same console served on
 * 127.0.0.1 and opened in a browser. A rehearsal with traffic unless --no-rehearsal says otherwise, so that the first
 * look is a live one.
 */

const root = join(import.meta.dirname, '../..');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readArguments() {
  return parseArgs({
    allowNegative: true,
    options: {
      rehearsal: { type: 'boolean', default: true },
      data: { type: 'string' },
      agents: { type: 'string', multiple: true, default: [] },
      port: { type: 'string', default: '0' },
      open: { type: 'boolean', default: true },
      serve: { type: 'boolean', default: false },
    },
  }).values;
}

/** Why the desktop cannot be started here; undefined when it can. */
function whyNoDesktop(asked: boolean): string | undefined {
  if (asked) return 'as --serve says';
  if (findElectronBinary(root) === undefined) return "Electron's binary is not here (npx install-electron fetches it)";
  if (!hasDisplay()) return 'there is no display here';
  return undefined;
}

async function main(): Promise<number> {
  const { agents, data, open, port, rehearsal, serve } = readArguments();
  const agentFolders = agents.map((folder) => resolve(folder));
  const missing = agentFolders.find((folder) => !existsSync(folder));
  if (missing !== undefined) {
    say(`--agents ${missing} is not there. Nothing was started. Name a folder with agents.`);
    return 1;
  }
  const reason = whyNotBuilt(root);
  if (reason !== undefined) {
    say(`Building Nightdesk (${reason}) ...`);
    if (!build(root)) return 1;
  }
  const { defaultDataFolder, findDesk, runServe } = await import('../serve/index.ts');
  const dataFolder = data ?? (rehearsal ? rehearsalDataFolder() : defaultDataFolder());

  const noDesktop = whyNoDesktop(serve);
  const binary = findElectronBinary(root);
  if (noDesktop === undefined && binary !== undefined) {
    say('Starting the desktop.');
    const traffic = rehearsal ? ['--rehearsal', `--traffic=${TRAFFIC_PER_MINUTE}`] : [];
    const folders = agentFolders.map((folder) => `--agents=${folder}`);
    const desktop = spawn(binary, [root, `--data=${dataFolder}`, ...folders, ...traffic], { stdio: 'inherit' });
    return new Promise((resolve) => desktop.once('exit', (code) => resolve(code ?? 1)));
  }

  const started = await runServe({
    dataFolder,
    agentFolders,
    rehearsal,
    trafficPerMinute: rehearsal ? TRAFFIC_PER_MINUTE : 0,
    port: Number(port),
  });
  if (!started.ok) {
    const { message, kept, todo } = started.error;
    say(`${message}\n${kept} ${todo}`);
    const desk = findDesk(dataFolder);
    if (!desk) return 1;
    const answer = await fetch(`${desk.address}/v1/invitations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${desk.token}` },
    });
    const { address } = (await answer.json()) as { address: string };
    say(`Open it at ${address}`);
    if (open) openBrowser(address, () => say('No browser could be opened: open the address yourself.'));
    return 0;
  }
  const address = started.value.invite();
  say(`Nightdesk is serving in the browser: ${noDesktop}.`);
  say(rehearsal ? `This is a rehearsal; its data are in ${dataFolder}` : `The data are in ${dataFolder}`);
  say(`Open it at ${address}`);
  say('(that address lets one browser in, once; Ctrl-C stops the desk)');
  if (open) openBrowser(address, () => say('No browser could be opened: open the address yourself.'));
  await started.value.stopped;
  return 0;
}

process.exitCode = await main();
