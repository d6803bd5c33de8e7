import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveDesk } from '../../electron/serve/serve.ts';
import { scratchFolder, serveTiny, tinyDesk } from './desk.ts';

let served: Awaited<ReturnType<typeof serveTiny>>;

beforeEach(async () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Nightdesk</title>');
  writeFileSync(join(folder, 'assets/main-1a2b.js'), 'export {};');
  writeFileSync(join(folder, '..', 'outside.html'), 'outside');
  served = await serveTiny(folder);
});
afterEach(() => served.close());

/** The session cookie that a fresh invitation gives. */
async function enter(): Promise<string> {
  const answer = await fetch(served.invite(), { redirect: 'manual' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** A request as no client library would send it. */
function raw(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const url = new URL(served.address);
    const outgoing = request({ host: url.hostname, port: url.port, path, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

describe('an invitation', () => {
  it('is exchanged for an HttpOnly, SameSite=Strict session cookie and a clean address', async () => {
    const answer = await fetch(served.invite(), { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    expect(answer.headers.get('set-cookie')).toMatch(/^nightdesk-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('lets one browser in, once', async () => {
    const address = served.invite();
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
    const second = await fetch(address, { redirect: 'manual' });
    expect(second.status).toBe(401);
    expect(second.headers.get('set-cookie')).toBeNull();
    expect(await second.text()).toContain('used before');
  });

  it('used again by the browser that it let in leads to the console', async () => {
    const address = served.invite();
    const first = await fetch(address, { redirect: 'manual' });
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const again = await fetch(address, { redirect: 'manual', headers: { cookie } });
    expect([again.status, again.headers.get('location')]).toEqual([303, '/']);
  });

  it('keeps the view it was given for', async () => {
    const address = served.invite().replace('/?', '/tasks/t1?');
    expect((await fetch(address, { redirect: 'manual' })).headers.get('location')).toBe('/tasks/t1');
  });

  it('can be had anew by whoever holds the bearer token', async () => {
    const headers = { authorization: `Bearer ${served.bearer}` };
    const answer = await fetch(`${served.address}/v1/invitations`, { method: 'POST', headers });
    expect(answer.status).toBe(201);
    const { address } = (await answer.json()) as { address: string };
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(`${served.address}/v1/invitations`, { method: 'POST' })).status).toBe(401);
  });
});

describe('the console', () => {
  it('is served with a strict policy to a browser with a session', async () => {
    const answer = await fetch(`${served.address}/`, { headers: { cookie: await enter() } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Nightdesk</title>');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is refused without a session, saying how to get one', async () => {
    const answer = await fetch(`${served.address}/`);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('prints a fresh address');
  });

  it('answers a view address with the page, and keeps hashed files in the cache', async () => {
    const cookie = await enter();
    expect(await (await fetch(`${served.address}/incidents/3`, { headers: { cookie } })).text()).toContain('Nightdesk');
    const script = await fetch(`${served.address}/assets/main-1a2b.js`, { headers: { cookie } });
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  it.each(['/../outside.html', '/%2e%2e/outside.html', '/..%2foutside.html', '/%ff.html', '/%00.html', '/none.js'])(
    'gives nothing for %s',
    async (path) => {
      expect((await raw(path, { cookie: await enter() })).status).toBeOneOf([400, 404]);
    },
  );
});

describe('the door', () => {
  it('refuses a name that a page elsewhere may have pointed here', async () => {
    const { port } = new URL(served.address);
    const answer = await raw('/healthz', { host: `evil.example:${port}` });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'UNAUTHORIZED', where: 'Host' });
    expect((await raw('/healthz', { host: `localhost:${port}` })).status).toBe(200);
    expect((await raw('/healthz', { host: `10.0.0.1:${port}` })).status).toBe(401);
  });

  it.each(['/', '/healthz', '/v1/tasks/t1', '/assets/main-1a2b.js'])(
    'refuses it for %s, with a session or the bearer token, and sets no cookie',
    async (path) => {
      const { port } = new URL(served.address);
      const host = `evil.example:${port}`;
      const answers = [
        await raw(path, { host, cookie: await enter() }),
        await raw(path, { host, authorization: `Bearer ${served.bearer}` }),
        await raw(`${path}?token=${new URL(served.invite()).searchParams.get('token')}`, { host }),
      ];
      expect(answers.map((answer) => [answer.status, JSON.parse(answer.body).where])).toEqual(
        Array(3).fill([401, 'Host']),
      );
    },
  );

  it('does not spend an invitation that came under a wrong name', async () => {
    const invitation = new URL(served.invite());
    await raw(`/${invitation.search}`, { host: `evil.example:${invitation.port}` });
    expect((await fetch(invitation, { redirect: 'manual' })).status).toBe(303);
  });

  it('listens where other machines reach only when that is said', async () => {
    const options = { port: 0, rendererFolder: '/', secrets: { bearer: 'b', session: 's' }, log: () => {} };
    const refused = await serveDesk(tinyDesk(), { ...options, host: '0.0.0.0', allowRemote: false });
    expect(refused).toMatchObject({ ok: false, error: { code: 'BAD_INPUT', where: '--host' } });
    const allowed = await serveDesk(tinyDesk(), { ...options, host: '0.0.0.0', allowRemote: true });
    expect(allowed.ok).toBe(true);
    if (allowed.ok) await allowed.value.close();
  });

  it('says which port is taken', async () => {
    const port = Number(new URL(served.address).port);
    const options = { port, rendererFolder: '/', secrets: { bearer: 'b', session: 's' }, log: () => {} };
    const second = await serveDesk(tinyDesk(), { ...options, host: '127.0.0.1', allowRemote: false });
    expect(second).toMatchObject({ ok: false, error: { code: 'BAD_INPUT', where: '--port' } });
  });
});
