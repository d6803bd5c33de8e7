import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../support/alive.ts';
import { EVERYTHING, everythingWithPid, GARBAGE, type HttpServer, serveEverything } from '../support/mcp/index.ts';
import type { TestRunner } from '../support/runner.ts';
import { called, startWithServers } from '../support/tools.ts';
import { until } from '../support/until.ts';

/*
 * Promise: tools of MCP servers are journaled, supervised and bounded like an agent's own. Against a real server
 * (@modelcontextprotocol/server-everything), over stdio and streamable HTTP, through real workers.
 */

const LONG = 'mcp:all/trigger-long-running-operation';
const watched = everythingWithPid();
let web: HttpServer;
let runner: TestRunner;

beforeAll(async () => {
  web = await serveEverything();
  runner = startWithServers({
    all: { command: watched.command, args: watched.args },
    bad: { command: process.execPath, args: [GARBAGE] },
    gone: { command: process.execPath, args: ['/nowhere/at/all.js'] },
    shut: { command: process.execPath, args: [EVERYTHING], env: { TOKEN: { secret: 'no-such-secret' } } },
    web: { url: web.url },
  });
});
afterAll(async () => {
  await runner.close();
  await web.stop();
});

/** Children of a process whose command line holds this. */
function childrenOf(parent: number, holds: string): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (Number(match?.[2]) === parent && match?.[3]?.includes(holds) ? [Number(match[1])] : []));
}

describe('a tool of an MCP server', () => {
  it('is given to the model with the server’s own schema, over stdio and HTTP; its refusal is told to the model', async () => {
    const task = await runner.end(await runner.submit('adder', {}));
    expect(task).toMatchObject({ state: 'succeeded', error: null });
    const [refused, sum, said] = JSON.parse((task.output as { text: string }).text) as [
      { error: string },
      string,
      string,
    ];
    expect(refused.error).toContain('mcp:all/get-sum');
    expect(sum).toContain('42');
    expect(said).toContain(sum);
    const steps = task.steps.filter(({ kind }) => kind === 'tool').map(({ name, state }) => `${name} ${state}`);
    expect(steps).toEqual(['mcp:all/get-sum 2.1 done', 'mcp:web/echo 3.1 done']);
  });

  it('is retried when its server is killed in the middle, on the server that took its place', async () => {
    await called(runner, 'caller', 'mcp:all/echo', { message: 'up' });
    const first = await until(watched.pid);
    const id = await runner.submit('caller', { tool: LONG, input: { duration: 2, steps: 1 } });
    await until(() => {
      const task = runner.runner.task(id);
      return task.ok && task.value.state === 'running';
    });
    await called(runner, 'caller', 'mcp:all/echo', { message: 'it works' });
    process.kill(first, 'SIGKILL');
    const task = await runner.end(id);
    expect(task).toMatchObject({ state: 'succeeded', marks: expect.arrayContaining(['retried']) });
    expect(task.attemptList[0]?.error).toMatchObject({ class: 'transient', source: 'mcp:all' });
    expect(watched.pid()).not.toBe(first);
  });

  it('that is an effect and got no answer in time is in doubt, and not sent again', async () => {
    await called(runner, 'caller', 'mcp:all/echo', { message: 'up' });
    const id = await runner.submit('sender', { tool: LONG, input: { duration: 60, steps: 1 } });
    const task = await runner.end(id);
    expect(task).toMatchObject({ state: 'in-doubt' });
    expect(task.steps.filter(({ kind }) => kind === 'effect')).toMatchObject([{ name: LONG, state: 'in-doubt' }]);
  });

  it('that is an effect and could not be sent is not in doubt: it failed', async () => {
    const task = await called(runner, 'sender', 'mcp:gone/any');
    expect(task).toMatchObject({ state: 'failed', error: { class: 'transient', source: 'mcp:gone' } });
    expect(task.steps.filter(({ kind }) => kind === 'effect')).toEqual([]);
  });

  it('whose server answers garbage fails as transient, after its retries', async () => {
    const task = await called(runner, 'caller', 'mcp:bad/talk');
    expect(task).toMatchObject({ state: 'failed', attempts: 3, error: { class: 'transient', source: 'mcp:bad' } });
    expect(task.error?.message).toContain('no MCP answer');
  });

  it('whose server lacks its secret is not tried again, and says which', async () => {
    const task = await called(runner, 'caller', 'mcp:shut/any');
    expect(task).toMatchObject({ state: 'failed', attempts: 1, error: { class: 'auth' } });
    expect(task.error?.message).toContain('lacks the secret "no-such-secret"');
  });

  it('does not outlive its worker, even when it stands still', async () => {
    await called(runner, 'caller', 'mcp:all/echo', { message: 'up' });
    const server = await until(watched.pid);
    process.kill(server, 'SIGSTOP');
    for (const child of childrenOf(process.pid, 'worker/main.ts')) process.kill(child, 'SIGKILL');
    await until(() => !isAlive(server));
    expect(await called(runner, 'caller', 'mcp:all/echo', { message: 'up again' })).toMatchObject({
      state: 'succeeded',
    });
  });

  it('that its agent does not list, or that is not there, is a fault of the definition', async () => {
    const unlisted = await called(runner, 'sender', 'mcp:all/echo', { message: 'x' });
    expect(unlisted.error).toMatchObject({ class: 'definition', message: expect.stringContaining('does not list') });
    const missing = await called(runner, 'caller', 'mcp:gone-too/any');
    expect(missing.error).toMatchObject({ class: 'definition' });
  });
});
