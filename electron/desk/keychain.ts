import { nameSchema } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { type SecretView, SHORTEST_SECRET, secretVariable } from '#contract/secret.ts';

/*
 * Secrets of agents, providers and MCP servers, by name. They lie in the keychain of the system (Keychain, Credential
 * Manager, Secret Service); where there is none a variable stands in for each.
 */

const SERVICE = 'nightdesk';
/** A keychain that asks its owner first may let us wait; after this the secret counts as missing, ms. */
const PATIENCE_MS = 5_000;

/** The keychain as the addon speaks to it. */
type Entry = {
  getPassword(signal?: AbortSignal): Promise<string | null>;
  setPassword(value: string): Promise<void>;
  deletePassword(): Promise<boolean>;
};
export type Keyring = {
  entry(name: string): Entry;
  all(): Promise<{ account: string; password: string }[]>;
};

/** A secret that was looked for. */
export type Secret = SecretView & { value: string | null };

export type Keychain = {
  /** Looks for each by name, in the keychain, then in its variable. Never fails: what is missing says why. */
  read(names: Iterable<string>): Promise<Secret[]>;
  set(name: string, value: string): Promise<Result<SecretView>>;
  /** @returns whether there was one */
  remove(name: string): Promise<Result<boolean>>;
  /** The names in the keychain. */
  names(): Promise<Result<string[]>>;
};

/** The system's keychain. The addon is loaded when it is first needed: a desk without secrets runs without it. */
async function systemKeyring(): Promise<Keyring> {
  const { AsyncEntry, findCredentialsAsync } = await import('@napi-rs/keyring');
  return {
    // Never the kernel's keyring, which forgets at the next boot.
    entry: (name) => new AsyncEntry(SERVICE, name, { linux: { store: 'secret-service' } }),
    all: () => findCredentialsAsync(SERVICE),
  };
}

export function openKeychain(env: NodeJS.ProcessEnv, load: () => Promise<Keyring> = systemKeyring): Keychain {
  async function readOne(name: string): Promise<Secret> {
    let trouble: string | null = null;
    try {
      const keyring = await load();
      const value = await keyring.entry(name).getPassword(AbortSignal.timeout(PATIENCE_MS));
      if (value !== null) return checked(name, value, 'keychain');
    } catch (error) {
      trouble = messageOf(error);
    }
    const variable = secretVariable(name);
    const value = env[variable];
    if (value !== undefined && value !== '') return checked(name, value, 'variable');
    const problem =
      trouble === null
        ? `it is neither in the keychain nor in ${variable}`
        : `the keychain cannot be reached (${trouble}), and ${variable} is not set`;
    return { name, from: 'missing', value: null, problem };
  }

  async function reached<T>(name: string, work: (keyring: Keyring) => Promise<T>): Promise<Result<T>> {
    try {
      return succeed(await work(await load()));
    } catch (error) {
      return fail('STORAGE', `The keychain cannot be reached: ${messageOf(error)}.`, {
        kept: 'Nothing was changed.',
        todo: `Unlock it, or install one (on Linux a Secret Service such as gnome-keyring or KeePassXC); where there is none start the desk with ${secretVariable(name)} in its environment.`,
        where: 'keychain',
      });
    }
  }

  return {
    read: (names) => Promise.all([...new Set(names)].map(readOne)),
    async set(name, value) {
      if (value.length < SHORTEST_SECRET) {
        return fail('BAD_INPUT', `A secret has ${SHORTEST_SECRET} characters or more; this one has ${value.length}.`, {
          kept: 'Nothing was changed.',
          todo: 'Give a longer value: a shorter one could not be masked in journals and logs.',
        });
      }
      const done = await reached(name, (keyring) => keyring.entry(name).setPassword(value));
      return done.ok ? succeed({ name, from: 'keychain', problem: null }) : done;
    },
    remove: (name) => reached(name, (keyring) => keyring.entry(name).deletePassword()),
    names: () =>
      reached('NAME', async (keyring) =>
        (await keyring.all())
          .map(({ account }) => account)
          .filter((name) => nameSchema.safeParse(name).success)
          .sort(),
      ),
  };
}

function checked(name: string, value: string, from: 'keychain' | 'variable'): Secret {
  return value.length < SHORTEST_SECRET
    ? { name, from, value: null, problem: `it is shorter than ${SHORTEST_SECRET} characters and could not be masked` }
    : { name, from, value, problem: null };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
