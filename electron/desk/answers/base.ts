import { implement } from '@orpc/server';
import type { Actor } from '#contract/basic.ts';
import { ERRORS, type ErrorCode, type ErrorData, type Result } from '#contract/errors.ts';
import { contract } from '#contract/index.ts';
import type { Parts } from '../parts.ts';
import { frames } from '../topic.ts';
import type { Connection } from '../types.ts';

type ErrorMakers = Record<ErrorCode, (options: { message: string; data: ErrorData }) => Error>;

/** A module's result as the answer of a call: its value, or the typed error. */
export function answer<T>(result: Result<T>, errors: ErrorMakers): T {
  if (result.ok) return result.value;
  const { code, message, ...data } = result.error;
  throw errors[code]({ message, data });
}

/** A value that may be missing, as the answer of a call. */
export function found<T>(value: T | undefined, what: string, errors: ErrorMakers): T {
  if (value !== undefined) return value;
  throw errors.NOT_FOUND({
    message: `There is no ${what}. ${ERRORS.NOT_FOUND.message}`,
    data: { kept: 'Nothing was changed.', todo: 'Look at the list again: it may have ended or been renamed.' },
  });
}

/** The actor of a call: a command line says who it is for, within its connection. */
export function actorOf(connection: Connection, claimed: Actor | undefined): Actor {
  return claimed ?? connection.actor;
}

/** What every answer is made with: the contract to implement, within a connection. */
export function createBase(parts: Parts) {
  return implement(contract)
    .$context<Connection>()
    .use(({ context, next }) => {
      parts.runbooks.met(context.person);
      return next();
    });
}
export type Base = ReturnType<typeof createBase>;

/** Answers with a stream: a snapshot of what `read` gives, then what changed of it. */
export function watchOf(parts: Parts) {
  return <State extends Record<string, Record<string, unknown>>>(
    read: () => State,
    { context, signal }: { context: Connection; signal: AbortSignal | undefined },
  ) => frames({ read, subscribe: parts.changed.subscribe, drained: context.drained, signal, now: parts.now });
}
