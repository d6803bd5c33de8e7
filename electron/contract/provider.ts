import { z } from 'zod';
import { momentSchema, nameSchema, spanSchema } from './basic.ts';

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
  lastError: z.object({ message: z.string(), status: z.number().int().optional(), at: momentSchema }).nullable(),
  fault: faultSchema.nullable(),
});
export type Provider = z.infer<typeof providerSchema>;
