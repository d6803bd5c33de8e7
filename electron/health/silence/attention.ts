/** A desk that did not look for this long slept, or was held up; what happened meanwhile it could not see, ms. */
export const BREAK_MS = 10_000;
/** Beats come every few seconds: after a shorter stall they are still on their way, ms. */
export const STALL_MS = 3_000;

/** Since when the desk looks without a break, and when it looked last. */
export type Attention = { since: number; lastAt: number };

/**
 * Goes on watching. After a break, and after the clock was set back, every silence is counted anew: a laptop that slept
 * heard nothing, and that says nothing. Pure.
 */
export function attend(before: Attention | undefined, now: number, breakMs = BREAK_MS): Attention {
  if (!before || now - before.lastAt > breakMs || now < before.lastAt) return { since: now, lastAt: now };
  return { since: before.since, lastAt: now };
}
