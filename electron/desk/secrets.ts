import { type SecretView, secretVariable } from '#contract/secret.ts';
import { keysIn, type Mask, maskOf } from '../runner/mask.ts';
import type { Keychain, Secret } from './keychain.ts';

/** The secrets of a running desk, and the mask that keeps them out of its log. */
export type Secrets = {
  /** @param reader who needs them: the views hold the last read of each */
  read(names: string[], reader: 'agents' | 'routes'): Promise<Secret[]>;
  /** These texts are masked from now on. */
  hide(texts: readonly string[]): void;
  /** As they were read last, without their values. */
  views(): SecretView[];
  mask: Mask;
};

/** @param log is told when the value of a secret comes from another place than before */
export function openSecrets(keychain: Keychain, env: NodeJS.ProcessEnv, log: (message: string) => void): Secrets {
  const read = new Map<string, Secret[]>();
  /** A value that was replaced may still stand in an error that is on its way: it stays masked. */
  const values = new Set(keysIn(env));
  let mask = maskOf(values);
  const told = new Map<string, string>();

  function tell({ name, from, problem }: Secret): void {
    const place = from === 'variable' ? `it comes from ${secretVariable(name)}, not from a keychain` : from;
    const said = problem ?? place;
    if (told.get(name) !== said) log(`secret ${name}: ${said}`);
    told.set(name, said);
  }

  return {
    async read(names, reader) {
      const secrets = await keychain.read(names);
      read.set(reader, secrets);
      for (const { value } of secrets) if (value !== null) values.add(value);
      mask = maskOf(values);
      secrets.forEach(tell);
      return secrets;
    },
    hide(texts) {
      for (const text of texts) values.add(text);
      mask = maskOf(values);
    },
    views() {
      const byName = new Map([...read.values()].flat().map((secret) => [secret.name, secret]));
      return [...byName.values()]
        .map(({ name, from, problem }) => ({ name, from, problem }))
        .toSorted((a, b) => a.name.localeCompare(b.name));
    },
    mask: { text: (text) => mask.text(text), json: (value) => mask.json(value) },
  };
}
