import { z } from 'zod';
import { objectiveSchema } from './agent.ts';
import { actorSchema, momentSchema, nameSchema, spanSchema, usdSchema } from './basic.ts';
import { rateSchema } from './health.ts';

/*
 * What a team promises of an agent, and how it stands against it. An objective comes from the agent's file; one set in the
 * console stands over it until it is taken back.
 */

export { type FailureSwitch, failureSwitchSchema, type Objective, objectiveSchema } from './agent.ts';

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

/** What the running UTC day will have cost at its end. */
export const costForecastSchema = z.object({
  spentUsd: usdSchema,
  budgetUsd: usdSchema,
  /** Null when it cannot be said yet. */
  forecastUsd: usdSchema.nullable(),
  /** When the budget is reached; null when it lasts. */
  reachedAt: momentSchema.nullable(),
  /** What the rest of the day is taken from. */
  basis: z.enum(['past-days', 'last-hours']),
});
export type CostForecast = z.infer<typeof costForecastSchema>;

/** An agent against its objective, over the objective's window. */
export const objectiveStandingSchema = z.object({
  objective: objectiveInForceSchema,
  verdict: verdictSchema,
  success: rateSchema,
  /** Of the bad ones: in flight past their deadline. */
  overdue: z.number().int(),
  /** Null without a p95 bound. */
  latency: z.object({ verdict: verdictSchema, within: rateSchema }).nullable(),
  errorBudget: errorBudgetSchema,
  /** The last 7 days beside the 7 before; `unclear` where chance can explain the difference. */
  weeks: z.object({ now: rateSchema, before: rateSchema, change: z.enum(['better', 'worse', 'unclear']) }),
  /** Today's spending (UTC) against its budget; null without one. */
  cost: costForecastSchema.nullable(),
  /** Good minutes over measured minutes, and the share of the window's minutes that was measured. */
  availability: z.object({ goodMinutes: z.number().int(), measuredMinutes: z.number().int(), coverage: z.number() }),
  /** The budget that was left at the end of each day or hour of the window, oldest first: the burn-down chart. */
  burnDown: z.array(z.object({ at: momentSchema, left: z.number().nullable() })),
});
export type ObjectiveStanding = z.infer<typeof objectiveStandingSchema>;

/** What would have happened with another objective: alerts that it would have made over past data. */
export const objectivePreviewSchema = z.object({
  objective: objectiveSchema,
  /** The past that was replayed: the last 30 days, or as far back as minutes are kept. */
  from: momentSchema,
  to: momentSchema,
  /** Over the objective's window. */
  success: rateSchema,
  verdict: verdictSchema,
  /** `exact`: counted; false where a bound that was not in force is estimated from sketches, to 1 %. */
  latency: z.object({ verdict: verdictSchema, within: rateSchema, exact: z.boolean() }).nullable(),
  pages: z.array(z.object({ at: momentSchema, untilAt: momentSchema.nullable(), rule: z.string(), value: z.string() })),
  tickets: z.number().int(),
  /** The rules are judged once in this span. */
  resolutionMs: spanSchema,
  /** What the replay cannot know, in plain words. */
  notes: z.array(z.string()),
});
export type ObjectivePreview = z.infer<typeof objectivePreviewSchema>;

/** Sets an objective over the agent's file. What is left out stays as it is in force. */
export const objectiveChangeSchema = objectiveSchema.partial().extend({ agent: nameSchema });
export type ObjectiveChange = z.infer<typeof objectiveChangeSchema>;
