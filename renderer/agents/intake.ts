import type { IntakeState } from '#contract/agent.ts';
import type { Tone } from '../kit/index.ts';

/** The word for whether an agent accepts and starts tasks. */
export function intakeWord(intake: IntakeState): { tone: Tone; word: string } {
  switch (intake) {
    case 'open':
      return { tone: 'met', word: 'Open' };
    case 'paused':
      return { tone: 'paused', word: 'Paused' };
    case 'draining':
      return { tone: 'paused', word: 'Draining' };
  }
}
