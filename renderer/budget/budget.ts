import type { Spend } from '#contract/integration.ts';
import type { Tone } from '../kit/index.ts';

/*
 * A day's spending against its budget, in words and shares. Pure.
 */

const DAY_MS = 86_400_000;
/** A pace of less of the day than this says nothing yet, ms. */
const LEAST_ELAPSED_MS = 30 * 60_000;

/**
 * What will be spent at the end of the running UTC day when the rest of it goes as it went so far.
 * @param now ms since the Unix epoch
 * @returns null as long as the day is too young to say
 */
export function forecastUsd(spend: Pick<Spend, 'usd' | 'day'>, now: number): number | null {
  const elapsed = now - Date.parse(`${spend.day}T00:00:00Z`);
  if (!(elapsed >= LEAST_ELAPSED_MS)) return null;
  return elapsed >= DAY_MS ? spend.usd : (spend.usd * DAY_MS) / elapsed;
}

/** When the running UTC day ends, and with it the budget, ms since the Unix epoch. */
export function dayEnd(now: number): number {
  return (Math.floor(now / DAY_MS) + 1) * DAY_MS;
}

/** How a budget stands, as its shape and word. */
export function budgetWord(spend: Pick<Spend, 'level' | 'share'>): { tone: Tone; word: string } {
  switch (spend.level) {
    case 'reached':
      return { tone: 'now', word: 'Reached' };
    case 'warned':
      return { tone: 'soon', word: 'Nearly spent' };
    case 'fine':
      return spend.share === null ? { tone: 'quiet', word: 'No budget' } : { tone: 'met', word: 'Within' };
  }
}
