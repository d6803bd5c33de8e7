import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRequest } from '../../../../electron/runbook/execute/outside/http.ts';

/** Where a value goes, as a runbook writes it. */
const placeOf = (name: string): string => `$\{${name}}`;
const values = (given: Record<string, string>) => (name: string) => given[name];

function request(args: Record<string, string>, given: Record<string, string> = {}) {
  return compileRequest({ method: 'POST', url: 'https://api.test/v1/agents/x/restart', ...args }, null, values(given));
}

describe('the request of a step', () => {
  it('goes to the path that is written, whatever a value holds', () => {
    const url = `https://api.test/v1/agents/${placeOf('agent')}/restart`;
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (agent) => {
        const made = request({ url }, { agent });
        if (!made.ok) return;
        expect(made.value.url.host).toBe('api.test');
        expect(made.value.url.pathname.split('/')).toHaveLength(5);
        expect(made.value.url.pathname).toMatch(/^\/v1\/agents\/.+\/restart$/);
      }),
    );
    for (const agent of ['..', '.', '%2e%2e']) {
      const made = request({ url }, { agent });
      // One that is encoded again is no dot any more.
      if (agent === '%2e%2e') expect(made.ok && made.value.url.pathname).toBe('/v1/agents/%252e%252e/restart');
      else expect(made).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    }
  });

  it('has the headers that are written: a value adds none, and none says where it goes', () => {
    const headers = `x-team: ${placeOf('team')}; accept: text/plain`;
    expect(request({ headers }, { team: 'ops' })).toMatchObject({
      value: { headers: { 'x-team': 'ops', accept: 'text/plain' } },
    });
    const made = request({ headers }, { team: 'ops; authorization: Bearer x; host: other.test' });
    expect(made.ok && Object.keys(made.value.headers)).toEqual(['x-team', 'accept']);
    expect(request({ headers }, { team: 'ops\r\nhost: other.test' }).ok).toBe(false);
    expect(request({ headers: 'host: other.test' }).ok).toBe(false);
    expect(request({ headers: 'transfer-encoding: chunked' }).ok).toBe(false);
  });

  it('carries no name and no password in its address', () => {
    for (const url of ['https://me@api.test/', 'https://:secret@api.test/', 'https://me:secret@api.test/']) {
      expect(request({ url })).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    }
  });
});
