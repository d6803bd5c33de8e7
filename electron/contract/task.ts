import { z } from 'zod';
import { givenJsonSchema, jsonSchema, momentSchema, nameSchema, spanSchema, usdSchema } from './basic.ts';
import { CANARY_KEY, isCanary } from './canary.ts';
import { failureSchema } from './errors.ts';

/**
 * Where a task stands. `queued`, `running`, `waiting` and `retrying` are in flight; the rest are ends, except `paused`
 * and `unknown`, which only other runtimes report.
 */
export const taskStateSchema = z.enum([
  'queued',
  'running',
  'waiting',
  'retrying',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'in-doubt',
  'unknown',
]);
export type TaskState = z.infer<typeof taskStateSchema>;

/** Marks on a task: how a success was reached, or what is special about it. */
export const taskMarkSchema = z.enum([
  'retried',
  'slow',
  'deferred',
  'fallback',
  'unverified',
  'incorrect',
  'rehearsal',
  'reviewed',
  'partial',
]);
export type TaskMark = z.infer<typeof taskMarkSchema>;

/** What kind of error a call or an attempt met; it decides whether it is retried. */
export const errorClassSchema = z.enum([
  'transient',
  'rate-limited',
  'auth',
  'bad-request',
  'content',
  'context-length',
  'timeout',
  'tool',
  'incorrect',
  'worker-lost',
  'diverged',
  'cancelled',
  'definition',
  /** It repeated itself, and a person stopped it. */
  'loop',
  /** It reached its own cost limit, and a person stopped it. */
  'limit',
]);
export type ErrorClass = z.infer<typeof errorClassSchema>;

/** An error of a task, an attempt or a step, as it was seen. */
export const taskErrorSchema = z.object({
  class: errorClassSchema,
  message: z.string(),
  /** HTTP status of a provider's answer, where there was one. */
  status: z.number().int().optional(),
  /** The provider or tool that answered with it. */
  source: z.string().optional(),
  retryAfterMs: spanSchema.optional(),
});
export type TaskError = z.infer<typeof taskErrorSchema>;

/** The embedded runner's task ids: `t` and a number that only grows. */
export const taskIdSchema = z.string().regex(/^t\d+$/, 'a task id looks like t123');

/**
 * Why a task waits: for its moment (`delayed`), after a failure (`backoff`), for the one before it under intake.per
 * (`turn`), for a provider or integration (`deferred`), for the next budget period (`budget`), for a step that sleeps
 * (`sleep`), for a task it spawned (`child`), for a `person`.
 */
export const waitKindSchema = z.enum([
  'delayed',
  'backoff',
  'turn',
  'deferred',
  'budget',
  'sleep',
  'child',
  'person',
  'alone',
]);
export type WaitKind = z.infer<typeof waitKindSchema>;

/** The task that another one comes from. */
export const originSchema = z.object({
  /** `edited`: the same work with another input. `fork`: from a finished step on. `spawn`: started by a running task. */
  kind: z.enum(['edited', 'fork', 'spawn']),
  task: taskIdSchema,
  /** The step it goes on from, or that started it. */
  step: z.string().nullable(),
});
export type Origin = z.infer<typeof originSchema>;

/** A task that comes from another one, as that one shows it. */
export const offspringSchema = originSchema.extend({ state: taskStateSchema });
export type Offspring = z.infer<typeof offspringSchema>;

/** One row of the task table. */
export const taskSchema = z.object({
  id: taskIdSchema,
  agent: nameSchema,
  /** Idempotency key, unique per agent; null when the submitter gave none. */
  key: z.string().nullable(),
  state: taskStateSchema,
  /** What it waits for; null unless it is waiting or retrying. */
  waitKind: waitKindSchema.nullable(),
  /** Why it waits, is deferred, or ended as it did: one line, for people. */
  reason: z.string().nullable(),
  priority: z.number().int(),
  acceptedAt: momentSchema,
  /** When the next attempt may start, for retrying and deferred tasks. */
  runAt: momentSchema.nullable(),
  startedAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
  attempts: z.number().int(),
  costUsd: usdSchema,
  tokensIn: z.number().int(),
  tokensOut: z.number().int(),
  marks: z.array(taskMarkSchema),
  /** provider/model of the last model call, null before the first. */
  model: z.string().nullable(),
});
export type Task = z.infer<typeof taskSchema>;

/** One try of a task. */
export const attemptSchema = z.object({
  number: z.number().int().positive(),
  worker: z.string(),
  startedAt: momentSchema,
  endedAt: momentSchema.nullable(),
  outcome: z.enum([
    'running',
    'succeeded',
    'failed',
    'retried',
    'deferred',
    'paused',
    'lost',
    'cancelled',
    'in-doubt',
    'parked',
  ]),
  error: taskErrorSchema.nullable(),
  /** Backoff before the next attempt, ms; null when there was none. */
  backoffMs: spanSchema.nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const stepKindSchema = z.enum(['step', 'model', 'tool', 'effect', 'sleep', 'check', 'output', 'ask', 'spawn']);
export type StepKind = z.infer<typeof stepKindSchema>;

/** What a model call was, beside its step. */
export const modelCallSchema = z.object({
  provider: z.string(),
  model: z.string(),
  tokensIn: z.number().int(),
  tokensOut: z.number().int(),
  costUsd: usdSchema,
  /** True when the rehearsal provider answered: no real model was asked. */
  rehearsal: z.boolean(),
});
export type ModelCall = z.infer<typeof modelCallSchema>;

/** One journaled unit inside an attempt. */
export const stepSchema = z.object({
  seq: z.number().int().nonnegative(),
  attempt: z.number().int().positive(),
  /** Stable within the task: a new attempt finds the finished step by it. */
  name: z.string(),
  kind: stepKindSchema,
  state: z.enum(['intent', 'done', 'failed', 'in-doubt']),
  startedAt: momentSchema,
  endedAt: momentSchema.nullable(),
  request: jsonSchema,
  result: jsonSchema,
  error: taskErrorSchema.nullable(),
  /** The idempotency key an effect was sent with. */
  effectKey: z.string().nullable(),
  call: modelCallSchema.nullable(),
  /** Attempts after the first that found this step in the journal and did not run it again. */
  replayedBy: z.array(z.number().int()),
});
export type Step = z.infer<typeof stepSchema>;

/** What is known of an effect in doubt: begun, and never answered. */
export const doubtSchema = z.object({
  step: z.string(),
  /** The key it was sent with: what to look for in the other system. */
  effectKey: z.string().nullable(),
  request: jsonSchema,
  begunAt: momentSchema,
  attempt: z.number().int().positive(),
  /** What its check said, the last time it was asked; null when nothing could be asked. */
  check: jsonSchema,
});
export type Doubt = z.infer<typeof doubtSchema>;

/** Everything known of one task: the strongest read there is. */
export const taskDetailSchema = taskSchema.extend({
  input: jsonSchema,
  output: jsonSchema,
  error: taskErrorSchema.nullable(),
  definition: z.string(),
  origin: originSchema.nullable(),
  /** The tasks that come from this one, oldest first. */
  offspring: z.array(offspringSchema),
  limits: z.object({ attempts: z.number().int(), timeoutMs: spanSchema, costUsd: usdSchema.nullable() }),
  /** Effects in doubt, while the task is; a person resolves them. */
  doubts: z.array(doubtSchema),
  attemptList: z.array(attemptSchema),
  steps: z.array(stepSchema),
});
export type TaskDetail = z.infer<typeof taskDetailSchema>;

/** Which tasks to list, newest first. */
export const taskFilterSchema = z.object({
  agent: nameSchema.optional(),
  state: z.array(taskStateSchema).optional(),
  waitKind: z.array(waitKindSchema).optional(),
  /** Part of an id or idempotency key. */
  text: z.string().max(200).optional(),
  /** Of the error that ended it, or that it met last. */
  errorClass: errorClassSchema.optional(),
  /** Tasks that ended in [from, to). */
  endedFrom: momentSchema.optional(),
  endedTo: momentSchema.optional(),
});
export type TaskFilter = z.infer<typeof taskFilterSchema>;

export const taskPageSchema = z.object({
  tasks: z.array(taskSchema),
  /** Give it as `before` for the next page; null at the end. */
  next: taskIdSchema.nullable(),
  /** How many match in all, counted up to `totalCap`. */
  total: z.number().int(),
  totalCap: z.number().int(),
});
export type TaskPage = z.infer<typeof taskPageSchema>;

/** A request to do one piece of work. */
export const submitSchema = z.object({
  agent: nameSchema,
  input: givenJsonSchema,
  key: z
    .string()
    .min(1)
    .max(200)
    .refine((key) => !isCanary({ key }), `keys that begin with ${CANARY_KEY} are the desk's own`)
    .optional(),
  /** A higher one starts first, always: a low one waits for as long as higher ones come. Equal ones start by age. */
  priority: z.number().int().min(-100).max(100).default(0),
  /** Not before this moment. */
  runAt: momentSchema.optional(),
  /** What a paused or draining agent does with it: keep it queued until it is resumed, or refuse it (NOT_ACCEPTING). */
  ifPaused: z.enum(['queue', 'refuse']).default('queue'),
});
export type Submit = z.input<typeof submitSchema>;

export const submittedSchema = z.object({
  id: taskIdSchema,
  /** True when this idempotency key had been submitted before: the first task is returned, nothing new was queued. */
  duplicate: z.boolean(),
});
export type Submitted = z.infer<typeof submittedSchema>;

/** Tasks of one batch. */
export const BATCH_MAX = 10_000;

/** One task of a batch. */
export const batchItemSchema = submitSchema.pick({ input: true, key: true, priority: true, runAt: true }).strict();

/** Many tasks for one agent. Each is checked as a `batchItem` by itself: one that does not fit refuses only itself. */
export const submitManySchema = submitSchema
  .pick({ agent: true, ifPaused: true })
  .extend({ tasks: z.array(givenJsonSchema).min(1).max(BATCH_MAX) });
export type SubmitMany = z.output<typeof submitManySchema>;

/** What became of each task of a batch, in their order; `where` of a refused one begins `tasks.INDEX`. */
export const submitManyAnswerSchema = z.object({
  accepted: z.number().int(),
  /** Submitted before under the same key: nothing new was queued. */
  duplicates: z.number().int(),
  refused: z.number().int(),
  results: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ outcome: z.enum(['accepted', 'duplicate']), id: taskIdSchema }),
      failureSchema.extend({ outcome: z.literal('refused') }),
    ]),
  ),
});
export type SubmitManyAnswer = z.infer<typeof submitManyAnswerSchema>;

/** The longest that a call waits for a task's end, ms. */
export const WAIT_MAX_MS = 300_000;

/** Whether a task in this state has ended. */
export function hasEnded(state: TaskState): boolean {
  switch (state) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'in-doubt':
      return true;
    case 'queued':
    case 'running':
    case 'waiting':
    case 'retrying':
    case 'paused':
    case 'unknown':
      return false;
  }
}
