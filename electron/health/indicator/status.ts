import type { HealthState, Rate } from '#contract/health.ts';

/** Fewer ends than this in the window say nothing about a rate. */
export const ENOUGH = 20;

export type Signs = {
  success: Rate;
  objective: { success: number; p95Ms: number | null };
  p95Ms: number | null;
  /** In flight, whatever its state. */
  inFlight: number;
  lastEndAt: number | null;
  lastSuccessAt: number | null;
  /** At least one success is expected in this span, ms; null when nothing is. */
  expectEveryMs: number | null;
  /** When the agent was first seen: silence cannot be older. */
  knownSince: number;
  now: number;
};

/** The word for an agent's health, and one line that says why. Calm: it is failing only when chance cannot explain it. */
export function judge(signs: Signs): { state: HealthState; reason: string } {
  const { success, objective, p95Ms, now } = signs;
  const silentFor = now - (signs.lastSuccessAt ?? signs.knownSince);
  if (signs.expectEveryMs !== null && silentFor > signs.expectEveryMs) {
    return {
      state: 'unknown',
      reason: `no success for ${minutes(silentFor)}, expected every ${minutes(signs.expectEveryMs)}`,
    };
  }
  if (success.total < ENOUGH) {
    // Few ends and none of them good is not a lack of data: it is an agent that fails all it does.
    if (success.total >= 5 && success.good === 0)
      return { state: 'failing', reason: `${success.total} of ${success.total} failed` };
    return { state: 'not-enough-data', reason: `${success.total} of ${ENOUGH} tasks` };
  }
  if (success.high < objective.success) {
    return { state: 'failing', reason: `${success.total - success.good} of ${success.total} failed` };
  }
  if (objective.p95Ms !== null && p95Ms !== null && p95Ms > objective.p95Ms) {
    return { state: 'slow', reason: `p95 is ${seconds(p95Ms)} of ${seconds(objective.p95Ms)}` };
  }
  return { state: 'met', reason: 'within its objective' };
}

function minutes(ms: number): string {
  return ms < 2 * 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
