import { z } from 'zod';
import { actorSchema, momentSchema, nameSchema, spanSchema } from './basic.ts';
import { rateSchema } from './health.ts';

/*
 * What a team promises of an agent, and how it stands against it. An objective comes from the agent's file; one set in the
 * console stands over it until it is taken back.
 */

/** Ends and marks that count as failure beside a failed, timed-out, rejected or overdue task. */
export const failureSwitchSchema = z.enum(['failed', 'incorrect', 'retried', 'slow']);
export type FailureSwitch = z.infer<typeof failureSwitchSchema>;

/** An objective in force: what is promised, over which span, and what counts as failure. */
export const objectiveSchema = z.object({
  /** Share of good tasks, above 0 and below 1. */
  success: z.number().gt(0).lt(1),
  /** 95 of 100 tasks end within this, from accepted to end; null for no promise. */
  p95Ms: spanSchema.nullable(),
  /** The span it is judged over. */
  windowMs: spanSchema,
  failure: z.array(failureSwitchSchema),
});
export type Objective = z.infer<typeof objectiveSchema>;

/** Where it was set, and by whom. */
export const objectiveInForceSchema = objectiveSchema.extend({
  agent: nameSchema,
  from: z.enum(['file', 'console']),
  since: momentSchema.nullable(),
  by: actorSchema.nullable(),
});
export type ObjectiveInForce = z.infer<typeof objectiveInForceSchema>;

/** `met` and `missed` only where chance cannot explain it; the other two are states of their own, never green. */
export const verdictSchema = z.enum(['met', 'missed', 'insufficient-data', 'unknown']);
export type ObjectiveVerdict = z.infer<typeof verdictSchema>;

/** How much of the failures that the objective allows is used. Burn: (bad / total) / (1 - objective), 1 uses all by the end. */
export const errorBudgetSchema = z.object({
  /** 1 - success. */
  budget: z.number(),
  /** Share of the window's allowed failures that is used, 0 and up; null with no tasks. */
  spent: z.number().nullable(),
  /** Failures that the window's tasks allow, and those that happened. */
  allowed: z.number(),
  bad: z.number().int(),
  /** Burn over the last hour and the last six hours; null where nothing ended. */
  burn1h: z.number().nullable(),
  burn6h: z.number().nullable(),
  /** When it is used up at the last six hours' pace; null when it is not. */
  exhaustedAt: momentSchema.nullable(),
});
export type ErrorBudget = z.infer<typeof errorBudgetSchema>;

/** An agent against its objective, over the objective's window. */
export const objectiveStandingSchema = z.object({
  objective: objectiveInForceSchema,
  verdict: verdictSchema,
  success: rateSchema,
  latency: z.object({ verdict: verdictSchema, within: rateSchema }).nullable(),
  errorBudget: errorBudgetSchema,
  /** Good minutes over measured minutes, and the share of the window's minutes that was measured. */
  availability: z.object({ goodMinutes: z.number().int(), measuredMinutes: z.number().int(), coverage: z.number() }),
  /** The budget that was left at the end of each day or hour of the window, oldest first: the burn-down chart. */
  burnDown: z.array(z.object({ at: momentSchema, left: z.number().nullable() })),
});
export type ObjectiveStanding = z.infer<typeof objectiveStandingSchema>;

/** What would have happened with another objective: alerts that it would have made over past data. */
export const objectivePreviewSchema = z.object({
  objective: objectiveSchema,
  from: momentSchema,
  to: momentSchema,
  success: rateSchema,
  verdict: verdictSchema,
  pages: z.array(z.object({ at: momentSchema, untilAt: momentSchema.nullable(), rule: z.string(), value: z.string() })),
  tickets: z.number().int(),
});
export type ObjectivePreview = z.infer<typeof objectivePreviewSchema>;
