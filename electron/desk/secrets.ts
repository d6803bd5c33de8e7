import type { SecretView } from '#contract/secret.ts';
import { keysIn, type Mask, maskOf } from '../runner/mask.ts';
import type { Keychain, Secret } from './keychain.ts';

/** The secrets of a running desk, and the mask that keeps them out of its log. */
export type Secrets = {
  read(names: string[]): Promise<Secret[]>;
  /** As they were read last, without their values. */
  views(): SecretView[];
  mask: Mask['text'];
};

export function openSecrets(keychain: Keychain, env: NodeJS.ProcessEnv): Secrets {
  let secrets: Secret[] = [];
  /** A value that was replaced may still stand in an error that is on its way: it stays masked. */
  const values = new Set(keysIn(env));
  let mask = maskOf(values);
  return {
    async read(names) {
      secrets = await keychain.read(names);
      for (const { value } of secrets) if (value !== null) values.add(value);
      mask = maskOf(values);
      return secrets;
    },
    views: () => secrets.map(({ name, from, problem }) => ({ name, from, problem })),
    mask: (text) => mask.text(text),
  };
}
