import type { BreakerState } from '#contract/provider.ts';

/*
 * The life of an alert, as one table. Missing data is no event: nothing resolves by silence.
 *
 *   state     event        -> state     and then
 *   inactive  holds           firing    open an incident
 *   resolved  holds           firing    reopen the incident within REOPEN_MS, else open a new one
 *   firing    holds           firing    -
 *   firing    uncertain       firing    -
 *   firing    cleared         resolved  resolve the incident when all its alerts are
 */

/** Firing again this soon continues the same incident, ms. */
export const REOPEN_MS = 15 * 60_000;

/** `no-data`: it cannot be judged; its alert freezes as it stands. */
export type AlertEvent = 'holds' | 'uncertain' | 'cleared' | 'no-data';
export type AlertStanding = { state: 'inactive' } | { state: 'firing' } | { state: 'resolved'; resolvedAt: number };
export type AlertStep = 'none' | 'open' | 'reopen' | 'resolve';

/** @returns what to do; `none` leaves everything as it is */
export function stepAlert(standing: AlertStanding, event: AlertEvent, now: number): AlertStep {
  switch (standing.state) {
    case 'inactive':
      return event === 'holds' ? 'open' : 'none';
    case 'resolved':
      if (event !== 'holds') return 'none';
      return now - standing.resolvedAt <= REOPEN_MS ? 'reopen' : 'open';
    case 'firing':
      return event === 'cleared' ? 'resolve' : 'none';
  }
}

/** What a breaker's state says to the rule provider-breaker-open; a half-open one is not yet well. */
export function breakerEvent(state: BreakerState): AlertEvent {
  switch (state) {
    case 'open':
      return 'holds';
    case 'half-open':
      return 'uncertain';
    case 'closed':
      return 'cleared';
  }
}
