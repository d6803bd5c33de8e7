import { APICallError } from '@ai-sdk/provider';
import type { ErrorClass, TaskError } from '#contract/task.ts';
import { messageOf } from '../worker/unwind.ts';

/** A provider took longer than it may, in all or between two pieces of its answer. */
export class CallTimeout extends Error {
  override name = 'CallTimeout';
}
/** A provider's answer broke off before it was whole. */
export class CutAnswer extends Error {
  override name = 'CutAnswer';
}
/** A provider stopped its answer by its policy. */
export class RefusedAnswer extends Error {
  override name = 'RefusedAnswer';
}

/** What vendors write when a request is longer than the model's context. */
const TOO_LONG =
  /context[ _]length|context window|too many tokens|prompt is too long|maximum context|input token count/i;
/** What vendors write when they refuse by policy. */
const REFUSED = /content[ _]filter|content[ _]policy|safety|blocked by|moderation/i;
/** Quota that no wait mends within a task's time. */
const OUT_OF_QUOTA = /insufficient_quota|billing|credit balance/i;

/**
 * The class of an error that a model call ended with, from the shapes of the AI SDK (Anthropic, OpenAI, Google and what
 * is compatible with them).
 * @param source the provider's name
 */
export function classifyError(error: unknown, source: string): TaskError {
  if (error instanceof CallTimeout) return { class: 'timeout', message: error.message, source };
  if (error instanceof CutAnswer) return { class: 'transient', message: error.message, source };
  if (error instanceof RefusedAnswer) return { class: 'content', message: error.message, source };
  const call = callErrorOf(error);
  if (call) return fromCall(call, source);
  return { class: 'transient', message: `${source} could not be reached: ${messageOf(error)}`, source };
}

function callErrorOf(error: unknown): APICallError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (APICallError.isInstance(each)) return each;
  return undefined;
}

function fromCall(error: APICallError, source: string): TaskError {
  const body = `${error.message} ${error.responseBody ?? ''}`;
  const status = error.statusCode;
  const retryAfterMs = retryAfterOf(error.responseHeaders);
  // The answer began well and could not be read to its end: nothing speaks against the request.
  if (status !== undefined && status < 300) {
    return { class: 'transient', message: `the answer of ${source} broke off (${error.message})`, source, status };
  }
  return {
    class: classOf(status, body),
    message: status === undefined ? `${source} could not be reached: ${error.message}` : `${status} ${error.message}`,
    source,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function classOf(status: number | undefined, body: string): ErrorClass {
  if (status === undefined) return 'transient';
  if (OUT_OF_QUOTA.test(body)) return 'auth';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 401 || status === 403) return 'auth';
  if (status >= 500) return 'transient';
  if (status === 413 || TOO_LONG.test(body)) return 'context-length';
  if (REFUSED.test(body)) return 'content';
  return 'bad-request';
}

/** `retry-after-ms` in ms, or `retry-after` in seconds or as a date (RFC 9110). A date is read against the answer's own `date`. */
function retryAfterOf(headers: Record<string, string> | undefined): number | undefined {
  if (!headers) return undefined;
  const exact = Number(headers['retry-after-ms']);
  if (Number.isFinite(exact) && exact >= 0) return Math.round(exact);
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, Math.round(seconds * 1_000));
  const until = Date.parse(text) - Date.parse(headers.date ?? '');
  return Number.isFinite(until) ? Math.max(0, until) : undefined;
}
