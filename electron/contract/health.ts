import { z } from 'zod';
import { failureSwitchSchema, intakeStateSchema } from './agent.ts';
import { momentSchema, nameSchema, spanSchema, usdSchema } from './basic.ts';

/** The span a board looks back over. */
export const boardWindowSchema = z.enum(['1h', '24h', '7d']);
export type BoardWindow = z.infer<typeof boardWindowSchema>;

/** What was ever told by other runtimes. */
export const ingestCountsSchema = z.object({
  accepted: z.number().int(),
  /** Had landed before. */
  duplicates: z.number().int(),
  /** Came more than a minute after their moment, and count there. */
  late: z.number().int(),
  /** Refused, and so in no number. */
  dropped: z.number().int(),
});
export type IngestCounts = z.infer<typeof ingestCountsSchema>;

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

/** Percentiles of a span, ms, within 1 %; p99 only of 500 tasks and more. */
const percentilesSchema = z.object({
  p50Ms: spanSchema.nullable(),
  p95Ms: spanSchema.nullable(),
  p99Ms: spanSchema.nullable(),
});

/** Ends of the window by how they ended. */
export const endCountsSchema = z.object({
  succeeded: z.number().int(),
  failed: z.number().int(),
  timedOut: z.number().int(),
  rejected: z.number().int(),
  cancelled: z.number().int(),
  inDoubt: z.number().int(),
  /** In flight past their deadline, now; null when that could not be counted. */
  overdue: z.number().int().nullable(),
});

/** One row of the board. With state `unknown` no number of it is an estimate: they are what was known last. */
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
  /** Good of all that ended, and of what is overdue; a person's cancel is in neither. */
  success: rateSchema,
  /** The same, of first attempts alone. */
  firstAttempt: rateSchema,
  /** What retries add: success less first attempt; null when nothing was measured. */
  retryLift: z.number().nullable(),
  counts: endCountsSchema,
  marks: markCountsSchema,
  objective: z.object({
    success: z.number(),
    p95Ms: spanSchema.nullable(),
    failure: z.array(failureSwitchSchema),
  }),
  /** Successes within the latency bound, counted exactly; null without a bound. */
  withinP95: rateSchema.nullable(),
  /** From accepted to end. */
  p50Ms: spanSchema.nullable(),
  p95Ms: spanSchema.nullable(),
  p99Ms: spanSchema.nullable(),
  /** From start to end. */
  fromStart: percentilesSchema,
  /** Minutes within the objective, of those in which something ended; `coverage`: their share of the window. */
  availability: z.object({ goodMinutes: z.number().int(), measuredMinutes: z.number().int(), coverage: z.number() }),
  costUsd: usdSchema,
  /** All cost over successes; null without a success. */
  costPerSuccessUsd: usdSchema.nullable(),
  tokens: z.object({ in: z.number().int(), out: z.number().int() }),
  /** The same hours a week ago. */
  lastWeek: z.object({ success: rateSchema, p95Ms: spanSchema.nullable() }),
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
  /** What other runtimes told; null while none did. */
  ingest: ingestCountsSchema.nullable(),
  /** What the desk itself suffers from, in plain words; empty when nothing. */
  troubles: z.array(z.string()),
});
export type DeskState = z.infer<typeof deskStateSchema>;

/** What counting again from the events came to. `differing`: minute and hour buckets that were not the same, and are now. */
export const rebuiltSchema = z.object({
  from: momentSchema,
  until: momentSchema,
  hours: z.number().int(),
  differing: z.number().int(),
});
export type Rebuilt = z.infer<typeof rebuiltSchema>;
