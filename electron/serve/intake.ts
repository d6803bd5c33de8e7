import type { IncomingHttpHeaders } from 'node:http';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient, ORPCError } from '@orpc/server';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Actor } from '#contract/basic.ts';
import { ERRORS, type ErrorCode, errorDataSchema, type Failure } from '#contract/errors.ts';
import type { Contract } from '#contract/index.ts';
import { submitSchema } from '#contract/task.ts';
import type { Connection, Desk } from '../desk/types.ts';

/*
 * Plain HTTP for other programs: submit a task, ask for it. It calls the same router as the console does.
 */

const keySchema = submitSchema.shape.key;

/** Sends a failure as the JSON every HTTP error of the desk has: code, message, kept, todo and where. */
export function sendFailure(reply: FastifyReply, failure: Failure): FastifyReply {
  return reply.code(ERRORS[failure.code].status).type('application/json').send(failure);
}

/** An error of the router as a failure; undefined for one that is a bug. */
function failureOf(error: unknown): Failure | undefined {
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
  const first = invalid.data.issues[0];
  return {
    code: 'BAD_INPUT',
    message: first ? `The request does not fit: ${first.message}.` : ERRORS.BAD_INPUT.message,
    kept: 'Nothing was queued.',
    todo: 'Mend the request and send it again.',
    ...(first?.path?.length ? { where: first.path.join('.') } : {}),
  };
}

/**
 * Adds the task intake to the HTTP host.
 *
 * @param allow who is behind the request; undefined refuses it
 */
export function addIntake(
  http: FastifyInstance,
  desk: Desk,
  allow: (headers: IncomingHttpHeaders) => Actor | undefined,
): void {
  function clientFor(actor: Actor): ContractRouterClient<Contract> {
    const context: Connection = { actor, drained: () => Promise.resolve() };
    return createRouterClient(desk.router, { context }) as ContractRouterClient<Contract>;
  }

  async function answer(reply: FastifyReply, call: () => Promise<FastifyReply>): Promise<FastifyReply> {
    try {
      return await call();
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      return sendFailure(reply, failure);
    }
  }

  http.post<{ Params: { agent: string } }>('/v1/agents/:agent/tasks', async (request, reply) => {
    const actor = allow(request.headers);
    if (!actor) return sendFailure(reply, UNAUTHORIZED);
    const key = keySchema.safeParse(request.headers['idempotency-key']);
    if (!key.success) {
      return sendFailure(reply, {
        code: 'BAD_INPUT',
        message: 'The Idempotency-Key header is empty or longer than 200 characters.',
        kept: 'Nothing was queued.',
        todo: 'Send a key of 1 to 200 characters, or none.',
        where: 'Idempotency-Key',
      });
    }
    return answer(reply, async () => {
      const submitted = await clientFor(actor).tasks.submit({
        agent: request.params.agent,
        input: (request.body ?? null) as z.input<typeof submitSchema>['input'],
        ...(key.data === undefined ? {} : { key: key.data }),
      });
      return reply.code(202).header('location', `/v1/tasks/${submitted.id}`).send(submitted);
    });
  });

  http.get<{ Params: { id: string } }>('/v1/tasks/:id', async (request, reply) => {
    const actor = allow(request.headers);
    if (!actor) return sendFailure(reply, UNAUTHORIZED);
    return answer(reply, async () => reply.send(await clientFor(actor).tasks.get({ id: request.params.id })));
  });
}

/** The answer to a call with a missing or wrong token. */
export const UNAUTHORIZED: Failure = {
  code: 'UNAUTHORIZED',
  message: ERRORS.UNAUTHORIZED.message,
  kept: 'Nothing was changed.',
  todo: 'Send "Authorization: Bearer TOKEN" with the token in desk.json of the data folder.',
};
