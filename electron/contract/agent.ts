import { z } from 'zod';
import {
  actorSchema,
  jsonSchema,
  momentSchema,
  nameSchema,
  rateTextSchema,
  spanSchema,
  spanTextSchema,
} from './basic.ts';
import { canaryKeysSchema } from './canary.ts';

/** One entry of a route: `provider/model`. */
export const modelRefSchema = z.string().regex(/^[a-z0-9._-]+\/[^\s]+$/, 'a model is written provider/model');

const percentSchema = z
  .string()
  .regex(/^\d{1,3}(\.\d+)?%$/, 'write a percentage, for example 99.5%')
  .transform((text) => Number(text.slice(0, -1)) / 100)
  .refine((value) => value > 0 && value < 1, 'an objective lies between 0% and 100%, both excluded');

/** Ends and marks that count as failure beside a failed, timed-out, rejected or overdue task. */
export const failureSwitchSchema = z.enum(['failed', 'incorrect', 'retried', 'slow']);
export type FailureSwitch = z.infer<typeof failureSwitchSchema>;

/** What is promised of an agent, over which span, and what counts as failure. */
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

/** Spending limits of one UTC day. */
export const budgetSchema = z.strictObject({
  /** US dollars a day. */
  daily: z.number().positive().optional(),
  /** Input and output tokens a day. */
  tokens: z.number().int().positive().optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** `MIN HOUR DAY MONTH WEEKDAY [ZONE]`, alone or with what happens to starts that were missed or would overlap. */
export const scheduleSchema = z
  .union([
    z.string(),
    z.strictObject({
      cron: z.string(),
      /** Starts that the desk slept through: none of them, the last one, or each. */
      missed: z.enum(['skip', 'once', 'each']).default('once'),
      /** While the one before still runs: skip the new one, or queue it. */
      overlap: z.enum(['skip', 'queue']).default('queue'),
    }),
  ])
  .transform((given) =>
    typeof given === 'string' ? ({ cron: given, missed: 'once', overlap: 'queue' } as const) : given,
  );
export type Schedule = z.infer<typeof scheduleSchema>;

/** What stands under `nightdesk:` in an agent's front matter. An unknown key here is an error: it would be a promise not kept. */
export const nightdeskKeysSchema = z.strictObject({
  team: z.string().max(40).optional(),
  input: z.string().optional(),
  output: z.string().optional(),
  retry: z
    .strictObject({
      attempts: z.number().int().min(1).max(50).default(5),
      initial: spanTextSchema.default(1_000),
      factor: z.number().min(1).max(10).default(2),
      max: spanTextSchema.default(60_000),
      jitter: z.enum(['full', 'none']).default('full'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** One attempt may take this long. */
      timeout: spanTextSchema.default(120_000),
      /** One tool call may take this long. */
      tool: spanTextSchema.default(60_000),
      /** From accepted to its end, waiting and retries included: later it is overdue. */
      deadline: spanTextSchema.default(86_400_000),
      /** One answer of a model may have this many tokens: the worst case that is reserved of a budget. */
      output: z.number().int().min(16).max(1_000_000).default(8_192),
      /** US dollars that the whole task may cost; then it waits for a person. */
      cost: z.number().positive().optional(),
    })
    .prefault({}),
  /** Repeats of the same call with the same result: at `nudge` the agent is told, at `stop` the task waits for a person. */
  loop: z
    .strictObject({ nudge: z.number().int().min(2).default(3), stop: z.number().int().min(3).default(5) })
    .prefault({})
    .refine(({ nudge, stop }) => nudge < stop, 'nudge must be smaller than stop'),
  intake: z
    .strictObject({
      concurrency: z.number().int().min(1).max(10_000).default(8),
      /**
       * One task at a time of those for which this gives the same text: "{{ input.vendor }}". A task stands in the way of
       * the others while it runs and backs off, not while it waits for a person, a provider or a budget.
       */
      per: z
        .string()
        .regex(/\{\{\s*input\.[\w.]+\s*\}\}/, 'name a field of the input, for example "{{ input.vendor }}"')
        .optional(),
      /** Starts in a span, those of retries too: a token bucket that holds one span's worth. */
      rate: rateTextSchema.optional(),
      queue: z.number().int().min(1).default(100_000),
      /**
       * A folder that is watched, beginning at the agent's file: each new JSON file becomes a task, once for its name and
       * content, and goes to done/ or, with the reason beside it, to refused/.
       */
      folder: z.string().optional(),
    })
    .prefault({}),
  budget: budgetSchema.optional(),
  schedule: scheduleSchema.optional(),
  expect: z.strictObject({ every: spanTextSchema }).optional(),
  canary: canaryKeysSchema.optional(),
  objective: z
    .strictObject({
      success: percentSchema.prefault('99%'),
      p95: spanTextSchema.optional(),
      window: spanTextSchema.default(30 * 86_400_000),
      failure: z.array(failureSwitchSchema).default(['failed', 'incorrect']),
    })
    .prefault({}),
  recovery: z.record(z.string(), z.enum(['idempotent', 'reconcile', 'manual'])).default({}),
  /** Effects that a person approves before they run. */
  approval: z.array(z.string()).default([]),
  /** Secrets of the keychain that its code may read, by name. */
  secrets: z.array(nameSchema).default([]),
  /** Integrations whose outage pauses the agent. */
  critical: z.array(z.string()).default([]),
  /** Which outputs a person sees before the task ends: those whose `confidence` is below, or all. */
  review: z.strictObject({ below: z.number().min(0).max(1).optional(), always: z.boolean().default(false) }).optional(),
  /** A model that judges each output against a question; an output it refuses is incorrect. */
  judge: z.strictObject({ model: modelRefSchema, question: z.string().min(1).max(4_000) }).optional(),
  /** Which outputs people are shown afterwards, to say whether they were right. */
  sample: z
    .strictObject({
      /** Share of the successes, 0 to 1. */
      rate: z.number().min(0).max(1).default(0.02),
      /** A day, of each class (usual, new definition, marked), where there are as many. */
      minimum: z.number().int().min(0).max(1_000).default(3),
      most: z.number().int().min(1).max(10_000).default(20),
      /** Share of the successes that should be correct; the objective's success where it is not said. */
      objective: percentSchema.optional(),
      /** A model that scores a share of the outputs, and refuses none. */
      judge: z
        .strictObject({
          model: modelRefSchema,
          question: z.string().min(1).max(4_000),
          share: z.number().gt(0).max(1).default(0.1),
        })
        .optional(),
    })
    .prefault({}),
});

/** The front matter of an agent file; the first keys are those that other tools share. */
export const agentFileSchema = z.object({
  name: nameSchema,
  description: z.string().min(1).max(1_000),
  model: z.union([modelRefSchema.transform((one) => [one]), z.array(modelRefSchema).min(1)]),
  tools: z.array(z.string()).default([]),
  maxTurns: z.number().int().min(1).max(1_000).default(20),
  nightdesk: nightdeskKeysSchema.prefault({}),
});
export type AgentFile = z.infer<typeof agentFileSchema>;

/** A definition as it is pinned to attempts: the file, its prompt, its schemas and where its code lies. */
export const agentDefinitionSchema = agentFileSchema.extend({
  prompt: z.string(),
  /** SHA-256 of everything that decides how it runs, hex. */
  hash: z.string(),
  /** The agent's folder (absolute), or null for a lone Markdown file. */
  folder: z.string().nullable(),
  /** The Markdown file (absolute). */
  file: z.string(),
  inputSchema: jsonSchema.nullable(),
  outputSchema: jsonSchema.nullable(),
  /** tools.ts and agent.ts (absolute), where there are any. */
  toolsFile: z.string().nullable(),
  codeFile: z.string().nullable(),
  /** checks.ts (absolute): what an output must hold beyond its schema. */
  checksFile: z.string().nullable(),
  /** rehearsal.ts (absolute): the script that plays the model. */
  rehearsalFile: z.string().nullable(),
});
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>;

/** A fault in a file that people write: where, what, and what would be right. */
export const fileProblemSchema = z.object({
  file: z.string(),
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  severity: z.enum(['error', 'warning']),
  rule: z.string(),
  message: z.string(),
  fix: z.string().nullable(),
});
export type FileProblem = z.infer<typeof fileProblemSchema>;

export const intakeStateSchema = z.enum(['open', 'paused', 'draining']);
export type IntakeState = z.infer<typeof intakeStateSchema>;

/** How an agent's outputs are drawn for people, from its file. */
export const samplePlanSchema = z.object({
  /** Share of the usual ones, 0 to 1. */
  rate: z.number(),
  /** So many a day of each class, where there are as many; then no more than about `most`. */
  minimum: z.number().int(),
  most: z.number().int(),
  /** Share of the successes that should be correct. */
  objective: z.number(),
  /** The model that scores a share of the outputs. */
  judge: z.object({ model: z.string(), share: z.number() }).nullable(),
});
export type SamplePlan = z.infer<typeof samplePlanSchema>;

/** An agent as the console lists it. */
export const agentSummarySchema = z.object({
  name: nameSchema,
  description: z.string(),
  team: z.string().nullable(),
  runtime: z.string(),
  route: z.array(z.string()),
  tools: z.array(z.string()),
  concurrency: z.number().int(),
  attempts: z.number().int(),
  timeoutMs: spanSchema,
  /** From accepted to its end; later it is overdue. */
  deadlineMs: spanSchema,
  /** At least one success is expected in this span; null when nothing is. */
  expectEveryMs: spanSchema.nullable(),
  schedule: z.string().nullable(),
  nextStartAt: momentSchema.nullable(),
  budgetDailyUsd: z.number().nullable(),
  /** As its file says; one set in the console may stand over it. */
  objective: objectiveSchema,
  sample: samplePlanSchema,
  intake: intakeStateSchema,
  definition: z.string(),
  file: z.string(),
  /** Faults of the file as it stands now; with an error the last good definition stays in force. */
  problems: z.array(fileProblemSchema),
});
export type AgentSummary = z.infer<typeof agentSummarySchema>;

/** One agent with everything that holds for it: what its file says, and what was set over it. */
export const agentDetailSchema = agentSummarySchema.extend({
  /** What `set` put in place of the file's values, until when; the file's own where nothing is set. */
  inForce: z.object({
    concurrency: z.number().int(),
    budgetUsd: z.number().nullable(),
    until: momentSchema.nullable(),
  }),
  limits: z.object({
    /** Starts in a span. */
    rate: z.object({ count: z.number().int(), perMs: spanSchema }).nullable(),
    per: z.string().nullable(),
    /** Tasks that may wait; one more is refused. */
    queue: z.number().int(),
    toolMs: spanSchema,
    outputTokens: z.number().int(),
    /** US dollars that one task may cost. */
    costUsd: z.number().nullable(),
    maxTurns: z.number().int(),
  }),
  /** Input and output tokens a day. */
  budgetTokens: z.number().int().nullable(),
  /** Whose hand is on the intake. `reason`: what the desk itself paused it for; null when a person did. */
  hand: z.object({
    since: momentSchema.nullable(),
    until: momentSchema.nullable(),
    by: actorSchema.nullable(),
    reason: z.string().nullable(),
  }),
  starts: z
    .object({
      missed: z.enum(['skip', 'once', 'each']),
      overlap: z.enum(['skip', 'queue']),
      /** The next few. */
      next: z.array(momentSchema),
    })
    .nullable(),
  /** The watched folder (absolute). */
  folder: z.string().nullable(),
  approval: z.array(z.string()),
  critical: z.array(z.string()),
  secrets: z.array(nameSchema),
  loop: z.object({ nudge: z.number().int(), stop: z.number().int() }),
  review: z.object({ below: z.number().optional(), always: z.boolean() }).nullable(),
  /** The model that judges its outputs. */
  judge: z.string().nullable(),
});
export type AgentDetail = z.infer<typeof agentDetailSchema>;
