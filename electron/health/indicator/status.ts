import type { HealthState, Rate } from '#contract/health.ts';

/** Fewer ends than this in the window say nothing about a rate. */
export const ENOUGH = 20;

/** Of successes within the latency bound: what `p95 <= T` says. */
export const WITHIN = 0.95;

export type Signs = {
  /** Why nothing is known: a lost heartbeat, a failed query. */
  unknown: string | null;
  /** Overdue tasks included. */
  success: Rate;
  objective: { success: number; p95Ms: number | null };
  overdue: number;
  /** Successes within the latency bound, counted exactly. */
  within: Rate | null;
  lastSuccessAt: number | null;
  /** At least one success is expected in this span, ms; null when nothing is. */
  expectEveryMs: number | null;
  /** When the agent was first seen: silence cannot be older. */
  knownSince: number;
  now: number;
};

/** The word for an agent's health, and one line that says why. Calm: it is failing only when chance cannot explain it. */
export function judge(signs: Signs): { state: HealthState; reason: string } {
  const { success, objective, within, now } = signs;
  if (signs.unknown !== null) return { state: 'unknown', reason: signs.unknown };
  const silentFor = now - (signs.lastSuccessAt ?? signs.knownSince);
  if (signs.expectEveryMs !== null && silentFor > signs.expectEveryMs) {
    return {
      state: 'unknown',
      reason: `no success for ${silentFor < 60_000 ? 'less than a minute' : minutes(silentFor)}, expected every ${minutes(signs.expectEveryMs)}`,
    };
  }
  const failed = failedText(success, signs.overdue);
  if (success.total < ENOUGH) {
    // Few ends and none of them good is not a lack of data: it is an agent that fails all it does.
    if (success.total >= 5 && success.good === 0) return { state: 'failing', reason: failed };
    return { state: 'not-enough-data', reason: `${success.total} of ${ENOUGH} tasks` };
  }
  if (success.high < objective.success) return { state: 'failing', reason: failed };
  if (objective.p95Ms !== null && within !== null && within.total >= ENOUGH && within.high < WITHIN) {
    const late = within.total - within.good;
    return { state: 'slow', reason: `${late} of ${within.total} took over ${seconds(objective.p95Ms)}` };
  }
  return { state: 'met', reason: 'within its objective' };
}

function failedText({ good, total }: Rate, overdue: number): string {
  const failed = total - good - overdue;
  if (overdue === 0) return `${failed} of ${total} failed`;
  return failed === 0 ? `${overdue} of ${total} overdue` : `${failed} failed and ${overdue} overdue of ${total}`;
}

function minutes(ms: number): string {
  if (ms < 60_000) return seconds(ms);
  return ms < 2 * 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 && ms % 1_000 !== 0 ? 1 : 0)} s`;
}
