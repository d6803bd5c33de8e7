import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskDetail } from '#contract/task.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { EVERYTHING } from '../support/mcp/index.ts';
import { TOOL_AGENTS } from '../support/tools.ts';
import { until } from '../support/until.ts';

/*
 * Promise: secrets reach tools, providers and MCP servers, and are written nowhere: no journal, no log, no answer. Here
 * they come from variables, as on a machine without a keychain.
 */

const TILL = 'correct "horse" \\ battery/staple';
const SERVER = 'tr0ub4dor-and-three';
const KEY = 'sk-local-0123456789abcdef';

let provider: Awaited<ReturnType<typeof listen>>;
let desk: TestDesk;

beforeAll(async () => {
  provider = await listen();
  const folder = dataFolder();
  mkdirSync(join(folder, 'agents'));
  cpSync(TOOL_AGENTS, join(folder, 'agents'), { recursive: true });
  cpSync(fileURLToPath(new URL('../support/agents/asking', import.meta.url)), join(folder, 'agents/asking'), {
    recursive: true,
  });
  writeFileSync(
    join(folder, 'nightdesk.yaml'),
    [
      'providers:',
      `  local: { url: ${provider.url}, key: { secret: local-key } }`,
      '  keyless: { url: http://127.0.0.1:9/v1, key: { secret: no-such-key } }',
      'mcp:',
      `  all: { command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(EVERYTHING)}], env: { TOKEN: { secret: server } } }`,
    ].join('\n'),
  );
  Object.assign(process.env, {
    NIGHTDESK_SECRET_TILL: TILL,
    NIGHTDESK_SECRET_SERVER: SERVER,
    NIGHTDESK_SECRET_LOCAL_KEY: KEY,
  });
  desk = await startDesk(folder);
});
afterAll(async () => {
  await desk.close();
  await provider.close();
});

/** A provider that knows nobody, and says so with the key that it was given. */
async function listen(): Promise<{ url: string; keys: string[]; close(): Promise<void> }> {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    const key = request.headers.authorization ?? '';
    keys.push(key);
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `nobody has the key ${key}` } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    keys,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function run(agent: string, input: object): Promise<TaskDetail> {
  const { id } = await desk.client.tasks.submit({ agent, input: { ...input } });
  return desk.client.tasks.wait({ id, withinMs: 60_000 });
}

/** Every byte under a folder. */
function bytesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

/** A secret in every shape that it could be written in. */
function shapesOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}

describe('a secret', () => {
  it('reaches a tool, and comes back from it masked: plain, in an address, as a key', async () => {
    const task = await run('caller', { tool: 'till.read' });
    expect(task).toMatchObject({
      state: 'succeeded',
      output: { '***': ['***', { url: 'https://till.test/?token=***' }] },
    });
  });

  it('is masked in the result of an effect, of a step and in an error', async () => {
    expect(await run('caller', { tool: 'till.pay' })).toMatchObject({ output: 'paid with ***' });
    expect(await run('caller', { secret: 'till' })).toMatchObject({ output: '***' });
    const failed = await run('caller', { tool: 'till.fail' });
    expect(failed).toMatchObject({ state: 'failed', error: { message: '401 for Bearer ***' } });
  });

  it('reaches an MCP server through its environment, and is masked in its answer', async () => {
    const task = await run('caller', { tool: 'mcp:all/get-env' });
    expect(task.state).toBe('succeeded');
    expect(JSON.parse(String(task.output))).toMatchObject({ TOKEN: '***' });
    expect(String(task.output)).not.toContain('NIGHTDESK_SECRET');
  });

  it('makes its provider ready to be called; without it the provider is not', async () => {
    const providers = await desk.client.providers.list();
    const ready = Object.fromEntries(providers.map(({ name, configured }) => [name, configured]));
    expect(ready).toMatchObject({ local: true, keyless: false });
  });

  it('reaches its provider as the key, and is masked in what that answers', async () => {
    const task = await run('talker', {});
    expect(provider.keys).toEqual([`Bearer ${KEY}`]);
    expect(task).toMatchObject({ state: 'failed', error: { class: 'auth', source: 'local' } });
    expect(task.error?.message).toContain('nobody has the key Bearer ***');
  });

  it('is told by name alone', async () => {
    expect(await desk.client.settings.secrets()).toEqual([
      { name: 'local-key', from: 'variable', problem: null },
      { name: 'no-such-key', from: 'missing', problem: expect.stringContaining('NIGHTDESK_SECRET_NO_SUCH_KEY') },
      { name: 'server', from: 'variable', problem: null },
      { name: 'till', from: 'variable', problem: null },
      { name: 'unset', from: 'missing', problem: expect.any(String) },
    ]);
  });

  it('that somebody sends as an input does not stay there', async () => {
    const task = await run('caller', { tool: 'mcp:all/echo', input: { message: `it is ${TILL}` } });
    expect(task).toMatchObject({ state: 'succeeded', input: { input: { message: 'it is ***' } } });
  });

  it('that somebody types into an answer does not stay there', async () => {
    const { id } = await desk.client.tasks.submit({ agent: 'asking', input: { mode: 'asks', ledger: 'asked.txt' } });
    const [question] = await until(async () => {
      const open = await desk.client.questions.list({ open: true, task: id });
      return open.length > 0 && open;
    });
    await desk.client.questions.answer({ id: question?.id ?? 0, answer: { choice: 'note', text: `use ${TILL}` } });
    const task = await desk.client.tasks.wait({ id, withinMs: 60_000 });
    expect(task).toMatchObject({ state: 'succeeded', output: { choice: 'note', text: 'use ***' } });
  });

  it('that is missing ends the task at once, and says what to set', async () => {
    const task = await run('caller', { secret: 'unset' });
    expect(task).toMatchObject({ state: 'failed', attempts: 1, error: { class: 'auth' } });
    expect(task.error?.message).toContain('NIGHTDESK_SECRET_UNSET');
  });

  it('that the agent does not list is not given to it', async () => {
    const task = await run('caller', { secret: 'server' });
    expect(task).toMatchObject({ state: 'failed', error: { class: 'definition' } });
  });

  it('stands nowhere: not in the data folder, not in the log, not in an answer', async () => {
    const page = await desk.client.tasks.list({ limit: 100 });
    const tasks = await Promise.all(page.tasks.map(({ id }) => desk.client.tasks.get({ id })));
    const answers = JSON.stringify([tasks, await desk.client.settings.get(), await desk.client.providers.list()]);
    const log = desk.printed();
    expect(log).toContain('printed ***');
    expect(log).toContain('printed too ***');
    expect(log).toContain('secret till: it comes from NIGHTDESK_SECRET_TILL, not from a keychain');
    expect(bytesIn(desk.folder)).toContain('paid with ***');
    const everything = [bytesIn(desk.folder), log, answers];
    for (const shape of [TILL, SERVER, KEY].flatMap(shapesOf)) {
      for (const place of everything) expect(place.includes(shape)).toBe(false);
    }
  });
});
