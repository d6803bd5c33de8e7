import type { Verdict } from '../engine/protocol.ts';
import type { AskPerson } from './ask.ts';
import type { Journal } from './journal.ts';
import { failWith } from './unwind.ts';

type OverLimit = Extract<Verdict, { kind: 'limit' }>;

/**
 * A task that has cost what it may: its step is finished, and it waits with what is done. A raised limit is the desk's to
 * know; here an answer means that the person stopped it.
 */
export function createCostLimit(ask: AskPerson, journal: Journal) {
  return async ({ limitUsd, spentUsd }: OverLimit, next: string): Promise<void> => {
    const answer = await ask(`cost limit $${limitUsd}`, {
      kind: 'limit',
      text: `The task has cost its limit of $${limitUsd}. It goes on with a raised limit only.`,
      choices: [
        { value: 'raise', label: 'Go on, with a new limit for the whole task in US dollars', takes: 'usd' },
        { value: 'stop', label: 'Stop: the task ends as failed', takes: 'nothing' },
      ],
      details: { spentUsd, limitUsd, done: journal.finishedSteps(), remaining: next },
      // What was spent may have grown by then, through tasks that it spawned.
      same: { limitUsd },
    });
    const why = answer.choice === 'raise' ? 'the raised limit was spent already' : 'a person stopped it';
    throw failWith('limit', `it has cost its limit of $${limitUsd}: ${why}`);
  };
}
