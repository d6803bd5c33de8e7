import { ORPCError } from '@orpc/client';
import { CommanderError } from 'commander';
import { z } from 'zod';
import { ERRORS, type ErrorCode, type ErrorData, errorDataSchema, type Failure } from '#contract/errors.ts';

/** A failure as the command line tells it; `BUG` is one that nobody foresaw. */
export type CliFailure = Omit<Failure, 'code'> & { code: ErrorCode | 'BUG' };

/** Ends a command with a failure of the contract. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Ends a command: throws a Refusal. @param data what was kept and what to do */
export function refuse(code: ErrorCode, message: string, data: ErrorData): never {
  throw new Refusal({ code, message, ...data });
}

/** Ends a command because of what was typed. @param where the option, argument or file */
export function refuseInput(message: string, where: string, todo: string): never {
  refuse('BAD_INPUT', message, { kept: 'Nothing was changed.', todo, where });
}

const issuesSchema = z.object({
  issues: z.array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() })),
});

/** Whatever ended a command, as a failure with what was kept and what to do. */
export function failureOf(error: unknown): CliFailure {
  if (error instanceof Refusal) return error.failure;
  if (error instanceof CommanderError) return usageFailure(error);
  if (error instanceof ORPCError) return callFailure(error);
  return bug(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function usageFailure(error: CommanderError): CliFailure {
  const [message = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  return {
    code: 'BAD_INPUT',
    message: message.charAt(0).toUpperCase() + message.slice(1).replace(/\.?$/, '.'),
    kept: 'Nothing was changed.',
    todo: hints.join(' ').replace(/^\(|\)$/g, '') || 'See nightdesk --help, or nightdesk help COMMAND.',
  };
}

function callFailure(error: ORPCError<string, unknown>): CliFailure {
  const data = errorDataSchema.safeParse(error.data);
  if (isErrorCode(error.code) && data.success) return { code: error.code, message: error.message, ...data.data };
  const invalid = issuesSchema.safeParse(error.data);
  const issue = invalid.data?.issues[0];
  if (error.code !== 'BAD_REQUEST' || issue === undefined) return bug(`${error.code}: ${error.message}`);
  return {
    code: 'BAD_INPUT',
    message: `The desk does not take this: ${issue.message}.`,
    kept: 'Nothing was changed.',
    todo: 'Mend it and try again.',
    ...(issue.path === undefined ? {} : { where: issue.path.join('.') }),
  };
}

function isErrorCode(code: string): code is ErrorCode {
  return code in ERRORS;
}

function bug(message: string): CliFailure {
  return {
    code: 'BUG',
    message,
    kept: 'What the desk has accepted is kept.',
    todo: 'Look with nightdesk status, and report this with what was typed.',
  };
}
