import { describe, expect, it } from 'vitest';
import { type Keyring, openKeychain } from '../../electron/desk/keychain.ts';

/** A keychain in memory. */
function memory(): { load: () => Promise<Keyring>; held: Map<string, string> } {
  const held = new Map<string, string>();
  const keyring: Keyring = {
    entry: (name) => ({
      getPassword: async () => held.get(name) ?? null,
      setPassword: async (value) => void held.set(name, value),
      deletePassword: async () => held.delete(name),
    }),
    all: async () => [...held].map(([account, password]) => ({ account, password })),
  };
  return { load: async () => keyring, held };
}

const unreachable = async (): Promise<Keyring> => {
  throw new Error('no secret service on this machine.');
};

describe('a keychain', () => {
  it('keeps secrets by name, and gives them back', async () => {
    const { load } = memory();
    const keychain = openKeychain({}, load);
    expect(await keychain.set('mail', 'correct horse')).toMatchObject({ ok: true });
    expect(await keychain.set('ledger', 'battery staple')).toMatchObject({ ok: true });
    expect(await keychain.names()).toEqual({ ok: true, value: ['ledger', 'mail'] });
    expect(await keychain.read(['mail', 'mail'])).toEqual([
      { name: 'mail', from: 'keychain', value: 'correct horse', problem: null },
    ]);
    expect(await keychain.remove('mail')).toEqual({ ok: true, value: true });
    expect(await keychain.remove('mail')).toEqual({ ok: true, value: false });
  });

  it('that lacks a secret leaves it to its variable, and says where it looked', async () => {
    const { load } = memory();
    const keychain = openKeychain({ NIGHTDESK_SECRET_MAIL_2: 'from the variable' }, load);
    expect(await keychain.read(['mail-2', 'other'])).toEqual([
      { name: 'mail-2', from: 'variable', value: 'from the variable', problem: null },
      {
        name: 'other',
        from: 'missing',
        value: null,
        problem: 'it is neither in the keychain nor in NIGHTDESK_SECRET_OTHER',
      },
    ]);
  });

  it('that cannot be reached says so with the way out, and variables still serve', async () => {
    const keychain = openKeychain({ NIGHTDESK_SECRET_MAIL: 'from the variable' }, unreachable);
    expect(await keychain.set('mail', 'correct horse')).toMatchObject({
      ok: false,
      error: {
        code: 'STORAGE',
        message: 'The keychain cannot be reached: no secret service on this machine.',
        todo: expect.stringContaining('NIGHTDESK_SECRET_MAIL'),
      },
    });
    const [mail, other] = await keychain.read(['mail', 'other']);
    expect(mail).toMatchObject({ from: 'variable', value: 'from the variable' });
    expect(other?.problem).toContain('the keychain cannot be reached (no secret service on this machine)');
  });

  it('takes no value that could not be masked', async () => {
    const { load, held } = memory();
    expect(await openKeychain({}, load).set('pin', '1234')).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    expect(held.size).toBe(0);
    const [short] = await openKeychain({ NIGHTDESK_SECRET_PIN: '1234' }, load).read(['pin']);
    expect(short).toMatchObject({ value: null, problem: expect.stringContaining('shorter than 8') });
  });
});
