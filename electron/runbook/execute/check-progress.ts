import type { Check } from '#contract/runbook.ts';

/** What one measurement gave. */
export type Reading = { kind: 'data'; holds: boolean; text: string } | { kind: 'no-data'; text: string };

/** How far a check has come. */
export type CheckProgress = {
  /** By then it must have held. */
  deadlineAt: number;
  /** Since when it holds without a gap; null while it does not. */
  heldSince: number | null;
  /** When it was last measured; null before the first time. */
  readAt: number | null;
  readings: number;
};

export type Verdict = 'held' | 'not-held' | 'no-data';

/** A check that begins now. */
export function beginCheck(check: Check, now: number): CheckProgress {
  return { deadlineAt: now + check.withinMs, heldSince: null, readAt: null, readings: 0 };
}

/** Measurements further apart than this many polls (a laptop slept, the desk was down) do not count as holding. */
const LARGEST_GAP_POLLS = 3;

/**
 * Takes one reading into account. Pure.
 * @returns how far the check has come, and how it ended when it has
 */
export function judge(
  check: Check,
  before: CheckProgress,
  reading: Reading,
  now: number,
): { progress: CheckProgress; verdict: Verdict | null } {
  const holds = reading.kind === 'data' && reading.holds;
  const gap = before.readAt === null || now - before.readAt > LARGEST_GAP_POLLS * check.everyMs;
  const heldSince = holds ? (gap ? now : (before.heldSince ?? now)) : null;
  const progress = { ...before, heldSince, readAt: now, readings: before.readings + 1 };
  if (heldSince !== null && now - heldSince >= check.holdMs && heldSince + check.holdMs <= before.deadlineAt) {
    return { progress, verdict: 'held' };
  }
  if (now < before.deadlineAt) return { progress, verdict: null };
  return { progress, verdict: reading.kind === 'no-data' ? 'no-data' : 'not-held' };
}

/** When to measure next: each poll, and exactly when the hold is full or the deadline is there. */
export function nextReadingAt(check: Check, progress: CheckProgress, now: number): number {
  const moments = [(progress.readAt ?? now) + check.everyMs, progress.deadlineAt];
  if (progress.heldSince !== null) moments.push(progress.heldSince + check.holdMs);
  return Math.max(now, Math.min(...moments));
}
