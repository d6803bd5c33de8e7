/*
 * What a day will have cost at its end, against its budget. Budgets are of UTC days. Pure.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days before this one that show how a day goes on. */
const PAST_DAYS = 7;
/** With fewer, the pace of the last hours stands for the rest of the day. */
const ENOUGH_DAYS = 3;
/** Today's pace beside that of other days counts within these bounds: one odd hour is not a day. */
const PACE = { least: 0.25, most: 4 };
/** The hours that say how fast today goes. */
const PACE_HOURS = 6;
/** Less than this share of the budget is too little to foretell from. */
const TOO_LITTLE = 0.1;

export type Forecast = {
  spentUsd: number;
  /** At the end of the day; null when it cannot be said. */
  forecastUsd: number | null;
  /** When the budget is reached; null when it lasts. */
  reachedAt: number | null;
  basis: 'past-days' | 'last-hours';
};

/**
 * @param costAt what an hour cost, by its start; undefined where nothing is known of it
 * @param spentUsd of today, to the moment
 */
export function forecastCost(
  costAt: (hour: number) => number | undefined,
  spentUsd: number,
  budgetUsd: number,
  now: number,
): Forecast {
  const day = Math.floor(now / DAY_MS) * DAY_MS;
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const sum = (from: number, to: number): number => {
    let usd = 0;
    for (let at = from; at < to; at += HOUR_MS) usd += costAt(at) ?? 0;
    return usd;
  };
  const pastDays = Array.from({ length: PAST_DAYS }, (_, index) => (index + 1) * DAY_MS).filter((back) =>
    isKnown(costAt, day - back),
  );
  const recent = sum(hour - PACE_HOURS * HOUR_MS, hour) + (costAt(hour) ?? 0);
  const passed = (now - hour) / HOUR_MS;
  const usualRecent = mean(
    pastDays.map((back) => sum(hour - back - PACE_HOURS * HOUR_MS, hour - back) + passed * (costAt(hour - back) ?? 0)),
  );
  const basis = pastDays.length >= ENOUGH_DAYS && usualRecent > 0 ? 'past-days' : 'last-hours';
  const pace = Math.min(PACE.most, Math.max(PACE.least, recent / usualRecent));
  const perHour = recent / (PACE_HOURS + passed);

  /** What the rest of an hour of today will cost. */
  const rest = (at: number): number => {
    const share = (at + HOUR_MS - Math.max(at, now)) / HOUR_MS;
    return share * (basis === 'past-days' ? pace * mean(pastDays.map((back) => costAt(at - back) ?? 0)) : perHour);
  };
  let usd = spentUsd;
  let reachedAt: number | null = null;
  for (let at = hour; at < day + DAY_MS; at += HOUR_MS) {
    const more = rest(at);
    if (reachedAt === null && usd + more >= budgetUsd) {
      const begin = Math.max(at, now);
      reachedAt = Math.round(begin + (more === 0 ? 0 : ((budgetUsd - usd) / more) * (at + HOUR_MS - begin)));
    }
    usd += more;
  }
  if (spentUsd < TOO_LITTLE * budgetUsd && basis === 'last-hours') {
    return { spentUsd, forecastUsd: null, reachedAt: null, basis };
  }
  return { spentUsd, forecastUsd: usd, reachedAt: reachedAt === null ? null : Math.max(now, reachedAt), basis };
}

/** Whether anything is known of a day. */
function isKnown(costAt: (hour: number) => number | undefined, day: number): boolean {
  for (let at = day; at < day + DAY_MS; at += HOUR_MS) if (costAt(at) !== undefined) return true;
  return false;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
