import type { AlertEvent } from '../alert/life.ts';
import { wilson, Z99 } from '../indicator/wilson.ts';

/*
 * Burn: the share of bad ends over the share that the objective allows; 1 uses the error budget exactly. Each rule looks at a
 * long window, which says that it matters, and a short one, which says that it goes on. Pure.
 *
 * The thresholds of the Google SRE workbook (14.4x on 1 h/5 min, 6x on 6 h/30 min) misfit agents: 14.4x cannot be reached below an
 * objective of 93.1 %, and with a few tasks an hour one failure passes them. Ours fall with the budget, and want at least
 * MIN_BAD failures and the Wilson 99 % lower bound above CERTAIN times the budget. test/health/objective/simulation.test.ts
 * shows the difference.
 */

/** What ended well and what did not. */
export type Counts = { good: number; bad: number };

/** The windows that rules look at, shortest first, in minutes. */
export const BURN_WINDOWS = {
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '6h': 360,
  '1d': 1_440,
  '3d': 4_320,
} as const;
export type BurnWindow = keyof typeof BURN_WINDOWS;
export type WindowCounts = Record<BurnWindow, Counts>;
const SHORTEST_FIRST: readonly BurnWindow[] = ['5m', '15m', '30m', '1h', '2h', '6h', '1d', '3d'];

/** Fewer failures than this in the long window wake nobody. */
const MIN_BAD = 3;
/** The lower bound of a page's long window lies above this many budgets. */
const CERTAIN = 1.5;
/** A window with fewer ends than this does not show that it is over. */
const CALM_ENDS = 3;
/** What a latency objective allows: "p95 <= T" is "at least 95 of 100 within T". */
export const LATENCY_BUDGET = 0.05;
/** A collapse: at least so many failures in 15 min, and more than this share of all. */
const COLLAPSE = { bad: 5, share: 0.3 };

/** Burn at which people are paged, on 1 h/5 min and on 6 h/30 min. */
export function pageThresholds(budget: number): { fast: number; slow: number } {
  return {
    fast: Math.min(14.4, Math.max(3.5, 0.35 / budget)),
    slow: Math.min(6, Math.max(2.5, 0.2 / budget)),
  };
}

/** Null where nothing ended. */
export function burnOf({ good, bad }: Counts, budget: number): number | null {
  return good + bad === 0 ? null : bad / (good + bad) / budget;
}

type Pair = { long: BurnWindow; short: BurnWindow; burn: number; certain: number };

function pagePairs(budget: number): Pair[] {
  const { fast, slow } = pageThresholds(budget);
  return [
    { long: '1h', short: '5m', burn: fast, certain: CERTAIN },
    { long: '6h', short: '30m', burn: slow, certain: CERTAIN },
  ];
}

/** A ticket is for what chance cannot explain, too, or an agent just at its objective would make one every other day. */
const TICKET_PAIRS: Pair[] = [
  { long: '1d', short: '2h', burn: 3, certain: 1 },
  { long: '3d', short: '6h', burn: 1, certain: 1 },
];

/** What a rule says of the counts; `window` and `burn` are those of its worst pair. */
export type Judgement = { event: AlertEvent; window: BurnWindow; burn: number | null };
export type BurnRule = 'success-burn-fast' | 'success-burn-slow' | 'success-collapse';

/** The three rules of a success objective. @param budget 1 - objective */
export function judgeSuccess(counts: WindowCounts, budget: number): Record<BurnRule, Judgement> {
  return {
    'success-burn-fast': judgePairs(pagePairs(budget), counts, budget),
    'success-burn-slow': judgePairs(TICKET_PAIRS, counts, budget),
    'success-collapse': judgeCollapse(counts, budget),
  };
}

/** The rule of a latency objective. @param counts successes within the bound as good, slower ones as bad */
export function judgeLatency(counts: WindowCounts): Judgement {
  return judgePairs(pagePairs(LATENCY_BUDGET), counts, LATENCY_BUDGET);
}

function judgePairs(pairs: readonly Pair[], counts: WindowCounts, budget: number): Judgement {
  const said = pairs.map((pair) => ({
    event: judgePair(pair, counts, budget),
    window: pair.long,
    burn: burnOf(counts[pair.long], budget),
  }));
  const [first, ...others] = said;
  if (first === undefined) throw new Error('a rule without windows');
  const holding = said.find(({ event }) => event === 'holds');
  if (holding) return holding;
  const longest = others.at(-1) ?? first;
  // Only when every pair says so is it over: one that saw nothing might have seen it go on.
  const events = new Set(said.map(({ event }) => event));
  if (longest.event === 'no-data') return longest;
  return { ...(first.burn === null ? longest : first), event: events.size === 1 ? first.event : 'uncertain' };
}

function judgePair({ long, short, burn, certain }: Pair, counts: WindowCounts, budget: number): AlertEvent {
  const seen = counts[long];
  const longBurn = burnOf(seen, budget);
  if (longBurn === null) return 'no-data';
  const shortBurn = burnOf(counts[short], budget);
  if (longBurn > burn && shortBurn !== null && shortBurn > burn && seen.bad >= MIN_BAD) {
    if (lowerBound(seen) > certain * budget) return 'holds';
  }
  return longBurn < burn / 2 || isCalm(counts, short, long, budget) ? 'cleared' : 'uncertain';
}

function judgeCollapse(counts: WindowCounts, budget: number): Judgement {
  const seen = counts['15m'];
  const bound = Math.max(COLLAPSE.share, 3 * budget);
  const judgement = { window: '15m', burn: burnOf(seen, budget) } as const;
  const goesOn = shareOf(counts['5m']) > COLLAPSE.share;
  if (seen.bad >= COLLAPSE.bad && goesOn && lowerBound(seen) > bound) return { ...judgement, event: 'holds' };
  if (counts['1h'].good + counts['1h'].bad === 0) return { ...judgement, event: 'no-data' };
  return { ...judgement, event: isCalm(counts, '5m', '1h', COLLAPSE.share / 2) ? 'cleared' : 'uncertain' };
}

/** The newest few ends keep within `allowed`: the shortest window between these two with enough of them decides. */
function isCalm(counts: WindowCounts, from: BurnWindow, to: BurnWindow, allowed: number): boolean {
  const between = SHORTEST_FIRST.slice(SHORTEST_FIRST.indexOf(from), SHORTEST_FIRST.indexOf(to) + 1);
  const newest = between.map((window) => counts[window]).find(({ good, bad }) => good + bad >= CALM_ENDS);
  return newest !== undefined && shareOf(newest) <= allowed;
}

function shareOf({ good, bad }: Counts): number {
  return good + bad === 0 ? 0 : bad / (good + bad);
}

function lowerBound({ good, bad }: Counts): number {
  return wilson(bad, good + bad, Z99).low;
}
