import { z } from 'zod';
import { momentSchema } from './basic.ts';
import { breakerStateSchema } from './provider.ts';

/** A system that tools reach: the part of a tool's name before its first dot, or `mcp:SERVER`. */
export const integrationSchema = z.object({
  name: z.string(),
  breaker: breakerStateSchema,
  /** Since when the breaker stands so. */
  since: momentSchema,
  /** When the next probe may go out; null unless open. */
  probeAt: momentSchema.nullable(),
  /** Calls and errors in the last minute. */
  calls: z.number().int(),
  errors: z.number().int(),
  lastError: z.object({ message: z.string(), at: momentSchema }).nullable(),
  /** When an effect last landed; null when none did since the desk started. */
  lastEffectAt: momentSchema.nullable(),
  /** Agents that its outage pauses. */
  criticalTo: z.array(z.string()),
});
export type Integration = z.infer<typeof integrationSchema>;

/**
 * What was spent in the running UTC day against a budget: of an agent, a provider or the whole desk. What a spawned task
 * spends counts for the agent of its parent, too.
 */
export const spendSchema = z.object({
  scope: z.enum(['agent', 'provider', 'desk']),
  /** The agent's or provider's name; `desk` for the whole. */
  name: z.string(),
  /** The UTC day, as `2026-11-24`. */
  day: z.string(),
  usd: z.number(),
  tokens: z.number().int(),
  /** Reserved by calls in flight, US dollars. */
  reservedUsd: z.number(),
  budgetUsd: z.number().nullable(),
  budgetTokens: z.number().int().nullable(),
  /** The larger share of the two that is spent, 0 to 1 and above; null without a budget. */
  share: z.number().nullable(),
  /** `reached`: nothing more begins today, because all is spent or because what is left is less than a call may cost. */
  level: z.enum(['fine', 'warned', 'reached']),
});
export type Spend = z.infer<typeof spendSchema>;
