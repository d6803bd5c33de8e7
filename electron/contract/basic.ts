import { z } from 'zod';

/** Names of agents, providers, runbooks and steps: what a person types, safe in a path, an address and a shell. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dot, dash or underscore, 64 at most');

/** A moment, in ms since the Unix epoch. */
export const momentSchema = z.number().int().nonnegative();

/** A span, in ms. */
export const spanSchema = z.number().int().nonnegative();

/** Money, in US dollars. */
export const usdSchema = z.number().nonnegative();

/** Whatever JSON can hold: inputs, outputs and step results are opaque to the desk. It drops keys named `__proto__`. */
export const jsonSchema = z.json();
export type Json = z.infer<typeof jsonSchema>;

/**
 * JSON that somebody hands in. A key `__proto__` is refused here: further on it would be lost without a word, as it is in
 * most of what reads JSON.
 */
export const givenJsonSchema = z.preprocess((value: Json, { issues }) => {
  const path = protoKeyIn(value);
  if (path) issues.push({ code: 'custom', message: 'a key may not be named __proto__', path, input: value });
  return value;
}, jsonSchema);

/** The way to the first key that is named `__proto__`. */
function protoKeyIn(value: unknown): (string | number)[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, '__proto__')) return ['__proto__'];
  for (const [key, inner] of Object.entries(value)) {
    const path = protoKeyIn(inner);
    if (path) return [Array.isArray(value) ? Number(key) : key, ...path];
  }
  return undefined;
}

/** JSON with the keys of objects in order: the same text for the same value, however it was written. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${fields.join(',')}}`;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a span as people write it in files and directives (`250ms`, `30s`, `5m`, `2h`, `1d`).
 * @returns the span in ms, or undefined when the text is not one
 */
export function parseSpan(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (!match) return undefined;
  return Math.round(Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN));
}

/** A span as people write it: `90s`, `28d`; in the largest unit that leaves no rest. The inverse of `parseSpan`. */
export function writeSpan(ms: number): string {
  const unit =
    (['d', 'h', 'm', 's'] as const).find((each) => ms > 0 && ms % (UNIT_MS[each] ?? Number.NaN) === 0) ?? 'ms';
  return `${ms / (UNIT_MS[unit] ?? Number.NaN)}${unit}`;
}

/** A span in a file: text in, ms out. */
export const spanTextSchema = z.string().transform((text, context) => {
  const ms = parseSpan(text);
  if (ms === undefined) {
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a span; write for example 500ms, 30s, 5m, 2h or 1d`,
    });
    return z.NEVER;
  }
  return ms;
});

/** A rate, as so many in a span. */
export type RateLimit = { count: number; perMs: number };

/** A rate in a file: `60/min`, `5/s`, `1000/h`. */
export const rateTextSchema = z.string().transform((text, context): RateLimit => {
  const match = /^(\d+)\/(s|min|h|d)$/.exec(text.trim());
  const unit = match?.[2] === 'min' ? 'm' : (match?.[2] ?? '');
  const perMs = UNIT_MS[unit];
  if (match === null || perMs === undefined || Number(match[1]) === 0) {
    context.addIssue({ code: 'custom', message: `"${text}" is not a rate; write for example 60/min, 5/s or 1000/h` });
    return z.NEVER;
  }
  return { count: Number(match[1]), perMs };
});

/** Who did something, and through what. */
export const actorSchema = z.object({
  name: z.string().min(1).max(120),
  via: z.enum(['console', 'cli', 'http', 'runbook', 'schedule', 'desk', 'rehearsal']),
});
export type Actor = z.infer<typeof actorSchema>;
