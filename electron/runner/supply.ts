import type { AgentDefinition } from '#contract/agent.ts';
import type { SecretOrText } from '#contract/secret.ts';
import type { Settings } from '#contract/settings.ts';
import type { ServerSupply, Supply } from './engine/protocol.ts';
import { keysIn, type Mask, maskOf } from './mask.ts';
import { keyVariable, listProviders } from './providers/index.ts';

/** A secret that was looked for: its value, or why there is none. */
export type FoundSecret = { name: string; value: string | null; problem: string | null };
export type FindSecrets = (names: string[]) => Promise<FoundSecret[]>;

/** The secrets that settings and agents name. */
export function secretNames(settings: Settings, definitions: readonly AgentDefinition[]): string[] {
  const values: SecretOrText[] = Object.values(settings.mcp).flatMap((server) =>
    Object.values('url' in server ? server.headers : server.env),
  );
  return [
    ...new Set([
      ...Object.values(settings.providers).flatMap(({ key }) => (key ? [key.secret] : [])),
      ...values.flatMap((value) => (typeof value === 'string' ? [] : [value.secret])),
      ...definitions.flatMap(({ nightdesk }) => nightdesk.secrets),
    ]),
  ].sort();
}

/**
 * What workers get beside definitions and tasks: MCP servers with their secrets in place, keys of providers, secrets
 * that agents read.
 */
export function supplyOf(settings: Settings, secrets: readonly FoundSecret[]): Supply {
  const found = new Map(secrets.map((secret) => [secret.name, secret]));

  /** The values with secrets in place, or the first that is missing. */
  function filled(values: Record<string, SecretOrText>): { values: Record<string, string> } | { why: string } {
    const out: Record<string, string> = {};
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string') out[name] = value;
      else {
        const secret = found.get(value.secret);
        if (secret?.value == null)
          return { why: `lacks the secret "${value.secret}": ${secret?.problem ?? 'unknown'}` };
        out[name] = secret.value;
      }
    }
    return { values: out };
  }

  const servers = Object.entries(settings.mcp).map(([name, server]): [string, ServerSupply] => {
    const given = filled('url' in server ? server.headers : server.env);
    if ('why' in given) return [name, { kind: 'unusable', why: given.why }];
    const { timeout: timeoutMs, effects } = server;
    return 'url' in server
      ? [name, { kind: 'http', url: server.url, headers: given.values, timeoutMs, effects }]
      : [
          name,
          {
            kind: 'stdio',
            command: server.command,
            args: server.args,
            env: given.values,
            cwd: server.cwd ?? '.',
            timeoutMs,
            effects,
          },
        ];
  });
  return {
    servers: Object.fromEntries(servers),
    keys: keysOf(settings, found),
    secrets: Object.fromEntries(secrets.map(({ name, value, problem }) => [name, { value, problem }])),
  };
}

/** Keys that settings name, under the variable that would hold each: as if they stood in the environment. */
function keysOf(settings: Settings, found: ReadonlyMap<string, FoundSecret>): Record<string, string> {
  const names = Object.keys(settings.providers);
  const configs = listProviders({}, [names.map((name) => `${name}/`)], false, settings.providers);
  return Object.fromEntries(
    configs.flatMap((config) => {
      const { key } = settings.providers[config.name] ?? {};
      const value = key && found.get(key.secret)?.value;
      return value ? [[keyVariable(config), value]] : [];
    }),
  );
}

export type SupplierOptions = {
  settings(): Settings;
  definitions(): readonly AgentDefinition[];
  find: FindSecrets;
  env: NodeJS.ProcessEnv;
  /** There is another supply: workers are told. */
  onSupply(supply: Supply): void;
};

/** Keeps the supply as settings, agents and keychain stand. */
export function createSupplier(options: SupplierOptions) {
  let current: Supply = supplyOf(options.settings(), []);
  /** A value that was replaced stays masked. */
  const values = new Set(keysIn(options.env));
  let mask = maskOf(values);
  let told = JSON.stringify(current);
  let turn = 0;

  async function refresh(): Promise<void> {
    turn += 1;
    const mine = turn;
    const names = secretNames(options.settings(), options.definitions());
    const secrets = names.length === 0 ? [] : await options.find(names);
    // A later look has seen more.
    if (mine !== turn) return;
    current = supplyOf(options.settings(), secrets);
    for (const { value } of secrets) if (value !== null) values.add(value);
    mask = maskOf(values);
    const text = JSON.stringify(current);
    if (text === told) return;
    told = text;
    options.onSupply(current);
  }

  return { current: (): Supply => current, mask: (): Mask => mask, refresh };
}
