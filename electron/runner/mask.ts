import type { Json } from '#contract/basic.ts';

const MASKED = '***';

/** Puts *** in place of every secret. */
export type Mask = {
  text(text: string): string;
  /** The very same value where there is no secret in it. It must be what JSON can hold. */
  json<T>(value: T): T;
};

/** Variables whose value is a provider's key. */
const KEY_VARIABLE = /^(ANTHROPIC_API_KEY|OPENAI_API_KEY|GOOGLE_GENERATIVE_AI_API_KEY|NIGHTDESK_PROVIDER_.+_KEY)$/;

/** Keys of providers in an environment: masked like secrets. */
export function keysIn(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) => (KEY_VARIABLE.test(name) && value ? [value] : []));
}

/**
 * @param secrets values; they are found as they stand in JSON, and percent-encoded as in an address, too. Longer ones go
 * first: one may hold another.
 */
export function maskOf(secrets: Iterable<string>): Mask {
  const forms = [
    ...new Set([...secrets].filter(Boolean).flatMap((each) => [each, escaped(each), encodeURIComponent(each)])),
  ].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return { text: (text) => text, json: (value) => value };
  const inJson = forms.map(escaped);

  function text(given: string): string {
    let out = given;
    for (const form of forms) if (out.includes(form)) out = out.replaceAll(form, MASKED);
    return out;
  }
  function walk(value: Json): Json {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return forms.some((form) => String(value).includes(form)) ? MASKED : value;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), walk(each)]));
    return value;
  }
  return {
    text,
    json<T>(value: T): T {
      const before = JSON.stringify(value) as string | undefined;
      if (before === undefined || !inJson.some((form) => before.includes(form))) return value;
      return walk(JSON.parse(before) as Json) as T;
    },
  };
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
