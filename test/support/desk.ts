import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { Contract } from '#contract/index.ts';
import { findDesk } from '../../electron/serve/index.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The command line: built where `npm test` has just built it, which starts in a third of the time; its source otherwise. */
const CLI = join(ROOT, process.env.NIGHTDESK_TEST_BUILT === '1' ? 'out/main/cli.js' : 'electron/cli/main.ts');

export type TestDesk = {
  folder: string;
  process: ChildProcess;
  /** The address that `serve` printed, with its one-time token. */
  address: string;
  client: ContractRouterClient<Contract>;
  /** Everything it wrote so far: its log, and what its workers print. */
  printed(): string;
  /** Runs the command line against this desk. */
  cli(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
};

/** A data folder with these agents in it. */
export function dataFolder(agents?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-test-'));
  if (agents !== undefined) cpSync(agents, join(folder, 'agents'), { recursive: true });
  return folder;
}

/** Starts `nightdesk serve` as a process of its own, and connects to it as a client would. */
export async function startDesk(folder: string, ...args: string[]): Promise<TestDesk> {
  const child = spawn(process.execPath, [CLI, 'serve', '--data', folder, '--port', '0', '--no-open', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += String(text);
  });
  child.stderr.on('data', (text) => {
    printed += String(text);
  });
  const address = await until(() => {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${printed}`);
    return /https?:\/\/\S+token=\S+/.exec(printed)?.[0];
  });
  const found = findDesk(folder);
  if (!found) throw new Error(`the desk says nothing of itself in ${folder}`);
  const socket = new WebSocket(`${found.address.replace('http', 'ws')}/rpc`, {
    headers: { authorization: `Bearer ${found.token}` },
  });
  await once(socket, 'open');
  const client: ContractRouterClient<Contract> = createORPCClient(
    new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
  );

  async function gone(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    socket.on('error', () => {});
    socket.close();
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  return {
    folder,
    process: child,
    address,
    client,
    printed: () => printed,
    cli: (...words) => runCli(folder, ...words),
    kill: () => gone('SIGKILL'),
    close: () => gone('SIGTERM'),
  };
}

/** Runs `nightdesk` to its end. */
export function runCli(folder: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return answerOf(spawnCli(folder, ...words));
}

/** Starts `nightdesk`, for a test that does something to it meanwhile. */
export function spawnCli(folder: string, ...words: string[]): ChildProcess {
  return spawn(process.execPath, [CLI, ...words, '--data', folder], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What a command line said, once it has ended. */
export async function answerOf(child: ChildProcess): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (text) => {
    out += String(text);
  });
  child.stderr?.on('data', (text) => {
    err += String(text);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out, err };
}
