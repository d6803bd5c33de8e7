import { z } from 'zod';
import { type Json, jsonSchema, momentSchema, nameSchema, spanSchema, spanTextSchema } from './basic.ts';

/** A task with a known answer that the desk gives an agent by itself, `nightdesk.canary` of its file. */
export const canaryKeysSchema = z.strictObject({
  /** How often, from one start to the next. It also has this long to end, 15 min at most. */
  every: spanTextSchema,
  /** The input, a JSON file of the agent's fixtures/. What its tools do with it they really do. */
  input: z.string().regex(/^[\w.-]+\.json$/, 'name a JSON file of fixtures/'),
  /** What the output must hold: every field given, with this value; arrays whole. */
  expect: jsonSchema,
});
export type CanaryKeys = z.infer<typeof canaryKeysSchema>;

/** Idempotency keys of canaries begin with it. Nobody else's may: what has one counts in no number of the agent's. */
export const CANARY_KEY = 'canary:';

/** Whether a task is a canary. */
export function isCanary({ key }: { key: string | null }): boolean {
  return key?.startsWith(CANARY_KEY) === true;
}

/** What one rule of "nothing fails silently" says of one subject. */
export const watchSchema = z.object({
  rule: z.string(),
  /** A runtime, an agent, a query of the desk: what it watches. */
  subject: z.string(),
  /** `unsure`: neither well nor certainly silent. `blind`: it cannot say, and `says` tells why. */
  state: z.enum(['quiet', 'unsure', 'holds', 'blind']),
  /** What it saw, in one line. */
  says: z.string(),
  lookedAt: momentSchema,
});
export type Watch = z.infer<typeof watchSchema>;

/** The minute's account: accepted = ended + in flight + dropped, or it does not add up. */
export const accountSchema = z.object({
  at: momentSchema,
  /** Tasks that came since `since`, and what became of them. */
  since: momentSchema,
  accepted: z.number().int(),
  ended: z.number().int(),
  inFlight: z.number().int(),
  /** Events of other runtimes that were refused since the desk started. */
  dropped: z.number().int(),
  /** What does not add up, in plain words; empty when all does. */
  differences: z.array(z.string()),
  /** Minutes one after the other with a difference. */
  badMinutes: z.number().int(),
});
export type Account = z.infer<typeof accountSchema>;

/** How the canary of one agent stands. */
export const canarySchema = z.object({
  agent: nameSchema,
  everyMs: spanSchema,
  /** The task of the last start; null before the first. */
  task: z.string().nullable(),
  startedAt: momentSchema.nullable(),
  /** Of the last one that was judged. */
  outcome: z.enum(['passed', 'missed']).nullable(),
  /** Why it missed. */
  why: z.string().nullable(),
  /** Misses one after the other. */
  misses: z.number().int(),
  nextAt: momentSchema,
});
export type Canary = z.infer<typeof canarySchema>;

/** Everything that watches for silence. */
export const silenceViewSchema = z.object({
  /** Since when the desk looks without a break: it was started, or woke up. */
  since: momentSchema,
  watches: z.array(watchSchema),
  account: accountSchema.nullable(),
  canaries: z.array(canarySchema),
});
export type SilenceView = z.infer<typeof silenceViewSchema>;

/** The first place at which a value lacks what is expected, or undefined. Objects may hold more than is asked for. */
export function differs(value: Json | null, expected: Json, place: string): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(value) || value.length !== expected.length) return unlike(value, expected, place);
    return first(expected.map((each, index) => differs(value[index] ?? null, each, `${place}.${index}`)));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return unlike(value, expected, place);
    return first(Object.entries(expected).map(([key, each]) => differs(value[key] ?? null, each, `${place}.${key}`)));
  }
  return value === expected ? undefined : unlike(value, expected, place);
}

function first(differences: (string | undefined)[]): string | undefined {
  return differences.find((difference) => difference !== undefined);
}

function unlike(value: Json | null, expected: Json, place: string): string {
  return `${place} is ${brief(value)}, expected ${brief(expected)}`;
}

function brief(value: Json | null): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
