import type { Provider } from '#contract/provider.ts';
import type { ProviderSettings } from '#contract/settings.ts';

/** A provider as a worker needs it to make a call; secrets stay in the environment. */
export type ProviderConfig = Pick<Provider, 'name' | 'kind' | 'configured' | 'rehearsal'> & {
  baseUrl?: string | undefined;
};

/** Vendors whose key stands in the environment under the name their own tools use. */
const VENDOR_KEYS = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
} as const;

/** `NIGHTDESK_PROVIDER_<NAME>_URL` names anything that speaks OpenAI's protocol; `…_KEY` is its key, if it needs one. */
const CUSTOM_URL = /^NIGHTDESK_PROVIDER_([A-Z0-9_]+)_URL$/;

/** The environment variable that holds a provider's key. */
export function keyVariable(config: ProviderConfig): string {
  if (config.kind === 'anthropic' || config.kind === 'openai' || config.kind === 'google')
    return VENDOR_KEYS[config.kind];
  return `NIGHTDESK_PROVIDER_${config.name.toUpperCase().replaceAll('-', '_')}_KEY`;
}

/**
 * Every provider that is configured or that a route names. In rehearsal each is played by the rehearsal provider under
 * its own name, so that a fault of one and the failover to the next can be seen with no key.
 * @param env with the keys that settings name put under their variables
 * @param routes of the agents: `provider/model` in order
 * @param settings of providers, by name; an address here goes before one in the environment
 */
export function listProviders(
  env: NodeJS.ProcessEnv,
  routes: string[][],
  rehearsal: boolean,
  settings: Record<string, ProviderSettings>,
): ProviderConfig[] {
  const named = new Set(routes.flat().map((reference) => reference.slice(0, reference.indexOf('/'))));
  const urls = new Map<string, string>();
  for (const [variable, url] of Object.entries(env)) {
    const name = CUSTOM_URL.exec(variable)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (name !== undefined && url !== undefined) urls.set(name, url);
  }
  for (const [name, { url }] of Object.entries(settings)) if (url !== undefined) urls.set(name, url);
  const names = new Set([...named, ...urls.keys(), ...Object.keys(settings), 'rehearsal']);
  return [...names].map((name) => {
    if (rehearsal || name === 'rehearsal') return { name, kind: 'rehearsal', configured: true, rehearsal: true };
    const baseUrl = urls.get(name);
    if (baseUrl !== undefined) {
      const config = { name, kind: 'openai-compatible', configured: true, rehearsal: false, baseUrl } as const;
      return settings[name]?.key && !env[keyVariable(config)] ? { ...config, configured: false } : config;
    }
    if (name === 'anthropic' || name === 'openai' || name === 'google') {
      return { name, kind: name, configured: (env[VENDOR_KEYS[name]] ?? '') !== '', rehearsal: false };
    }
    return { name, kind: 'openai-compatible', configured: false, rehearsal: false };
  });
}
