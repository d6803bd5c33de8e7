import type { Route } from '#contract/provider.ts';
import { percentText, type Tone } from '../kit/index.ts';

export type Hop = Route['hops'][number];

/**
 * What an entry of a route would do with the next call, as its shape and word.
 * @param first whether it is the one that takes it
 */
export function hopWord({ state, share }: Pick<Hop, 'state' | 'share'>, first: boolean): { tone: Tone; word: string } {
  switch (state) {
    case 'serves':
      return first ? { tone: 'met', word: 'Serves' } : { tone: 'quiet', word: 'Stands by' };
    case 'returning':
      return { tone: 'act', word: `Returning, ${percentText(share)}` };
    case 'probing':
      return { tone: 'soon', word: 'Probing' };
    case 'breaker-open':
      return { tone: 'now', word: 'Breaker open' };
    case 'cooling-down':
      return { tone: 'soon', word: 'Asked to wait' };
    case 'budget-spent':
      return { tone: 'soon', word: 'Budget spent' };
    case 'no-key':
      return { tone: 'quiet', word: 'No key' };
  }
}

/** The entry that takes the next call: the first that serves, or returns; null when none does. */
export function servingHop(hops: readonly Hop[]): Hop | null {
  return hops.find((hop) => hop.state === 'serves' || hop.state === 'returning') ?? null;
}
