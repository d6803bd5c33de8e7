import type { AgentDefinition } from '#contract/agent.ts';
import type { Supply } from '../engine/protocol.ts';
import { keysIn, type Mask, maskOf } from '../mask.ts';
import { failWith } from './unwind.ts';

/** What the desk supplied, as this worker uses it. Nothing of it is ever written down. */
export function createWorkerSupply(env: NodeJS.ProcessEnv) {
  let supply: Supply = { servers: {}, keys: {}, secrets: {} };
  /** A value that was replaced may still be held by a call that runs: it stays masked. */
  const values = new Set(keysIn(env));
  let mask: Mask = maskOf(values);
  let environment = env;

  return {
    take(next: Supply): void {
      supply = next;
      environment = { ...env, ...next.keys };
      for (const value of Object.values(next.keys)) values.add(value);
      for (const { value } of Object.values(next.secrets)) if (value !== null) values.add(value);
      mask = maskOf(values);
    },
    /** With the keys of providers in it. */
    environment: (): NodeJS.ProcessEnv => environment,
    mask: (): Mask => mask,
    /** @throws an Unwind when it is missing, or not listed by the agent */
    secretFor(definition: AgentDefinition, name: string): string {
      if (!definition.nightdesk.secrets.includes(name)) {
        throw failWith('definition', `${definition.name} does not list the secret "${name}" under nightdesk.secrets`);
      }
      const secret = supply.secrets[name];
      if (secret?.value == null) {
        throw failWith('auth', `the secret "${name}" is missing: ${secret?.problem ?? 'it was not looked for yet'}`);
      }
      return secret.value;
    },
  };
}

/** What agents and their tools print goes to the desk's log: secrets in it are masked, those of a crash, too. */
export function maskPrinted(mask: () => Mask): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      return Reflect.apply(write, stream, [mask().text(text), ...rest]) as boolean;
    };
  }
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack ?? String(error)}\n`, () => process.exit(1));
  });
}
