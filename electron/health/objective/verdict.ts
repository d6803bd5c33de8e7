import type { Rate } from '#contract/health.ts';
import type { ErrorBudget, ObjectiveVerdict } from '#contract/objective.ts';
import { ENOUGH } from '../indicator/status.ts';
import { rateOf } from '../indicator/wilson.ts';
import { burnOf, type Counts, LATENCY_BUDGET } from './burn.ts';

/*
 * How counts stand against an objective. Pure.
 */

/** A rate that counts have. */
export function rateFrom({ good, bad }: Counts): Rate {
  return rateOf(good, good + bad);
}

/**
 * Met and missed only where the whole interval lies on one side of the objective.
 * @param stale the newest numbers are missing, whatever the older ones say
 */
export function verdictOf(rate: Rate, objective: number, stale = false): ObjectiveVerdict {
  if (stale || rate.total === 0) return 'unknown';
  if (rate.total < ENOUGH) return 'insufficient-data';
  if (rate.low >= objective) return 'met';
  return rate.high < objective ? 'missed' : 'insufficient-data';
}

/** "p95 <= T", counted exactly: at least 95 of 100 within T. */
export function latencyVerdict(within: Rate, stale = false): ObjectiveVerdict {
  return verdictOf(within, 1 - LATENCY_BUDGET, stale);
}

/** What is used of the failures that the objective allows. @param windowMs a forecast does not look further ahead */
export function errorBudgetOf(
  success: number,
  counts: { window: Counts; '1h': Counts; '6h': Counts },
  windowMs: number,
  now: number,
): ErrorBudget {
  const budget = 1 - success;
  const { good, bad } = counts.window;
  const allowed = (good + bad) * budget;
  const burn6h = burnOf(counts['6h'], budget);
  return {
    budget,
    spent: good + bad === 0 ? null : bad / allowed,
    allowed,
    bad,
    burn1h: burnOf(counts['1h'], budget),
    burn6h,
    exhaustedAt: exhaustion(allowed - bad, counts['6h'], budget, burn6h, windowMs, now),
  };
}

const SIX_HOURS_MS = 6 * 3_600_000;

/**
 * When nothing is left at the last six hours' pace. Ends bring new allowance while failures use it, so that only a burn above 1
 * uses it up; what leaves the window is taken to have burnt 1.
 */
function exhaustion(
  left: number,
  last6h: Counts,
  budget: number,
  burn: number | null,
  windowMs: number,
  now: number,
): number | null {
  if (left <= 0 && last6h.good + last6h.bad > 0) return now;
  if (burn === null || burn <= 1) return null;
  const usedPerMs = (last6h.bad - (last6h.good + last6h.bad) * budget) / SIX_HOURS_MS;
  const inMs = left / usedPerMs;
  return inMs > windowMs ? null : Math.round(now + inMs);
}

/** What was left of the window's allowance at the end of each part of it; null where nothing had ended in a part. */
export function burnDownOf(
  parts: readonly (Counts & { at: number })[],
  allowed: number,
): { at: number; left: number | null }[] {
  let bad = 0;
  return parts.map((part) => {
    bad += part.bad;
    const measured = part.good + part.bad > 0;
    return { at: part.at, left: measured && allowed > 0 ? 1 - bad / allowed : null };
  });
}
