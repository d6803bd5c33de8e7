import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient, ORPCError } from '@orpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Actor, parseSpan } from '#contract/basic.ts';
import { ERRORS, type ErrorCode, errorDataSchema, type Failure } from '#contract/errors.ts';
import { OPERATIONS, type Operation } from '#contract/http.ts';
import type { Contract } from '#contract/index.ts';
import { hasEnded, WAIT_MAX_MS } from '#contract/task.ts';
import type { Connection, Desk } from '../desk/types.ts';
import { openApiDocument } from './openapi.ts';

/*
 * Plain HTTP for other programs: the operations of contract/http.ts, answered by the same router as the console's calls.
 */

type Client = ContractRouterClient<Contract>;

/** One request, read by the schemas of its operation. */
type Given<Of extends Operation> = {
  params: z.output<Of['params']>;
  query: z.output<Of['query']>;
  headers: z.output<Of['headers']>;
  /** As it came: the router reads it. */
  body: unknown;
  client: Client;
  /** The caller hung up. */
  signal: AbortSignal;
};
type Reply = { status: number; body: unknown; headers?: Record<string, string> };

/** Sends a failure as the JSON every HTTP error of the desk has: code, message, kept, todo and where. */
export function sendFailure(reply: FastifyReply, failure: Failure): FastifyReply {
  if (failure.retryAfterMs !== undefined) reply.header('retry-after', inSeconds(failure.retryAfterMs));
  return reply.code(ERRORS[failure.code].status).type('application/json').send(failure);
}

/** An error of the router as a failure; undefined for one that is a bug. */
function failureOf(error: unknown): Failure | undefined {
  // The stack ran over while a schema read it.
  if (error instanceof RangeError) return misfit({ message: 'it is nested too deeply', path: ['input'] });
  if (!(error instanceof ORPCError)) return undefined;
  const data = errorDataSchema.safeParse(error.data);
  if (error.code in ERRORS && data.success) {
    return { code: error.code as ErrorCode, message: error.message, ...data.data };
  }
  const issues = z.object({
    issues: z.array(z.object({ message: z.string(), path: z.array(z.unknown()).optional() })),
  });
  const invalid = issues.safeParse(error.data);
  if (error.code !== 'BAD_REQUEST' || !invalid.success) return undefined;
  return misfit(invalid.data.issues[0]);
}

function misfit(issue: { message: string; path?: unknown[] | undefined } | undefined): Failure {
  return {
    code: 'BAD_INPUT',
    message: issue ? `The request does not fit: ${issue.message}.` : ERRORS.BAD_INPUT.message,
    kept: 'Nothing was changed.',
    todo: 'Mend the request and send it again; GET /v1/openapi.json says what fits.',
    ...(issue?.path?.length ? { where: issue.path.join('.') } : {}),
  };
}

function inSeconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1_000)));
}

/**
 * Adds the task intake to the HTTP host.
 *
 * @param allow who is behind the request, where an ingest token is enough or not; undefined refuses it
 */
export function addIntake(
  http: FastifyInstance,
  desk: Desk,
  allow: (headers: IncomingHttpHeaders, ingest: boolean) => Actor | undefined,
): void {
  // Only JSON is taken: without this a text would be taken for an input.
  http.removeContentTypeParser('text/plain');
  const document = openApiDocument(desk.about().version);
  // Open to all: it says nothing of this desk but its version.
  http.get('/v1/openapi.json', (_request, reply) => reply.send(document));

  function serve<Of extends Operation>(operation: Of, handle: (given: Given<Of>) => Promise<Reply>): void {
    http.route({
      method: operation.method.toUpperCase(),
      url: urlOf(operation),
      bodyLimit: operation.bodyBytes,
      handler: async (request, reply) => {
        const actor = allow(request.headers, operation.ingest);
        if (!actor) return sendFailure(reply, operation.ingest ? NO_SENDER : UNAUTHORIZED);
        const read = readRequest(operation, request);
        if ('failure' in read) return sendFailure(reply, read.failure);
        try {
          const given = { ...read, body: request.body, client: clientFor(desk, actor), signal: hungUp(reply) };
          const { status, body, headers = {} } = await handle(given);
          return reply.code(status).headers(headers).send(body);
        } catch (error) {
          const failure = failureOf(error);
          if (!failure) throw error;
          return sendFailure(reply, failure);
        }
      },
    });
  }

  serve(OPERATIONS.submitTask, submitTask);
  serve(OPERATIONS.submitTasks, submitTasks);
  serve(OPERATIONS.getTask, async ({ params, query, client, signal }) => ({
    status: 200,
    body: await taskAfter(client, params.id, waitOf(query.wait), signal),
  }));
  serve(OPERATIONS.cancelTask, cancelTask);
  serve(OPERATIONS.resolveTask, resolveTask);
  serve(OPERATIONS.listQuestions, listQuestions);
  serve(OPERATIONS.answerQuestion, answerQuestion);
  serve(OPERATIONS.ingestEvents, async ({ body, client }) => {
    const given = (body ?? {}) as { events?: unknown[] };
    return { status: 200, body: await client.health.ingest({ events: given.events ?? [] }) };
  });
  serve(OPERATIONS.receiveAlerts, async ({ body, client }) => ({
    status: 200,
    body: await client.alertRoutes.receive(body as z.input<typeof OPERATIONS.receiveAlerts.body>),
  }));
  serve(OPERATIONS.listAgents, async ({ client }) => ({ status: 200, body: { agents: await client.agents.list() } }));
}

/** As fastify writes it. */
function urlOf({ path }: Operation): string {
  return path.replaceAll(':', '::').replace(/\{(\w+)\}/g, ':$1');
}

const INGEST_URLS = Object.values(OPERATIONS).flatMap((operation) => (operation.ingest ? [urlOf(operation)] : []));
/** What needs no token at all. */
const OPEN_URLS = ['/healthz', '/v1/openapi.json'];

/** Whether an ingest token may come here. @param url of the route; undefined where there is none */
export function takesIngestToken(url: string | undefined): boolean {
  return url !== undefined && (INGEST_URLS.includes(url) || OPEN_URLS.includes(url));
}

function clientFor(desk: Desk, actor: Actor): Client {
  const context: Connection = { actor, person: desk.about().user, drained: () => Promise.resolve() };
  return createRouterClient(desk.router, { context }) as Client;
}

function hungUp(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/** The parameters and headers of a request, or what does not fit in them. */
function readRequest<Of extends Operation>(
  operation: Of,
  request: FastifyRequest,
): Pick<Given<Of>, 'params' | 'query' | 'headers'> | { failure: Failure } {
  const params = operation.params.safeParse(request.params);
  if (!params.success) return { failure: misfit(params.error.issues[0]) };
  const query = operation.query.safeParse(request.query);
  if (!query.success) return { failure: misfit(query.error.issues[0]) };
  const headers = operation.headers.safeParse(request.headers);
  if (!headers.success) return { failure: misfit(headers.error.issues[0]) };
  return { params: params.data, query: query.data, headers: headers.data } as Given<Of>;
}

async function submitTask({ params, query, headers, body, client, signal }: Given<typeof OPERATIONS.submitTask>) {
  const withinMs = waitOf(query.wait);
  const key = headers['idempotency-key'];
  const submitted = await client.tasks.submit({
    agent: params.name,
    input: (body ?? null) as z.input<typeof OPERATIONS.submitTask.body>,
    ifPaused: 'refuse',
    ...(key === undefined ? {} : { key }),
    ...(query.priority === undefined ? {} : { priority: query.priority }),
    ...(query.runAt === undefined ? {} : { runAt: momentOf(query.runAt) }),
  });
  const location = { location: `/v1/tasks/${submitted.id}` };
  if (withinMs === 0) return { status: 202, body: submitted, headers: location };
  const task = await taskAfter(client, submitted.id, withinMs, signal);
  if (hasEnded(task.state)) return { status: 200, body: task, headers: location };
  return { status: 202, body: submitted, headers: location };
}

async function submitTasks({ params, body, client }: Given<typeof OPERATIONS.submitTasks>): Promise<Reply> {
  const { tasks } = (body ?? {}) as Partial<z.input<typeof OPERATIONS.submitTasks.body>>;
  const answer = await client.tasks.submitMany({ agent: params.name, tasks: tasks ?? [], ifPaused: 'refuse' });
  const waits = answer.results.flatMap((each) =>
    each.outcome === 'refused' && each.retryAfterMs !== undefined ? [each.retryAfterMs] : [],
  );
  return {
    status: 200,
    body: answer,
    ...(waits.length > 0 ? { headers: { 'retry-after': inSeconds(Math.max(...waits)) } } : {}),
  };
}

async function cancelTask({ params, headers, client }: Given<typeof OPERATIONS.cancelTask>): Promise<Reply> {
  await client.tasks.get({ id: params.id });
  const receipt = await client.actions.execute({
    action: { verb: 'cancel', task: params.id },
    key: `cancel:${headers['idempotency-key'] ?? randomUUID()}`,
  });
  return { status: 202, body: receipt, headers: { location: `/v1/tasks/${params.id}` } };
}

async function resolveTask({ params, body, client }: Given<typeof OPERATIONS.resolveTask>): Promise<Reply> {
  const given = (body ?? {}) as z.input<typeof OPERATIONS.resolveTask.body>;
  return { status: 200, body: await client.tasks.resolve({ ...given, id: params.id }) };
}

async function listQuestions({ query, client }: Given<typeof OPERATIONS.listQuestions>): Promise<Reply> {
  const { open, ...filter } = query;
  return { status: 200, body: { questions: await client.questions.list({ ...filter, open: open !== 'false' }) } };
}

async function answerQuestion({ params, body, client }: Given<typeof OPERATIONS.answerQuestion>): Promise<Reply> {
  const answer = body as z.input<typeof OPERATIONS.answerQuestion.body>;
  return { status: 200, body: await client.questions.answer({ id: params.id, answer }) };
}

/** The task at its end or after so long; at once without a wait. */
function taskAfter(client: Client, id: string, withinMs: number, signal: AbortSignal) {
  return withinMs === 0 ? client.tasks.get({ id }) : client.tasks.wait({ id, withinMs }, { signal });
}

/** The span of `wait`, ms; 0 without one. Its schema has read it. */
function waitOf(text: string | undefined): number {
  return Math.min(WAIT_MAX_MS, text === undefined ? 0 : (parseSpan(text) ?? 0));
}

function momentOf(given: number | string): number {
  return typeof given === 'number' ? given : Date.parse(given);
}

/** The answer to everything else that comes with an ingest token. */
export function onlySends(name: string): Failure {
  const paths = Object.values(OPERATIONS).flatMap(({ ingest, method, path }) =>
    ingest ? [`${method.toUpperCase()} ${path}`] : [],
  );
  return {
    code: 'FORBIDDEN',
    message: `"${name}" is an ingest token: it is good for ${paths.join(' and ')}, and for nothing else.`,
    kept: 'Nothing was changed.',
    todo: 'Use it there. What reads or changes something takes the token in desk.json of the data folder.',
    where: 'Authorization',
  };
}

/** The answer to a call with a missing or wrong token. */
export const UNAUTHORIZED: Failure = {
  code: 'UNAUTHORIZED',
  message: ERRORS.UNAUTHORIZED.message,
  kept: 'Nothing was changed.',
  todo: 'Send "Authorization: Bearer TOKEN" with the token in desk.json of the data folder.',
};

/** The same, where an ingest token is enough. */
const NO_SENDER: Failure = {
  ...UNAUTHORIZED,
  todo: 'Send "Authorization: Bearer TOKEN" with an ingest token: nightdesk token make NAME',
};
