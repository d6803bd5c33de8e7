import { type SecretView, secretVariable } from '#contract/secret.ts';
import { keysIn, type Mask, maskOf } from '../runner/mask.ts';
import type { Keychain, Secret } from './keychain.ts';

/** The secrets of a running desk, and the mask that keeps them out of its log. */
export type Secrets = {
  read(names: string[]): Promise<Secret[]>;
  /** As they were read last, without their values. */
  views(): SecretView[];
  mask: Mask['text'];
};

/** @param log is told when the value of a secret comes from another place than before */
export function openSecrets(keychain: Keychain, env: NodeJS.ProcessEnv, log: (message: string) => void): Secrets {
  let secrets: Secret[] = [];
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
    async read(names) {
      secrets = await keychain.read(names);
      for (const { value } of secrets) if (value !== null) values.add(value);
      mask = maskOf(values);
      secrets.forEach(tell);
      return secrets;
    },
    views: () => secrets.map(({ name, from, problem }) => ({ name, from, problem })),
    mask: (text) => mask.text(text),
  };
}
