import type { Integration } from '#contract/integration.ts';
import type { Provider } from '#contract/provider.ts';
import { agoText, countText, type Tone } from '../kit/index.ts';

/** The word of a provider's breaker, and the meaning of its colour. */
export function breakerWord(provider: Provider): { tone: Tone; word: string } {
  if (!provider.configured) return { tone: 'quiet', word: 'No key' };
  switch (provider.breaker) {
    case 'open':
      return { tone: 'now', word: 'Breaker open' };
    case 'half-open':
      return { tone: 'soon', word: 'Probing' };
    case 'closed':
      if (provider.cooldownUntil !== null) return { tone: 'soon', word: 'Asked to wait' };
      if (provider.share < 1) return { tone: 'act', word: 'Returning' };
      return provider.calls === 0 ? { tone: 'quiet', word: 'Idle' } : { tone: 'met', word: 'Serving' };
  }
}

/** The word of an integration's breaker. */
export function integrationWord({ breaker, calls }: Integration): { tone: Tone; word: string } {
  switch (breaker) {
    case 'open':
      return { tone: 'now', word: 'Breaker open' };
    case 'half-open':
      return { tone: 'soon', word: 'Probing' };
    case 'closed':
      return calls === 0 ? { tone: 'quiet', word: 'Idle' } : { tone: 'met', word: 'Up' };
  }
}

/** How the calls of the last minute went, with their number. */
export function callsText({ calls, errors }: { calls: number; errors: number }): string {
  return calls === 0 ? 'no calls' : `${countText(errors)} of ${countText(calls)} calls failed`;
}

/** When the next probe goes out. @param ms from now */
export function probeText(ms: number): string {
  return ms < 1_000 ? 'now' : `in ${agoText(ms)}`;
}

/** By name, those whose breaker is not closed first. */
export function troubledFirst<Party extends Pick<Integration, 'name' | 'breaker'>>(parties: readonly Party[]): Party[] {
  const rank = ({ breaker }: Party) => (breaker === 'closed' ? 1 : 0);
  return parties.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
