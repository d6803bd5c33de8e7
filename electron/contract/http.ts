import { z } from 'zod';
import { receiptSchema } from './action.ts';
import { agentSummarySchema } from './agent.ts';
import { nameSchema } from './basic.ts';
import { alertmanagerPayloadSchema, alertsTakenSchema } from './delivery.ts';
import { type ErrorCode, failureSchema } from './errors.ts';
import { EVENTS_MAX, foreignEventSchema, ingestAnswerSchema } from './event.ts';
import { answerSchema, questionSchema, resolutionSchema } from './question.ts';
import {
  BATCH_MAX,
  batchItemSchema,
  submitManyAnswerSchema,
  submitSchema,
  submittedSchema,
  taskDetailSchema,
  taskIdSchema,
  taskSchema,
} from './task.ts';

/*
 * Plain HTTP for other programs, once: the host serves these operations, and its OpenAPI document is made from them.
 */

/** What every refusal holds. `BUG`: a mistake of the desk itself. */
export const refusalSchema = failureSchema.extend({ code: z.enum([...failureSchema.shape.code.options, 'BUG']) });

/** One success of an operation. */
export type Answer = { description: string; body: z.ZodType; headers?: Record<string, string> };

/** One call over HTTP. Parameters arrive as text; their schemas read it. */
export type Operation = {
  method: 'get' | 'post';
  /** As OpenAPI writes it: `/v1/tasks/{id}`. */
  path: string;
  summary: string;
  description: string;
  params: z.ZodObject;
  query: z.ZodObject;
  /** By lower-case name. */
  headers: z.ZodObject;
  /** Null when the call has none. */
  body: z.ZodType | null;
  /** Largest body, bytes. */
  bodyBytes: number;
  /** An ingest token is enough: it tells the desk something, and learns nothing of it. */
  ingest: boolean;
  answers: Record<number, Answer>;
  errors: ErrorCode[];
};

const MEGABYTE = 1024 * 1024;
const NONE = z.object({});
const LOCATION = { Location: 'The address of the task.' };
const byAgent = z.object({ name: nameSchema.describe('The name of the agent.') });
const byTask = z.object({ id: taskIdSchema.describe('The id of the task.') });
const keyHeader = z.string().min(1).max(200);
const waitQuery = z
  .string()
  .regex(/^\d+(ms|s|m)$/, 'write a span, for example 30s')
  .optional()
  .describe('Answer when the task has ended, or after this span: 30s; 5m at most.');

function operation<
  Params extends z.ZodObject = typeof NONE,
  Query extends z.ZodObject = typeof NONE,
  Headers extends z.ZodObject = typeof NONE,
  Body extends z.ZodType | null = null,
>(
  given: Pick<Operation, 'method' | 'path' | 'summary' | 'description' | 'answers' | 'errors'> & {
    params?: Params;
    query?: Query;
    headers?: Headers;
    body?: Body;
    bodyBytes?: number;
    ingest?: boolean;
  },
): Operation & { params: Params; query: Query; headers: Headers; body: Body } {
  return {
    bodyBytes: MEGABYTE,
    ingest: false,
    ...given,
    params: given.params ?? (NONE as unknown as Params),
    query: given.query ?? (NONE as unknown as Query),
    headers: given.headers ?? (NONE as unknown as Headers),
    body: given.body ?? (null as Body),
  };
}

/** Every call, by its name. */
export const OPERATIONS = {
  submitTask: operation({
    method: 'post',
    path: '/v1/agents/{name}/tasks',
    summary: 'Give an agent a task',
    description:
      'The body is the input. When it is answered, the task is on the disk. Tasks start by priority, then by age; a low priority waits for as long as higher ones come.',
    params: byAgent,
    query: z.object({
      priority: z.coerce
        .number()
        .int()
        .min(-100)
        .max(100)
        .optional()
        .describe('A higher one starts first. 0 when left out.'),
      runAt: z
        .union([z.coerce.number().int().nonnegative(), z.iso.datetime({ offset: true })])
        .optional()
        .describe('Not before this moment: milliseconds since 1970, or a date and time with its offset.'),
      wait: waitQuery,
    }),
    headers: z.object({
      'idempotency-key': keyHeader
        .optional()
        .describe('The same key and input are done once, whoever sends them; another input under it is refused.'),
    }),
    body: submitSchema.shape.input,
    answers: {
      200: { description: 'It ended within `wait`.', body: taskDetailSchema, headers: LOCATION },
      202: { description: 'It is queued, or was before under this key.', body: submittedSchema, headers: LOCATION },
    },
    errors: ['BAD_INPUT', 'NOT_FOUND', 'CONFLICT', 'QUEUE_FULL', 'NOT_ACCEPTING', 'STORAGE'],
  }),
  submitTasks: operation({
    method: 'post',
    path: '/v1/agents/{name}/tasks:batch',
    summary: 'Give an agent many tasks',
    description: `At most ${BATCH_MAX} in one call. Each is taken or refused by itself; the results stand in the order of the tasks.`,
    params: byAgent,
    body: z.object({ tasks: z.array(batchItemSchema).min(1).max(BATCH_MAX) }),
    bodyBytes: 32 * MEGABYTE,
    answers: {
      200: {
        description: 'What became of each.',
        body: submitManyAnswerSchema,
        headers: { 'Retry-After': 'When to send those again that a full queue or a paused agent refused, in seconds.' },
      },
    },
    errors: ['BAD_INPUT', 'NOT_FOUND'],
  }),
  getTask: operation({
    method: 'get',
    path: '/v1/tasks/{id}',
    summary: 'Everything known of a task',
    description: 'Its state, output, attempts and steps.',
    params: byTask,
    query: z.object({ wait: waitQuery }),
    answers: { 200: { description: 'The task.', body: taskDetailSchema } },
    errors: ['BAD_INPUT', 'NOT_FOUND'],
  }),
  cancelTask: operation({
    method: 'post',
    path: '/v1/tasks/{id}/cancel',
    summary: 'Cancel a task',
    description: 'Accepted is not ended: a step that runs is told to stop. Effects that are done stay done.',
    params: byTask,
    headers: z.object({
      'idempotency-key': keyHeader.max(80).optional().describe('A repeat with the same key does nothing twice.'),
    }),
    answers: { 202: { description: 'It is being cancelled.', body: receiptSchema, headers: LOCATION } },
    errors: ['BAD_INPUT', 'NOT_FOUND', 'CONFLICT', 'STORAGE'],
  }),
  resolveTask: operation({
    method: 'post',
    path: '/v1/tasks/{id}/resolve',
    summary: 'Say what became of an effect in doubt',
    description:
      'What a look at the other system showed. Landed, the task goes on with the result; not landed, it runs the effect again under the same key; given up, it ends as failed.',
    params: byTask,
    body: z.object({
      resolution: resolutionSchema,
      step: z.string().optional().describe('The effect that is meant, where more than one is in doubt.'),
    }),
    answers: { 200: { description: 'The task, as it goes on.', body: taskSchema } },
    errors: ['BAD_INPUT', 'NOT_FOUND', 'CONFLICT', 'STORAGE'],
  }),
  listQuestions: operation({
    method: 'get',
    path: '/v1/questions',
    summary: 'What waits for a person',
    description: 'Questions, approvals and reviews that tasks wait with, newest first.',
    query: z.object({
      open: z.enum(['true', 'false']).optional().describe('`false` gives answered ones, too.'),
      task: taskIdSchema.optional().describe('Of this task.'),
      limit: z.coerce.number().int().min(1).max(1_000).optional().describe('This many at most. 200 when left out.'),
    }),
    answers: { 200: { description: 'The questions.', body: z.object({ questions: z.array(questionSchema) }) } },
    errors: ['BAD_INPUT'],
  }),
  answerQuestion: operation({
    method: 'post',
    path: '/v1/questions/{id}/answer',
    summary: 'Answer a question',
    description:
      'The task goes on. The first answer counts: a later one is refused, and told who gave it. Name who answers in the header Nightdesk-User.',
    params: z.object({ id: z.coerce.number().int().positive().describe('The number of the question.') }),
    body: answerSchema,
    answers: { 200: { description: 'The question, answered.', body: questionSchema } },
    errors: ['BAD_INPUT', 'NOT_FOUND', 'CONFLICT', 'STORAGE'],
  }),
  ingestEvents: operation({
    method: 'post',
    path: '/v1/events',
    summary: 'Tell what became of the tasks of another runtime',
    description: `At most ${EVENTS_MAX} events in one call. An event lands once, by runtime, task and sequence: sent again it is a duplicate, late it counts in the minute of its moment. Each is taken or refused by itself.`,
    body: z.object({ events: z.array(foreignEventSchema).min(1).max(EVENTS_MAX) }),
    bodyBytes: 32 * MEGABYTE,
    ingest: true,
    answers: { 200: { description: 'What became of them; they are on the disk.', body: ingestAnswerSchema } },
    errors: ['BAD_INPUT', 'STORAGE'],
  }),
  receiveAlerts: operation({
    method: 'post',
    path: '/v1/alertmanager',
    summary: 'Take in alerts of an Alertmanager',
    description:
      'The address of a webhook receiver, version 4. Each alert that fires becomes one of the desk until it is told as resolved; a repeat changes nothing. Alerts that the desk itself sent out are ignored.',
    body: alertmanagerPayloadSchema,
    bodyBytes: 8 * MEGABYTE,
    ingest: true,
    answers: { 200: { description: 'They are on the disk.', body: alertsTakenSchema } },
    errors: ['BAD_INPUT', 'STORAGE'],
  }),
  listAgents: operation({
    method: 'get',
    path: '/v1/agents',
    summary: 'The agents',
    description: 'Each with its route, limits and whether it takes new tasks.',
    answers: { 200: { description: 'All agents.', body: z.object({ agents: z.array(agentSummarySchema) }) } },
    errors: [],
  }),
};
