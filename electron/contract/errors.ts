import { z } from 'zod';

/*
 * Every error that leaves the desk, once. Each says what happened; its data say what was kept and what to do.
 * The command line's exit codes stand here too, so that scripts and docs agree.
 */

/** What every error carries beside its code and message. */
export const errorDataSchema = z.object({
  /** What was kept, or that nothing changed. */
  kept: z.string(),
  /** What to do now. */
  todo: z.string(),
  /** Where: a file, field or address. */
  where: z.string().optional(),
  /** When to try again, in ms from now, where waiting helps. */
  retryAfterMs: z.number().int().nonnegative().optional(),
});
export type ErrorData = z.infer<typeof errorDataSchema>;

/** code -> HTTP status, and the exit code of the command line. */
export const ERRORS = {
  BAD_INPUT: { status: 422, exit: 2, message: 'The input does not fit.' },
  NOT_FOUND: { status: 404, exit: 3, message: 'There is no such thing here.' },
  CONFLICT: { status: 409, exit: 4, message: 'The state changed since, or the key stands for something else.' },
  QUEUE_FULL: { status: 429, exit: 5, message: 'The queue is full.' },
  NOT_REHEARSAL: { status: 403, exit: 6, message: 'Faults can be dialled in rehearsal only.' },
  BAD_FILE: { status: 422, exit: 7, message: 'A file is broken.' },
  STORAGE: { status: 507, exit: 8, message: 'The data folder cannot be written.' },
  UNREACHABLE: { status: 503, exit: 9, message: 'No desk answers.' },
  UNAUTHORIZED: { status: 401, exit: 10, message: 'The token is missing or wrong.' },
  NOT_ACCEPTING: { status: 503, exit: 13, message: 'The agent takes no new tasks now.' },
  FORBIDDEN: { status: 403, exit: 14, message: 'The token is good for something else.' },
} as const;
export type ErrorCode = keyof typeof ERRORS;

/** An error as a document: what a refusal over HTTP or inside a list of results holds. */
export const failureSchema = z.object({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  ...errorDataSchema.shape,
});
/** An error a module answers with at its edge. */
export type Failure = z.infer<typeof failureSchema>;

/** A result at a module's edge: exceptions are for bugs. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** @param data what was kept and what to do; every error says both */
export function fail(code: ErrorCode, message: string, data: ErrorData): { ok: false; error: Failure } {
  return { ok: false, error: { code, message, ...data } };
}
