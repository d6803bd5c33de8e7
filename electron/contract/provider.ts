import { z } from 'zod';
import { momentSchema, nameSchema, spanSchema } from './basic.ts';
import { errorClassSchema } from './task.ts';

/** The circuit state of a provider: closed serves, open refuses, half-open lets one probe through. */
export const breakerStateSchema = z.enum(['closed', 'open', 'half-open']);
export type BreakerState = z.infer<typeof breakerStateSchema>;

/** A fault dialled into a rehearsal provider. */
export const faultSchema = z.object({
  /** Share of calls that fail as overloaded (HTTP 529). */
  errorRate: z.number().min(0).max(1).default(0),
  /** Added to every call, ms. */
  latencyMs: spanSchema.max(600_000).default(0),
  /** Every call fails as unreachable. */
  down: z.boolean().default(false),
  /** Every call is one too many (HTTP 429); it asks to be left alone for so long, ms. */
  retryAfterMs: spanSchema.max(600_000).optional(),
});
export type Fault = z.infer<typeof faultSchema>;

/** A provider as the console shows it. */
export const providerSchema = z.object({
  name: nameSchema,
  kind: z.enum(['anthropic', 'openai', 'google', 'openai-compatible', 'rehearsal']),
  /** Ready to be called: it has its key, or needs none. */
  configured: z.boolean(),
  /** True when the rehearsal provider answers in its name. */
  rehearsal: z.boolean(),
  breaker: breakerStateSchema,
  /** Since when the breaker stands so. */
  since: momentSchema,
  /** When the next probe may go out; null unless open. */
  probeAt: momentSchema.nullable(),
  /** Calls and errors in the breaker's window (the last minute). */
  calls: z.number().int(),
  errors: z.number().int(),
  /** Calls that failed one after the other, up to now. */
  failedInRow: z.number().int(),
  /** Calls of the last hour that ended, and the errors among them, the most frequent first. Since the desk started. */
  lastHour: z.object({
    calls: z.number().int(),
    errors: z.array(z.object({ class: errorClassSchema, count: z.number().int() })),
  }),
  lastError: z.object({ message: z.string(), status: z.number().int().optional(), at: momentSchema }).nullable(),
  fault: faultSchema.nullable(),
  /** Until when it asked to be left alone (a 429 with Retry-After); null when it did not. */
  cooldownUntil: momentSchema.nullable(),
  /** The share of its traffic that it gets, 0 to 1: below 1 while it comes back after an outage. */
  share: z.number().min(0).max(1),
  /** Calls under way, and tasks that wait at the gate for its concurrency, its rate or its budget. */
  inFlight: z.number().int(),
  atGate: z.number().int(),
  /** Calls at once; null without a limit. */
  concurrency: z.number().int().nullable(),
  /** Calls started in a span; null without a limit. */
  rate: z.object({ count: z.number().int(), perMs: spanSchema }).nullable(),
});
export type Provider = z.infer<typeof providerSchema>;

/** What befell a provider. `failover`: an agent's traffic left it; `failback`: the first of it returned. */
export const providerEventSchema = z.object({
  at: momentSchema,
  provider: nameSchema,
  kind: z.enum(['breaker', 'cooldown', 'failover', 'failback', 'reset']),
  text: z.string(),
});
export type ProviderEvent = z.infer<typeof providerEventSchema>;

/** The route of an agent in the order in force, and what each entry would do with the next call. */
export const routeSchema = z.object({
  agent: nameSchema,
  /** The provider that a reroute put first; null for the file's own order. */
  reroutedTo: nameSchema.nullable(),
  hops: z.array(
    z.object({
      provider: nameSchema,
      model: z.string(),
      /** `serves`; or why it does not: no key, breaker open, probing, asked to wait, budget spent. */
      state: z.enum(['serves', 'returning', 'probing', 'breaker-open', 'cooling-down', 'budget-spent', 'no-key']),
      share: z.number().min(0).max(1),
      /** Model calls of this agent since its route last changed. */
      calls: z.number().int(),
    }),
  ),
});
export type Route = z.infer<typeof routeSchema>;
