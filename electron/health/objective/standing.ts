import type { Rate } from '#contract/health.ts';
import type { CostForecast, ObjectiveInForce, ObjectiveStanding } from '#contract/objective.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../indicator/rollups.ts';
import type { Counts, WindowCounts } from './burn.ts';
import type { HourTally } from './hours.ts';
import { burnDownOf, errorBudgetOf, latencyVerdict, rateFrom, verdictOf } from './verdict.ts';

/** A window of so much is drawn by the hour, a longer one by the day. */
const BY_HOUR_MS = 3 * DAY_MS;
const WEEK_MS = 7 * DAY_MS;

export type StandingInput = {
  objective: ObjectiveInForce;
  /** Of the objective's window and of the last two weeks, whichever is longer. */
  hours: readonly HourTally[];
  windows: WindowCounts;
  /** In flight past their deadline. */
  overdue: number;
  cost: CostForecast | null;
  /** Its newest numbers are missing: nothing can be said. */
  stale: boolean;
  now: number;
};

/** Hours that a standing looks back over, ms. */
export function spanOf({ windowMs }: ObjectiveInForce): number {
  return Math.max(windowMs, 2 * WEEK_MS);
}

/** An agent against its objective. Pure. */
export function standingOf(input: StandingInput): ObjectiveStanding {
  const { objective, hours, windows, overdue, stale, now } = input;
  const { success, p95Ms, windowMs } = objective;
  const inWindow = hours.filter(({ start }) => start + HOUR_MS > now - windowMs);
  const ended = sum(inWindow);
  const counts = { good: ended.good, bad: ended.bad + overdue };
  const rate = rateFrom(counts);
  const within = rateFrom({ good: ended.within, bad: ended.late });
  const errorBudget = errorBudgetOf(
    success,
    { window: counts, '1h': windows['1h'], '6h': windows['6h'] },
    windowMs,
    now,
  );
  return {
    objective,
    verdict: verdictOf(rate, success, stale),
    success: rate,
    overdue,
    latency: p95Ms === null ? null : { verdict: latencyVerdict(within, stale), within },
    errorBudget,
    weeks: weeksOf(hours, now),
    cost: input.cost,
    availability: {
      goodMinutes: ended.goodMinutes,
      measuredMinutes: ended.measuredMinutes,
      coverage: ended.measuredMinutes / (windowMs / MINUTE_MS),
    },
    burnDown: burnDownOf(partsOf(inWindow, windowMs, overdue, now), errorBudget.allowed),
  };
}

/** The parts of the window, each with the moment that it ends. What is overdue now belongs to the last. */
function partsOf(
  hours: readonly HourTally[],
  windowMs: number,
  overdue: number,
  now: number,
): (Counts & { at: number })[] {
  const partMs = windowMs <= BY_HOUR_MS ? HOUR_MS : DAY_MS;
  const count = Math.ceil(windowMs / partMs);
  const parts = Array.from({ length: count }, (_, index) => ({
    at: now - (count - 1 - index) * partMs,
    good: 0,
    bad: index === count - 1 ? overdue : 0,
  }));
  for (const hour of hours) {
    const back = Math.floor(Math.max(0, now - hour.start - 1) / partMs);
    const part = parts[Math.max(0, count - 1 - back)];
    if (part === undefined) continue;
    part.good += hour.good;
    part.bad += hour.bad;
  }
  return parts;
}

function weeksOf(hours: readonly HourTally[], now: number): ObjectiveStanding['weeks'] {
  const of = (from: number, to: number): Rate =>
    rateFrom(sum(hours.filter(({ start }) => start + HOUR_MS > from && start + HOUR_MS <= to)));
  const [current, before] = [of(now - WEEK_MS, Number.POSITIVE_INFINITY), of(now - 2 * WEEK_MS, now - WEEK_MS)];
  return { now: current, before, change: changeOf(current, before) };
}

/** Newcombe's interval of a difference (method 10), from the Wilson bounds of both: a change where it leaves 0 out. */
function changeOf(now: Rate, before: Rate): ObjectiveStanding['weeks']['change'] {
  if (now.estimate === null || before.estimate === null) return 'unclear';
  const difference = now.estimate - before.estimate;
  const below = Math.hypot(now.estimate - now.low, before.high - before.estimate);
  const above = Math.hypot(now.high - now.estimate, before.estimate - before.low);
  if (difference - below > 0) return 'better';
  return difference + above < 0 ? 'worse' : 'unclear';
}

type Sum = Omit<HourTally, 'start'>;

function sum(hours: readonly HourTally[]): Sum {
  const total: Sum = { good: 0, bad: 0, within: 0, late: 0, measuredMinutes: 0, goodMinutes: 0 };
  for (const hour of hours) {
    total.good += hour.good;
    total.bad += hour.bad;
    total.within += hour.within;
    total.late += hour.late;
    total.measuredMinutes += hour.measuredMinutes;
    total.goodMinutes += hour.goodMinutes;
  }
  return total;
}
