/*
 * When a message is tried again, and what an answer means. Pure.
 */

/** What became of an attempt. */
export type Outcome =
  /** `note`: what the other side did not do, though it took the message. */
  | { kind: 'taken'; note: string | null }
  /** It will never be taken as it is. */
  | { kind: 'refused'; why: string }
  /** The route carries no messages of this kind. */
  | { kind: 'unfit'; why: string }
  /** `doubt`: it may have arrived. `retryAfterMs`: as the other side asked, of the whole route. */
  | { kind: 'later'; why: string; doubt: boolean; retryAfterMs: number | null };

const FIRST_MS = 1_000;
/** A route that comes back is not left waiting for longer, ms. */
export const LONGEST_BACKOFF_MS = 60_000;
/** Nobody is waited for longer than this, whatever they ask, ms. */
const LONGEST_ASKED_MS = 3_600_000;

/** @param attempt the one that failed, from 1. @param random in [0, 1). @returns doubling to a minute, half of it by chance, ms */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_MS * 2 ** Math.min(30, attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

/** @param header Retry-After: seconds, or a date. @returns ms from now, null without a sound one */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(LONGEST_ASKED_MS, Math.max(0, Math.ceil(ms))) : null;
}

/** What an HTTP answer means. @param said the begin of its body */
export function outcomeOf(status: number, said: string, retryAfter: string | null, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'taken', note: null };
  const why = `it answered ${status}${said.trim() === '' ? '' : `: ${said.trim()}`}`;
  if (status === 429 || status >= 500) {
    return { kind: 'later', why, doubt: false, retryAfterMs: retryAfterMs(retryAfter, now) };
  }
  if (status >= 300 && status < 400) return { kind: 'refused', why: `${why}; give the address that it leads to` };
  return { kind: 'refused', why };
}
