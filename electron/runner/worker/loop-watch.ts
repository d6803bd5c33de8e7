import { type LoopVerdict, NO_TURNS, seeTurn, type Turn } from '../guard/loop.ts';
import type { ModelMessage } from '../providers/index.ts';
import type { Attempt } from './attempt.ts';
import { failWith } from './unwind.ts';

type Found = Exclude<LoopVerdict, { level: 'fine' }>;

/** What became of a turn: `told` when the model was told that it repeats itself, or was steered. */
export type Watched = 'fine' | 'told';

/**
 * Watches the turns of one attempt for a model that repeats itself. What it adds to the message log follows from the log
 * alone, so that a replay adds the same; a person's answer is found in the journal.
 */
export function watchLoop({ definition, ask }: Pick<Attempt, 'definition' | 'ask'>) {
  let state = NO_TURNS;
  let stops = 0;

  async function stop(found: Found, turn: Turn, messages: ModelMessage[]): Promise<Watched> {
    stops += 1;
    const answer = await ask(`loop ${stops}`, {
      kind: 'loop',
      text: `It repeats itself: ${found.text}.`,
      choices: [
        { value: 'continue', label: 'Go on: this is how the work is', takes: 'nothing' },
        { value: 'steer', label: 'Tell the agent what to do instead', takes: 'text' },
        { value: 'stop', label: 'Stop: the task ends as failed', takes: 'nothing' },
      ],
      details: { kind: found.kind, repeats: found.repeats, period: found.period, text: turn.text, calls: turn.calls },
    });
    state = NO_TURNS;
    switch (answer.choice) {
      case 'continue':
        return 'fine';
      case 'steer':
        messages.push({ role: 'user', content: answer.text ?? '' });
        return 'told';
      default:
        throw failWith('loop', `it repeated itself, and a person stopped it: ${found.text}`);
    }
  }

  return async (turn: Turn, messages: ModelMessage[]): Promise<Watched> => {
    const seen = seeTurn(state, turn, definition.nightdesk.loop);
    state = seen.state;
    const { verdict } = seen;
    switch (verdict.level) {
      case 'fine':
        return 'fine';
      case 'nudge':
        messages.push({ role: 'user', content: nudgeOf(verdict) });
        return 'told';
      case 'stop':
        return stop(verdict, turn, messages);
    }
  };
}

function nudgeOf({ text }: Found): string {
  return `You repeat yourself: ${text}. The result will not change by itself. Do something else, or answer with what you have and say what is missing.`;
}
