import { z } from 'zod';
import { actorSchema, jsonSchema, momentSchema, nameSchema, spanSchema, usdSchema } from './basic.ts';
import { rateSchema } from './health.ts';
import { stepKindSchema, taskIdSchema, taskMarkSchema } from './task.ts';

/*
 * Correctness is statistical: some of what succeeded is shown to a person, who says whether it was right. Each sample
 * carries the chance with which it was drawn, so that the estimate speaks of all that succeeded.
 */

/** What is drawn apart: ends under a definition that changed in the last day, ends with a mark, and all others. */
export const sampleClassSchema = z.enum(['usual', 'new', 'marked']);
export type SampleClass = z.infer<typeof sampleClassSchema>;

/** What a person says of an output. */
export const sampleVerdictSchema = z.enum(['correct', 'incorrect', 'cannot-tell']);
export type SampleVerdict = z.infer<typeof sampleVerdictSchema>;

/** A model's word on an output: a judge score, not a verdict. */
export const judgeScoreSchema = z.object({ ok: z.boolean(), why: z.string(), model: z.string() });
export type JudgeScore = z.infer<typeof judgeScoreSchema>;

/** One drawn task. */
export const sampleSchema = z.object({
  id: z.number().int().positive(),
  task: taskIdSchema,
  agent: nameSchema,
  /** `default` where its runtime knows no types. */
  type: z.string(),
  class: sampleClassSchema,
  /** The chance with which it was drawn, above 0 and at most 1; its weight is the inverse. */
  chance: z.number().gt(0).max(1),
  endedAt: momentSchema,
  marks: z.array(taskMarkSchema),
  model: z.string().nullable(),
  rehearsal: z.boolean(),
  judged: z
    .object({ verdict: sampleVerdictSchema, note: z.string().nullable(), by: actorSchema, at: momentSchema })
    .nullable(),
  /** What the judge said, where there is one; null before the person's verdict, so that it does not lead it. */
  score: judgeScoreSchema.nullable(),
});
export type Sample = z.infer<typeof sampleSchema>;

/** A thing the agent did on the way to its output. */
export const deedSchema = z.object({
  name: z.string(),
  kind: stepKindSchema,
  ms: spanSchema.nullable(),
  request: jsonSchema,
  result: jsonSchema,
});
export type Deed = z.infer<typeof deedSchema>;

/** What a person looks at: a copy that stays until the verdict, whatever becomes of the task. */
export const sampleCopySchema = z.object({
  input: jsonSchema,
  output: jsonSchema,
  did: z.array(deedSchema),
  /** Deeds left out of the copy for their size or number. */
  more: z.number().int(),
  costUsd: usdSchema,
});
export type SampleCopy = z.infer<typeof sampleCopySchema>;

/** `copy` is null once it was removed. */
export const sampleDetailSchema = sampleSchema.extend({ copy: sampleCopySchema.nullable() });
export type SampleDetail = z.infer<typeof sampleDetailSchema>;

/** Which samples to list: open ones oldest first, else judged ones newest first. */
export const sampleFilterSchema = z.object({
  open: z.boolean().default(true),
  agent: nameSchema.optional(),
  limit: z.number().int().min(1).max(1_000).default(200),
});
export type SampleFilter = z.infer<typeof sampleFilterSchema>;

/** `correct` and `incorrect` of what people judged, beside what the judge said of the same outputs. */
export const agreementSchema = z.object({
  /** Right, and the judge passed it. */
  passedCorrect: z.number().int(),
  /** Right, and the judge refused it. */
  refusedCorrect: z.number().int(),
  passedIncorrect: z.number().int(),
  refusedIncorrect: z.number().int(),
});
export type Agreement = z.infer<typeof agreementSchema>;

export const intervalSchema = z.object({ estimate: z.number(), low: z.number(), high: z.number() });

/** What a judge model says of an agent's outputs: a bare score until it is calibrated against people. */
export const judgeStandingSchema = z.object({
  model: z.string(),
  /** Outputs it passed, of those it scored. */
  score: rateSchema,
  agreement: agreementSchema,
  /** Corrected by its sensitivity and specificity (Rogan and Gladen); null while refused, and `why` says why. */
  corrected: intervalSchema.extend({ sensitivity: z.number(), specificity: z.number() }).nullable(),
  why: z.string().nullable(),
});
export type JudgeStanding = z.infer<typeof judgeStandingSchema>;

/** Fewer verdicts than this say nothing. */
export const ENOUGH_VERDICTS = 20;

/** `above` and `below` only where chance cannot explain it. */
export const correctnessStateSchema = z.enum(['above', 'below', 'unsettled', 'not-enough-data']);
export type CorrectnessState = z.infer<typeof correctnessStateSchema>;

/** How right an agent's successes are, over the last 28 days. */
export const correctnessSchema = z.object({
  agent: nameSchema,
  from: momentSchema,
  to: momentSchema,
  state: correctnessStateSchema,
  objective: z.number(),
  /** Weighted by the chances of drawing, with its 95 % interval; null before the first verdict. */
  estimate: intervalSchema.nullable(),
  /** Verdicts that say correct or incorrect, and of these the correct ones. */
  verdicts: z.number().int(),
  correct: z.number().int(),
  cannotTell: z.number().int(),
  /** As many equally weighted verdicts would say as much. */
  effective: z.number(),
  /** Drawn and not yet judged. */
  open: z.number().int(),
  /** Successes of the span, and the share of them whose kind has a verdict. */
  successes: z.number().int(),
  coverage: z.number(),
  /** Verdicts that would settle it against the objective at this estimate; 0 when it is settled, null when none would. */
  more: z.number().int().nullable(),
  judge: judgeStandingSchema.nullable(),
  /** The watch for a drop: how near its alarm it is, 0 to 1, and its false alarms: one in so many verdicts on average. */
  watch: z.object({
    level: z.number(),
    alarm: z.boolean(),
    /** One false alarm in so many verdicts, while the agent keeps its objective. */
    falseAlarmIn: z.number(),
    /** The share of incorrect outputs that it is tuned to find. */
    tunedTo: z.number(),
  }),
  /** Verdicts a day, over the last 7 days. */
  verdictsADay: z.number(),
  rehearsal: z.boolean(),
});
export type Correctness = z.infer<typeof correctnessSchema>;
