/*
 * Failback: a provider whose breaker closed again gets its traffic back in steps, so that it is not knocked over by all of
 * it at once, and a relapse hits few tasks. Pure.
 */

/** A breaker closed at `since`; `credit` carries what the share did not yet give. Null: all traffic. */
export type Ramp = { since: number; credit: number };

const STEPS = [
  { untilMs: 60_000, share: 0.1 },
  { untilMs: 120_000, share: 0.5 },
] as const;

export function startRamp(now: number): Ramp {
  // The first call after the breaker closed goes to it: there is something to see at once.
  return { since: now, credit: 1 };
}

/** The share of traffic that the provider gets now, 0 to 1. */
export function shareAt(ramp: Ramp | null, now: number): number {
  if (ramp === null) return 1;
  return STEPS.find((step) => now - ramp.since < step.untilMs)?.share ?? 1;
}

/**
 * Whether this call belongs to the provider's share. By credit, not by chance: of any n calls, n times the share go.
 * @returns the ramp after the decision; null when it is over
 */
export function takeShare(ramp: Ramp | null, now: number): { mine: boolean; ramp: Ramp | null } {
  const share = shareAt(ramp, now);
  if (ramp === null || share === 1) return { mine: true, ramp: null };
  const credit = ramp.credit + share;
  return credit >= 1
    ? { mine: true, ramp: { ...ramp, credit: credit - 1 } }
    : { mine: false, ramp: { ...ramp, credit } };
}
