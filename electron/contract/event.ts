import { z } from 'zod';
import { momentSchema, nameSchema, usdSchema } from './basic.ts';
import { failureSchema } from './errors.ts';
import { taskEndSchema } from './health.ts';
import { taskMarkSchema } from './task.ts';

/*
 * What other runtimes tell of their tasks. An event lands once: runtime, task and sequence name it, whenever and however
 * often it is sent.
 */

/** A runtime's name. Its agents are called RUNTIME.AGENT here, so that two runtimes may have agents of one name. */
export const runtimeNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,19}$/, 'use lower-case letters, digits or dash, 20 at most');

const common = {
  runtime: runtimeNameSchema,
  agent: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,42}$/, 'use lower-case letters, digits, dot, dash or underscore'),
  /** What kind of work of the agent it is. */
  type: nameSchema.optional(),
  /** Unique within the runtime. */
  task: z.string().min(1).max(200),
  /** Grows within the task, from event to event. */
  sequence: z.number().int().nonnegative(),
  /** When it happened, by the runtime's clock. */
  at: momentSchema,
};

/** One event of a task. */
export const foreignEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accepted'), ...common }),
  z.strictObject({ kind: z.literal('started'), ...common }),
  z.strictObject({
    kind: z.literal('ended'),
    ...common,
    end: taskEndSchema,
    acceptedAt: momentSchema,
    startedAt: momentSchema.optional(),
    attempts: z.number().int().min(1).default(1),
    costUsd: usdSchema.default(0),
    tokensIn: z.number().int().nonnegative().default(0),
    tokensOut: z.number().int().nonnegative().default(0),
    marks: z.array(taskMarkSchema).default([]),
    /** Whether it called no tool. */
    toolless: z.boolean().optional(),
    /** provider/model of its last model call. */
    model: z.string().max(200).optional(),
  }),
]);
export type ForeignEvent = z.output<typeof foreignEventSchema>;

/** Events of one call. */
export const EVENTS_MAX = 10_000;

/** What became of a batch. Every event is one of accepted, duplicate or refused; late ones are accepted. */
export const ingestAnswerSchema = z.object({
  accepted: z.number().int(),
  /** Landed before. */
  duplicates: z.number().int(),
  /** Came more than a minute after their moment; they are in the bucket of it. */
  late: z.number().int(),
  refused: z.number().int(),
  /** Each that was refused, by its place in the batch; `where` begins `events.INDEX`. */
  refusals: z.array(failureSchema.extend({ index: z.number().int() })),
});
export type IngestAnswer = z.infer<typeof ingestAnswerSchema>;
