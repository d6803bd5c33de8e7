import { fork } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { commands } from './obey.ts';
import { ROOT } from './real.ts';

const HOOK = fileURLToPath(new URL('./main-hook.ts', import.meta.url));

type Commands = typeof commands;
/** The app's side of the stand-in, from the test. */
export type Desktop = {
  ask<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>>;
  dataFolder: string;
  /** All that the app and its processes wrote to stderr. */
  log(): string;
  /** Settles with the exit code. */
  exited: Promise<number | null>;
  stop(): Promise<void>;
};

/**
 * Starts the built desktop on the stand-in. Fails at once when it is not built.
 *
 * @param options `root`: the folder with package.json of another Nightdesk than this one
 */
export function launchDesktop(
  options: { root?: string; args?: string[]; env?: Record<string, string>; dataFolder?: string } = {},
): Desktop {
  const main = join(options.root ?? ROOT, 'out/main/main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" first`);
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'nightdesk-desktop-'));
  const app = fork(main, [`--data=${dataFolder}`, ...(options.args ?? [])], {
    execArgv: ['--import', HOOK],
    env: { ...process.env, STANDIN_USER_DATA: dataFolder, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  for (const stream of [app.stdout, app.stderr]) stream?.on('data', (chunk) => (log += chunk));
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  app.on('message', ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  });
  const exited = new Promise<number | null>((resolve) => {
    app.once('exit', (code) => {
      for (const asked of waiting.values()) asked.reject(new Error(`the app is gone:\n${log}`));
      resolve(code);
    });
  });
  let last = 0;
  const desktop: Desktop = {
    ask(name, ...args) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        app.send({ id, name, args }, (error) => error && reject(error));
      });
    },
    dataFolder,
    log: () => log,
    exited,
    async stop() {
      if (app.exitCode === null && app.signalCode === null) await desktop.ask('quit').catch(() => {});
      await exited;
    },
  };
  return desktop;
}
