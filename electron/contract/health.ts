import { z } from 'zod';
import { intakeStateSchema } from './agent.ts';
import { momentSchema, nameSchema, spanSchema, usdSchema } from './basic.ts';

/** The span a board looks back over. */
export const boardWindowSchema = z.enum(['1h', '24h', '7d']);
export type BoardWindow = z.infer<typeof boardWindowSchema>;

/** How a task ended. `in-doubt`: nobody knows yet whether its effect took place. */
export const taskEndSchema = z.enum(['succeeded', 'failed', 'timed-out', 'rejected', 'cancelled', 'in-doubt']);
export type TaskEnd = z.infer<typeof taskEndSchema>;

/** Successes by what is special about them; one may count under several. */
export const markCountsSchema = z.object({
  retried: z.number().int(),
  slow: z.number().int(),
  deferred: z.number().int(),
  fallback: z.number().int(),
  partial: z.number().int(),
  unverified: z.number().int(),
  reviewed: z.number().int(),
  incorrect: z.number().int(),
});
export type MarkCounts = z.infer<typeof markCountsSchema>;

/** A rate with what it is made of: never a bare percentage. */
export const rateSchema = z.object({
  good: z.number().int(),
  total: z.number().int(),
  /** good / total; null when nothing was measured. */
  estimate: z.number().nullable(),
  /** Wilson 95 % interval. */
  low: z.number(),
  high: z.number(),
});
export type Rate = z.infer<typeof rateSchema>;

/** The one word of an agent's health, worst first. */
export const healthStateSchema = z.enum(['failing', 'slow', 'unknown', 'not-enough-data', 'met']);
export type HealthState = z.infer<typeof healthStateSchema>;

/** One row of the board. */
export const agentHealthSchema = z.object({
  name: nameSchema,
  team: z.string().nullable(),
  runtime: z.string(),
  schedule: z.string().nullable(),
  state: healthStateSchema,
  since: momentSchema,
  /** One line: why it stands so. */
  reason: z.string(),
  intake: intakeStateSchema,
  intakeUntil: momentSchema.nullable(),
  success: rateSchema,
  firstAttempt: rateSchema,
  objective: z.object({ success: z.number(), p95Ms: spanSchema.nullable() }),
  p50Ms: spanSchema.nullable(),
  p95Ms: spanSchema.nullable(),
  queued: z.number().int(),
  running: z.number().int(),
  /** Deferred, backing off, or waiting for a person. */
  waiting: z.number().int(),
  retries: z.number().int(),
  costTodayUsd: usdSchema,
  budgetDailyUsd: usdSchema.nullable(),
  lastSuccessAt: momentSchema.nullable(),
  lastEndAt: momentSchema.nullable(),
  /** Ends per bucket, oldest first; the last is still filling. */
  spark: z.object({ bucketMs: spanSchema, from: momentSchema, good: z.array(z.number()), bad: z.array(z.number()) }),
  /** True when any task in the window ran on the rehearsal provider. */
  rehearsal: z.boolean(),
});
export type AgentHealth = z.infer<typeof agentHealthSchema>;

/** Ends in one bucket over all agents. */
export const endsBucketSchema = z.object({ from: momentSchema, good: z.number().int(), bad: z.number().int() });
export type EndsBucket = z.infer<typeof endsBucketSchema>;

/** What the board says beside its rows. */
export const deskStateSchema = z.object({
  /** The desk's clock when this was computed: data age is measured from it. */
  at: momentSchema,
  rehearsal: z.boolean(),
  bucketMs: spanSchema,
  waitingForPerson: z.object({ inDoubt: z.number().int(), questions: z.number().int(), reviews: z.number().int() }),
  /** Faults of agent or runbook files as they stand now. */
  fileProblems: z.number().int(),
  /** What the desk itself suffers from, in plain words; empty when nothing. */
  troubles: z.array(z.string()),
});
export type DeskState = z.infer<typeof deskStateSchema>;
