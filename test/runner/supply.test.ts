import { describe, expect, it } from 'vitest';
import { settingsSchema } from '#contract/settings.ts';
import { type FoundSecret, secretNames, supplyOf } from '../../electron/runner/supply.ts';

const settings = settingsSchema.parse({
  providers: {
    anthropic: { key: { secret: 'anthropic-key' } },
    local: { url: 'http://127.0.0.1:1/v1', key: { secret: 'local-key' } },
    open: { url: 'http://127.0.0.1:2/v1' },
  },
  mcp: {
    mail: { command: 'mail', env: { TOKEN: { secret: 'mail' }, LEVEL: 'high' }, effects: { send: 'manual' } },
    wiki: { url: 'https://wiki.test/mcp', headers: { authorization: { secret: 'wiki' } }, timeout: '5s' },
  },
});

function found(...names: string[]): FoundSecret[] {
  return names.map((name) => ({ name, value: `value of ${name}`, problem: null }));
}

describe('what workers are supplied with', () => {
  it('needs the secrets that settings name, each once', () => {
    expect(secretNames(settings, [])).toEqual(['anthropic-key', 'local-key', 'mail', 'wiki']);
  });

  it('has servers and keys with their secrets in place', () => {
    const supply = supplyOf(settings, found('anthropic-key', 'local-key', 'mail', 'wiki'));
    expect(supply.servers).toMatchObject({
      mail: { kind: 'stdio', env: { TOKEN: 'value of mail', LEVEL: 'high' }, effects: { send: 'manual' } },
      wiki: { kind: 'http', headers: { authorization: 'value of wiki' }, timeoutMs: 5_000 },
    });
    expect(supply.keys).toEqual({
      ANTHROPIC_API_KEY: 'value of anthropic-key',
      NIGHTDESK_PROVIDER_LOCAL_KEY: 'value of local-key',
    });
  });

  it('has no server that lacks a secret, and says which', () => {
    const missing = { name: 'wiki', value: null, problem: 'it is nowhere' };
    const { servers, keys, secrets } = supplyOf(settings, [...found('mail'), missing]);
    expect(servers.wiki).toEqual({ kind: 'unusable', why: 'lacks the secret "wiki": it is nowhere' });
    expect(servers.mail).toMatchObject({ kind: 'stdio' });
    expect(keys).toEqual({});
    expect(secrets).toEqual({
      mail: { value: 'value of mail', problem: null },
      wiki: { value: null, problem: 'it is nowhere' },
    });
  });
});
