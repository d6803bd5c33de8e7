import type { Watch } from '#contract/canary.ts';
import type { AlertEvent } from '../alert/life.ts';
import { type AlertRule, type Signal, shipped } from '../alert/rules.ts';

/** What one rule against silence says of one subject. */
export type Look = {
  rule: AlertRule;
  subject: string;
  state: Watch['state'];
  /** What it saw, in one line. */
  says: string;
  /** What an incident of it is called. */
  title: string;
  /** What the timeline says when it is over. */
  clears: string;
  agents: string[];
  labels?: Record<string, string>;
};

/** What a look is about, whatever it says. */
export type About = Omit<Look, 'state' | 'says'>;

/** The look as alerts read it. */
export function signalOf(look: Look): Signal {
  const { subject, agents, says, title, clears } = look;
  return {
    ...shipped(look.rule),
    subject,
    event: eventOf(look.state),
    title,
    fires: `${title} (${says})`,
    clears,
    agents,
    labels: { ...(agents[0] === undefined ? {} : { agent: agents[0] }), ...look.labels },
    value: says,
    error: null,
  };
}

function eventOf(state: Watch['state']): AlertEvent {
  switch (state) {
    case 'holds':
      return 'holds';
    case 'unsure':
      return 'uncertain';
    case 'quiet':
      return 'cleared';
    case 'blind':
      return 'no-data';
  }
}

/** The look as people read it in the list of watches. */
export function watchOf({ rule, subject, state, says }: Look, lookedAt: number): Watch {
  return { rule, subject, state, says, lookedAt };
}

/** A span for people: `12 s`, `7 min`, `3 h`, `2 d`. */
export function spanWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
