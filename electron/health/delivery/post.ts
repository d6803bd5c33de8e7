import { type Outcome, outcomeOf } from './schedule.ts';

/** A message as HTTP carries it. */
export type HttpRequest = { url: string; headers: Record<string, string>; body: string };

/** So much of an answer is told, characters. */
const SAID = 300;
/** So much of it is read, and what may be the begin of a secret at the end of that is left out, characters. */
const READ = 8_192;
const LONGEST_SECRET = 2_048;

/** What went wrong before anything was sent: it has certainly not arrived. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|.*_SELF_SIGNED_CERT|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*)$/;

export type PostOptions = {
  now(): number;
  /** Puts *** in place of every secret. */
  mask(text: string): string;
};

/** Sends one request. Never throws: whatever happened is an outcome. */
export async function post(request: HttpRequest, signal: AbortSignal, { now, mask }: PostOptions): Promise<Outcome> {
  try {
    const answer = await fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal,
    });
    // The status has come: that is the answer, whatever becomes of the rest.
    const said = await beginOf(answer, mask).catch(() => '');
    return outcomeOf(answer.status, said, answer.headers.get('retry-after'), now());
  } catch (error) {
    return unanswered(error, signal);
  }
}

/**
 * The beginning of an answer: the rest is nobody's, and may have no end. Masked before it is cut: half a secret would not be
 * known as one.
 */
async function beginOf({ body }: Response, mask: (text: string) => string): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let ended = false;
  while (reader && !ended && text.length < READ) {
    const { done, value } = await reader.read();
    ended = done;
    if (!done) text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel().catch(() => {});
  const masked = mask(text);
  return (ended ? masked : masked.slice(0, -LONGEST_SECRET)).slice(0, SAID);
}

/** What a failure without an answer means. */
export function unanswered(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) return { kind: 'later', why: 'no answer came in time', doubt: true, retryAfterMs: null };
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof TypeError && !(error instanceof Error && error.cause instanceof Error)) {
    return { kind: 'refused', why: `the address cannot be used: ${cause.message}` };
  }
  const code = codeOf(cause);
  const why = `it cannot be reached: ${code ?? (cause instanceof Error ? cause.message : String(cause))}`;
  return { kind: 'later', why, doubt: !(code !== null && UNSENT.test(code)), retryAfterMs: null };
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Several addresses were tried.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return null;
}
