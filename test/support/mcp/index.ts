import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../until.ts';

/** A real MCP server: @modelcontextprotocol/server-everything. */
export const EVERYTHING = fileURLToPath(
  new URL('../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
);
export const GARBAGE = fileURLToPath(new URL('./garbage.ts', import.meta.url));

/** The server under a shell that writes down its process id at each start. */
export function everythingWithPid(): { command: string; args: string[]; pid(): number | undefined } {
  const file = join(mkdtempSync(join(tmpdir(), 'nightdesk-test-')), 'pid');
  const script = `echo $$ > "${file}"; exec "${process.execPath}" "${EVERYTHING}"`;
  return {
    command: 'sh',
    args: ['-c', script],
    pid: () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined),
  };
}

export type HttpServer = { url: string; process: ChildProcess; stop(): Promise<void> };

/** The same server over streamable HTTP. @param port undefined takes a free one */
export async function serveEverything(port?: number): Promise<HttpServer> {
  const chosen = port ?? (await freePort());
  const child = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
    env: { ...process.env, PORT: String(chosen) },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${chosen}/mcp`;
  await until(async () => fetch(url, { method: 'DELETE' }).catch(() => undefined));
  return {
    url,
    process: child,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
