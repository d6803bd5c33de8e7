import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, errorOf } from '../cli/answer.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { until } from '../support/until.ts';
import { openSocket } from './client.ts';
import { SENDER, serveTiny } from './desk.ts';

/* What a token that only sends is good for: at a host with nothing behind it, and at a whole desk over its starts. */

const ALERTS = { version: '4', status: 'firing', receiver: 'webhook', alerts: [] };

function post(address: string, path: string, body: unknown, token: string): Promise<Response> {
  return fetch(`${address}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
}

function accepted(task: string) {
  return {
    events: [{ kind: 'accepted', runtime: 'crew', agent: 'researcher', task, sequence: 0, at: Date.now() }],
  };
}

describe('at the door', () => {
  let served: Awaited<ReturnType<typeof serveTiny>>;
  const headers = { authorization: `Bearer ${SENDER.token}` };
  beforeAll(async () => {
    served = await serveTiny();
  });
  afterAll(() => served.close());

  it.each([
    ['/v1/events', accepted('a')],
    ['/v1/alertmanager', ALERTS],
  ])('it is enough for %s, as the full token is', async (path, body) => {
    expect((await post(served.address, path, body, SENDER.token)).status).toBe(200);
    expect((await post(served.address, path, body, served.bearer)).status).toBe(200);
    const wrong = await post(served.address, path, body, `${SENDER.token}x`);
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toMatchObject({ todo: expect.stringContaining('nightdesk token make') });
  });

  it.each([
    ['GET', '/v1/agents'],
    ['POST', '/v1/agents/a/tasks'],
    ['GET', '/v1/tasks/t1'],
    ['POST', '/v1/invitations'],
    ['GET', '/v1/events'],
    ['GET', '/'],
    ['GET', '/settings'],
    ['DELETE', '/v1/tasks/t1'],
    ['GET', '/nothing/here.js'],
  ])('it is refused for %s %s, saying what it is good for', async (method, path) => {
    const answer = await fetch(`${served.address}${path}`, { method, headers });
    expect(answer.status).toBe(403);
    const failure = await answer.json();
    expect(failure).toMatchObject({ code: 'FORBIDDEN' });
    expect(failure.message).toContain('"crew" is an ingest token: it is good for POST /v1/events and');
    expect(served.asked.submitted).toEqual([]);
  });

  it('opens no WebSocket', async () => {
    await expect(openSocket(served.address, headers)).rejects.toThrow('403');
  });

  it('is in nobody’s way where no token is needed', async () => {
    for (const path of ['/healthz', '/v1/openapi.json']) {
      expect((await fetch(`${served.address}${path}`, { headers })).status).toBe(200);
    }
  });

  it('is a security scheme of the two operations that take it, and of no other', async () => {
    const document = (await (await fetch(`${served.address}/v1/openapi.json`)).json()) as {
      components: { securitySchemes: object };
      paths: Record<string, Record<string, { operationId: string; security?: object[] }>>;
    };
    expect(Object.keys(document.components.securitySchemes)).toEqual(['token', 'ingest']);
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const taking = operations.filter(({ security = [] }) => security.some((one) => 'ingest' in one));
    expect(taking.map(({ operationId }) => operationId).sort()).toEqual(['ingestEvents', 'receiveAlerts']);
  });
});

describe('at a desk', () => {
  let folder: string;
  let desk: TestDesk;
  let token: string;
  beforeAll(async () => {
    folder = dataFolder();
    desk = await startDesk(folder, '--rehearsal', '0');
  });
  afterAll(() => desk.close());

  const address = (): string => new URL(desk.address).origin;

  it('it is made by name, told once and told alone, and sends', async () => {
    const made = await desk.cli('token', 'make', 'crew');
    expect(made.code).toBe(0);
    token = made.out.trim();
    expect(token).toMatch(/^nightdesk-ingest-[\w-]{43}$/);
    const sent = await post(address(), '/v1/events', accepted('one'), token);
    expect(await sent.json()).toMatchObject({ accepted: 1 });
    const { tokens } = documentOf('token list', await desk.cli('token', 'list', '--json'));
    expect(tokens).toMatchObject([{ name: 'crew', usedAt: expect.any(Number) }]);
    expect((await desk.cli('token', 'list')).out).toContain('crew');
  });

  it('a name stands for one, which is not told again', async () => {
    const again = errorOf(await desk.cli('token', 'make', 'crew', '--json'));
    expect(again).toMatchObject({ exit: 4, code: 'CONFLICT' });
    expect((await post(address(), '/v1/events', accepted('two'), token)).status).toBe(200);
    const both = await Promise.allSettled([
      desk.client.tokens.make({ name: 'twice' }),
      desk.client.tokens.make({ name: 'twice' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is good for nothing else there either', async () => {
    const answer = await fetch(`${address()}/v1/agents`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(403);
    await expect(openSocket(address(), { authorization: `Bearer ${token}` })).rejects.toThrow('403');
  });

  it('outlives the desk, and its text is in no file of it', async () => {
    await desk.kill();
    desk = await startDesk(folder, '--rehearsal', '0');
    expect((await post(address(), '/v1/alertmanager', ALERTS, token)).status).toBe(200);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).isFile());
    expect(files.some((file) => file.endsWith('nightdesk.db'))).toBe(true);
    const held = files.filter((file) => readFileSync(file).includes(token.slice('nightdesk-ingest-'.length)));
    expect(held).toEqual([]);
    expect(desk.printed()).not.toContain(token);
  });

  it('lets nobody in once it was taken back', async () => {
    expect((await desk.cli('token', 'remove', 'crew')).code).toBe(0);
    expect((await post(address(), '/v1/events', accepted('three'), token)).status).toBe(401);
    expect(errorOf(await desk.cli('token', 'remove', 'crew', '--json'))).toMatchObject({ exit: 3, code: 'NOT_FOUND' });
    const other = (await desk.cli('token', 'make', 'crew')).out.trim();
    expect(other).not.toBe(token);
    expect((await post(address(), '/v1/events', accepted('three'), token)).status).toBe(401);
    expect((await post(address(), '/v1/events', accepted('three'), other)).status).toBe(200);
  });

  it('is in the audit log with who made it and who took it back, and without its text', async () => {
    const entries = await until(async () => {
      const { entries: told } = await desk.client.audit.list({ what: 'token' });
      return told.length === 4 && told.toReversed();
    });
    expect(entries.map(({ what, subject }) => `${what} ${subject}`)).toEqual([
      'token.made crew',
      'token.made twice',
      'token.removed crew',
      'token.made crew',
    ]);
    for (const { by } of entries) expect(by.via).toBe('cli');
    expect(JSON.stringify(entries)).not.toContain('nightdesk-ingest-');
  });
});
