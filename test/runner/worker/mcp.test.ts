import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSupply } from '../../../electron/runner/engine/protocol.ts';
import { createMcp, type Mcp } from '../../../electron/runner/worker/mcp.ts';
import { ToolFailure } from '../../../electron/runner/worker/tool-failure.ts';
import { Unwind } from '../../../electron/runner/worker/unwind.ts';
import { EVERYTHING, everythingWithPid, GARBAGE, serveEverything } from '../../support/mcp/index.ts';
import { until } from '../../support/until.ts';

const never = new AbortController().signal;
const open: Mcp[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

type Stdio = Extract<ServerSupply, { kind: 'stdio' }>;

function stdio(file: string, given: Partial<Stdio> = {}): ServerSupply {
  return {
    ...{ kind: 'stdio', command: process.execPath, args: [file], env: {}, cwd: '.', timeoutMs: 60_000, effects: {} },
    ...given,
  };
}

function withPid(): { supply: ServerSupply; pid(): number | undefined } {
  const { command, args, pid } = everythingWithPid();
  return { supply: stdio(EVERYTHING, { command, args }), pid };
}

function servers(supply: Record<string, ServerSupply>): { mcp: Mcp; log: string[] } {
  const log: string[] = [];
  const mcp = createMcp({ log: (message) => log.push(message), onProcess: () => {} });
  open.push(mcp);
  mcp.configure(supply);
  return { mcp, log };
}

async function call(mcp: Mcp, name: string, input: object, timeoutMs = 30_000, signal = never) {
  const tool = await mcp.tool(name, signal);
  const context = { key: '', signal, timeoutMs, folder: '', data: '', secret: () => '', now: Date.now };
  return tool.run(input, context);
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );

describe('an MCP server', () => {
  it('over stdio: its tools with their own schema, and their answers', async () => {
    const { mcp } = servers({ all: stdio(EVERYTHING, { effects: { echo: 'manual' } }) });
    const sum = await mcp.tool('mcp:all/get-sum', never);
    expect(sum.inputSchema).toMatchObject({ required: ['a', 'b'], properties: { a: { type: 'number' } } });
    expect(sum.input.safeParse({ a: 1 }).success).toBe(false);
    expect(sum.effect).toBeUndefined();
    expect(await call(mcp, 'mcp:all/get-sum', { a: 2, b: 40 })).toContain('42');
    expect((await mcp.tool('mcp:all/echo', never)).effect).toBe('manual');
    expect(await mcp.toolsOf('all', never)).toContain('mcp:all/echo');
    expect(await call(mcp, 'mcp:all/get-structured-content', { location: 'Chicago' })).toHaveProperty('temperature');
  });

  it('over HTTP, and again after it was down', async () => {
    const first = await serveEverything();
    const { mcp } = servers({ web: { kind: 'http', url: first.url, headers: {}, timeoutMs: 10_000, effects: {} } });
    expect(await call(mcp, 'mcp:web/echo', { message: 'hello' })).toContain('hello');
    await first.stop();
    const failure = await failureOf(call(mcp, 'mcp:web/echo', { message: 'lost' }));
    expect(failure).toBeInstanceOf(ToolFailure);
    expect(failure).toMatchObject({ error: { class: 'transient', source: 'mcp:web' } });
    const second = await serveEverything(Number(new URL(first.url).port));
    const answer = await until(() => call(mcp, 'mcp:web/echo', { message: 'back' }).catch(() => undefined));
    expect(answer).toContain('back');
    await second.stop();
  });

  it('tells a tool’s own refusal as an answer, not as an outage', async () => {
    const { mcp } = servers({ all: stdio(EVERYTHING) });
    expect(await call(mcp, 'mcp:all/get-sum', { a: 'one' })).toMatchObject({ error: expect.anything() });
  });

  it('that hangs: the call ends at its time limit, and the server is asked whether it lives', async () => {
    const { mcp } = servers({ all: stdio(EVERYTHING) });
    const slow = call(mcp, 'mcp:all/trigger-long-running-operation', { duration: 60, steps: 1 }, 300);
    expect(await failureOf(slow)).toMatchObject({ error: { class: 'timeout' }, landed: 'unknown' });
    expect(await call(mcp, 'mcp:all/echo', { message: 'still here' })).toContain('still here');
  });

  it('that answers garbage: the call fails as transient, whatever else it prints', async () => {
    const { mcp } = servers({ bad: stdio(GARBAGE) });
    expect(await failureOf(call(mcp, 'mcp:bad/talk', {}))).toMatchObject({
      error: { class: 'transient', source: 'mcp:bad', message: expect.stringContaining('no MCP answer') },
      landed: 'unknown',
    });
  });

  it('that is killed while it works: the call fails at once, and the next one finds it started again', async () => {
    const { supply, pid } = withPid();
    const { mcp } = servers({ all: supply });
    const working = failureOf(call(mcp, 'mcp:all/trigger-long-running-operation', { duration: 60, steps: 60 }));
    const first = await until(pid);
    await until(() => call(mcp, 'mcp:all/echo', { message: 'it works' }));
    process.kill(first, 'SIGKILL');
    expect(await working).toMatchObject({ error: { class: 'transient', source: 'mcp:all' }, landed: 'unknown' });
    expect(await call(mcp, 'mcp:all/echo', { message: 'again' })).toContain('again');
    expect(pid()).not.toBe(first);
  });

  it('that stands still: it is killed and started again after a call timed out', async () => {
    const { supply, pid } = withPid();
    const { mcp } = servers({ all: supply });
    await call(mcp, 'mcp:all/echo', { message: 'fine' });
    const first = await until(pid);
    process.kill(first, 'SIGSTOP');
    expect(await failureOf(call(mcp, 'mcp:all/echo', { message: 'lost' }, 200))).toMatchObject({
      error: { class: 'timeout' },
    });
    const answer = await until(() => call(mcp, 'mcp:all/echo', { message: 'back' }, 1_000).catch(() => undefined));
    expect(answer).toContain('back');
    expect(() => process.kill(first, 0)).toThrow('ESRCH');
  });

  it('that does not start: says so, without being waited for a second time', async () => {
    const { mcp, log } = servers({ gone: stdio('/nowhere/at/all.js') });
    expect(await failureOf(call(mcp, 'mcp:gone/x', {}))).toMatchObject({ error: { class: 'transient' }, landed: 'no' });
    expect(log.join('\n')).toContain('mcp:gone does not start');
    expect(await failureOf(call(mcp, 'mcp:gone/x', {}))).toBeInstanceOf(ToolFailure);
  });

  it('that settings change is started anew, and one that they drop is gone', async () => {
    const { mcp } = servers({ all: stdio(EVERYTHING, { env: { LEVEL: 'one' } }) });
    expect(await call(mcp, 'mcp:all/get-env', {})).toContain('"LEVEL": "one"');
    mcp.configure({ all: stdio(EVERYTHING, { env: { LEVEL: 'two' } }) });
    expect(await call(mcp, 'mcp:all/get-env', {})).toContain('"LEVEL": "two"');
    mcp.configure({});
    expect(await failureOf(call(mcp, 'mcp:all/get-env', {}))).toBeInstanceOf(Unwind);
  });

  it('whose secret is missing cannot be used, and says which', async () => {
    const { mcp } = servers({ shut: { kind: 'unusable', why: 'lacks the secret "mail": it is nowhere' } });
    expect(await failureOf(call(mcp, 'mcp:shut/x', {}))).toMatchObject({
      error: { class: 'auth', message: 'mcp:shut lacks the secret "mail": it is nowhere' },
    });
  });

  it('or a tool that is not there is a fault of the definition, with what there is', async () => {
    const { mcp } = servers({ all: stdio(EVERYTHING) });
    for (const [name, said] of [
      ['mcp:none/x', 'it has: all'],
      ['mcp:all/x', 'get-sum'],
    ] as const) {
      const error = await failureOf(call(mcp, name, {}));
      expect(error).toBeInstanceOf(Unwind);
      expect(JSON.stringify(error)).toContain(said);
    }
  });
});
