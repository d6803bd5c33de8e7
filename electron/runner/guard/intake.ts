import type { IntakeState } from '#contract/agent.ts';

/*
 * What the desk itself does to an agent's intake: it closes one whose budget is spent or whose critical integration is
 * down, and opens again what it closed. Pure. It drains rather than pauses: tasks in flight finish, and the probe of an
 * integration can pass.
 */

/** Why the desk holds an intake closed, and since when that is so. */
export type Hindrance = { reason: string; since: number };

export type IntakeStanding = {
  intake: IntakeState;
  since: number | null;
  /** What the desk closed it for; null when it is open or a person closed it. */
  reason: string | null;
  /** Whether a person (or a runbook of theirs) changed it last. */
  byPerson: boolean;
};

export type IntakeStep = { do: 'nothing' } | { do: 'open' } | { do: 'close'; reason: string };

/** @param hindrances that hold now, the weightiest first */
export function intakeStep(standing: IntakeStanding, hindrances: Hindrance[]): IntakeStep {
  const [first] = hindrances;
  if (standing.intake !== 'open') {
    // A person's pause is theirs to end.
    if (standing.reason === null) return { do: 'nothing' };
    if (first === undefined) return { do: 'open' };
    return hindrances.some((each) => each.reason === standing.reason)
      ? { do: 'nothing' }
      : { do: 'close', reason: first.reason };
  }
  // A person who opened it since then knew: the desk does not close it for the same reason again.
  const unseen = hindrances.find((each) => !standing.byPerson || each.since > (standing.since ?? 0));
  return unseen === undefined ? { do: 'nothing' } : { do: 'close', reason: unseen.reason };
}
