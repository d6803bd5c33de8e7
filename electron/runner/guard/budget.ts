import type { Budget } from '#contract/agent.ts';

/*
 * Spending against a daily limit, in money and tokens. Pure: the engine holds one Purse for each agent, each provider and
 * the desk, reserves the worst case of a call before it goes out, and settles what it did cost afterwards.
 */

/** Money and tokens. */
export type Amount = { usd: number; tokens: number };

/** What was spent in one UTC day, and what calls in flight may still spend. */
export type Purse = { day: string; spent: Amount; reserved: Amount };

/** How much of a budget is gone: below 80 %, from there on, and all of it. */
export type Level = 'fine' | 'warned' | 'reached';

export const NOTHING: Amount = { usd: 0, tokens: 0 };

/** The agent is told, and an alert fires, from this share on. */
const WARN_AT = 0.8;
const DAY_MS = 86_400_000;

let last = { day: 0, text: '1970-01-01' };

/** The UTC day of a moment, as `2026-11-24`. */
export function dayOf(now: number): string {
  const day = Math.floor(now / DAY_MS);
  // Asked with every frame of the board, and dear to write.
  if (day !== last.day) last = { day, text: new Date(now).toISOString().slice(0, 10) };
  return last.text;
}

/** When the day after begins, ms since the epoch. */
export function nextDay(now: number): number {
  return (Math.floor(now / DAY_MS) + 1) * DAY_MS;
}

export function emptyPurse(now: number): Purse {
  return { day: dayOf(now), spent: NOTHING, reserved: NOTHING };
}

function plus(a: Amount, b: Amount): Amount {
  return { usd: a.usd + b.usd, tokens: a.tokens + b.tokens };
}

/** Never below nothing: sums of floating-point prices may miss zero by a hair. */
function minus(a: Amount, b: Amount): Amount {
  return { usd: Math.max(0, a.usd - b.usd), tokens: Math.max(0, a.tokens - b.tokens) };
}

/** The purse of the day that `now` lies in: a new day begins with nothing spent; calls in flight stay reserved. */
export function turnDay(purse: Purse, now: number): Purse {
  const day = dayOf(now);
  // A clock that was set back does not open yesterday again.
  return day > purse.day ? { ...purse, day, spent: NOTHING } : purse;
}

/** Sets the worst case of a call aside. */
export function reserve(purse: Purse, worst: Amount): Purse {
  return { ...purse, reserved: plus(purse.reserved, worst) };
}

/** A call ended, or never went out: its worst case is free again, and what it did cost is spent. */
export function settleCall(purse: Purse, worst: Amount, cost: Amount): Purse {
  return { ...purse, reserved: minus(purse.reserved, worst), spent: plus(purse.spent, cost) };
}

/** Whether a call that may cost this much stays within the budget, whatever the calls in flight turn out to cost. */
export function fits(purse: Purse, budget: Budget, worst: Amount): boolean {
  const { usd, tokens } = plus(plus(purse.spent, purse.reserved), worst);
  const { daily = Number.POSITIVE_INFINITY, tokens: most = Number.POSITIVE_INFINITY } = budget;
  return levelOf(purse, budget) !== 'reached' && usd <= daily && tokens <= most;
}

/** The larger share of money and tokens that is spent, 0 to 1 and above; null without a budget. */
export function shareOf(spent: Amount, budget: Budget): number | null {
  const shares = [
    ...(budget.daily === undefined ? [] : [spent.usd / budget.daily]),
    ...(budget.tokens === undefined ? [] : [spent.tokens / budget.tokens]),
  ];
  return shares.length === 0 ? null : Math.max(...shares);
}

/** Reservations do not count here: what may be spent is not yet spent. */
export function levelOf(purse: Purse, budget: Budget): Level {
  const share = shareOf(purse.spent, budget);
  if (share === null || share < WARN_AT) return 'fine';
  return share < 1 ? 'warned' : 'reached';
}
