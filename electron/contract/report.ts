import { z } from 'zod';
import { failureSwitchSchema } from './agent.ts';
import { momentSchema, nameSchema, spanSchema, usdSchema } from './basic.ts';
import { endCountsSchema, markCountsSchema, rateSchema } from './health.ts';
import { incidentSeveritySchema, incidentStatsSchema, incidentTimesSchema } from './incident.ts';
import { verdictSchema } from './objective.ts';
import { intervalSchema } from './sample.ts';
import { zoneSchema } from './zone.ts';

/*
 * The SLA report: one frozen data set, from which each format is drawn. Its hash is of the canonical JSON of `data`.
 */

/** An ISO week: `2026-W47`. */
export const weekSchema = z.string().regex(/^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/, 'write a week as 2026-W47');

export const reportFormatSchema = z.enum(['html', 'pdf', 'md', 'json']);
export type ReportFormat = z.infer<typeof reportFormatSchema>;

/** One span of an agent: a week, or four. */
export const reportSpanSchema = z.object({
  verdict: verdictSchema,
  /** Overdue tasks count among the bad ones. */
  success: rateSchema,
  firstAttempt: rateSchema,
  /** How much retries lifted the rate, 0 to 1; null where nothing was measured. */
  retryLift: z.number().nullable(),
  overdue: z.number().int(),
  ends: endCountsSchema,
  marks: markCountsSchema,
  latency: z.object({
    p50Ms: spanSchema.nullable(),
    p95Ms: spanSchema.nullable(),
    /** From 500 tasks up. */
    p99Ms: spanSchema.nullable(),
    /** Within the bound, counted exactly; null without a bound. */
    within: rateSchema.nullable(),
    verdict: verdictSchema.nullable(),
  }),
  /** Share of the span's allowed failures that was used; null with no tasks. */
  budgetSpent: z.number().nullable(),
  availability: z.object({ goodMinutes: z.number().int(), measuredMinutes: z.number().int(), coverage: z.number() }),
  costUsd: usdSchema,
  /** All cost over successes; null without a success. */
  costPerSuccessUsd: usdSchema.nullable(),
  tokens: z.object({ in: z.number().int(), out: z.number().int() }),
});
export type ReportSpan = z.infer<typeof reportSpanSchema>;

export const reportAgentSchema = z.object({
  name: nameSchema,
  team: z.string().nullable(),
  runtime: z.string(),
  objective: z.object({
    success: z.number(),
    p95Ms: spanSchema.nullable(),
    windowMs: spanSchema,
    /** What counts as failure: the three questions of every SLA. */
    failure: z.array(failureSwitchSchema),
    from: z.enum(['file', 'console']),
  }),
  week: reportSpanSchema,
  /** The week before, and the four weeks that end with this one. */
  before: reportSpanSchema,
  weeks4: reportSpanSchema,
  days: z.array(z.object({ from: momentSchema, good: z.number().int(), bad: z.number().int() })),
  /** From samples that people judged; null where none are drawn. */
  correctness: z
    .object({ estimate: intervalSchema.nullable(), verdicts: z.number().int(), state: z.string() })
    .nullable(),
});
export type ReportAgent = z.infer<typeof reportAgentSchema>;

export const reportDataSchema = z.object({
  version: z.literal(1),
  tool: z.string(),
  environment: nameSchema,
  rehearsal: z.boolean(),
  /** `2026-W47`, and its days in the zone. */
  week: weekSchema,
  zone: z.string(),
  from: momentSchema,
  to: momentSchema,
  /** Ends that were told after this are not in it. */
  cutOffAt: momentSchema,
  agents: z.array(reportAgentSchema),
  incidents: z.array(
    z.object({
      id: z.number().int(),
      title: z.string(),
      severity: incidentSeveritySchema,
      agents: z.array(z.string()),
      times: incidentTimesSchema,
      rehearsal: z.boolean(),
      resolution: z.string().nullable(),
    }),
  ),
  /** Of the four weeks; drills and rehearsals apart. */
  times: incidentStatsSchema,
  alerts: z.object({
    fired: z.number().int(),
    pages: z.number().int(),
    /** Pages that a person answered or that belong to an incident in which something was done, of all pages. */
    precision: rateSchema,
    rules: z.array(z.object({ rule: z.string(), fired: z.number().int(), pages: z.number().int() })),
  }),
  drills: z.array(z.object({ name: z.string(), outcome: z.enum(['PASS', 'FAIL', 'INCONCLUSIVE']), at: momentSchema })),
  changes: z.array(z.object({ at: momentSchema, subject: z.string(), text: z.string() })),
  /** What is not in the numbers, and why: listed, never silently removed. */
  exclusions: z.array(z.object({ what: z.string(), count: z.number().int().nullable(), why: z.string() })),
});
export type ReportData = z.infer<typeof reportDataSchema>;

/** A report that was made. The same week again is another one: late data may have come. */
export const reportSchema = z.object({
  id: z.number().int().positive(),
  madeAt: momentSchema,
  by: z.string(),
  /** SHA-256 of the data, hex. */
  hash: z.string(),
  data: reportDataSchema,
});
export type Report = z.infer<typeof reportSchema>;

/** A line of the list of reports. */
export const reportSummarySchema = z.object({
  id: z.number().int().positive(),
  week: weekSchema,
  madeAt: momentSchema,
  by: z.string(),
  hash: z.string(),
  met: z.number().int(),
  missed: z.number().int(),
  /** Insufficient data, or unknown. */
  open: z.number().int(),
});
export type ReportSummary = z.infer<typeof reportSummarySchema>;

export const reportFileSchema = z.object({
  name: z.string(),
  type: z.string(),
  /** The file, base64. */
  content: z.string(),
});
export type ReportFile = z.infer<typeof reportFileSchema>;

export const reportInputs = {
  /** Without a week: the last one that is over. `zone`: the desk's own where it is left out. */
  make: z.object({ week: weekSchema.optional(), zone: zoneSchema.optional(), agents: z.array(nameSchema).optional() }),
  file: z.object({ id: z.number().int(), format: reportFormatSchema }),
  send: z.object({ id: z.number().int(), to: z.array(nameSchema).min(1) }),
};
