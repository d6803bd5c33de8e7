import type { AgentDetail, IntakeState } from '#contract/agent.ts';
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

const CRITICAL = 'critical:';

/** Whose hand is on an intake, and why: a person's, or the desk's for a reason of its own. */
export function handText({ by, reason }: AgentDetail['hand']): string {
  if (reason === 'budget') return 'the desk: its budget of today is spent';
  if (reason?.startsWith(CRITICAL))
    return `the desk: ${reason.slice(CRITICAL.length)}, which it cannot do without, is down`;
  if (reason !== null) return `the desk: ${reason}`;
  return by === null ? 'nobody' : `${by.name}, through ${by.via}`;
}
