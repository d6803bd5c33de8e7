import type { Alert, AlertRuleView, Matcher } from '#contract/alert.ts';
import { spanText, type Tone } from '../kit/index.ts';

/** An alert's state: the meaning of its colour, and its word. What is covered asks nobody to act. */
export function alertWord({ state, severity, covers }: Pick<Alert, 'state' | 'severity' | 'covers'>): {
  tone: Tone;
  word: string;
} {
  const hushed = covers.find(({ cover }) => cover === 'silenced' || cover === 'snoozed' || cover === 'inhibited');
  switch (state) {
    case 'pending':
      return { tone: 'quiet', word: 'Pending' };
    case 'firing':
      if (hushed !== undefined) return { tone: 'paused', word: `Firing, ${hushed.cover}` };
      return severity === 'page' ? { tone: 'now', word: 'Firing' } : { tone: 'soon', word: 'Firing' };
    case 'acknowledged':
      return { tone: 'act', word: 'Acknowledged' };
    case 'resolved':
      return { tone: 'met', word: 'Resolved' };
  }
}

const RANK: Record<Alert['state'], number> = { firing: 0, acknowledged: 1, pending: 2, resolved: 3 };

/** What asks for a person first: firing pages that nobody covers, then the rest, the newest first in each. */
export function urgentFirst(alerts: readonly Alert[]): Alert[] {
  const rank = (alert: Alert) =>
    RANK[alert.state] * 4 + (alert.covers.length > 0 ? 2 : 0) + (alert.severity === 'page' ? 0 : 1);
  return alerts.toSorted((a, b) => rank(a) - rank(b) || b.firedAt - a.firedAt || a.id.localeCompare(b.id));
}

/** Rules that fire, then those that fired lately, then the others by name. */
export function liveliestFirst(rules: readonly AlertRuleView[]): AlertRuleView[] {
  return rules.toSorted(
    (a, b) => b.firing - a.firing || (b.lastFiredAt ?? 0) - (a.lastFiredAt ?? 0) || a.name.localeCompare(b.name),
  );
}

/** What a silence matches: `agent invoice-*, page`. */
export function matcherText({ rule, subject, agent, severity, labels = {} }: Matcher): string {
  const parts = [
    ...(rule === undefined ? [] : [rule]),
    ...(subject === undefined ? [] : [`of ${subject}`]),
    ...(agent === undefined ? [] : [`agent ${agent}`]),
    ...(severity === undefined ? [] : [`${severity}s only`]),
    ...Object.entries(labels).map(([name, value]) => `${name} ${value}`),
  ];
  return parts.join(', ');
}

/** The same as the command line has it. */
export function silenceCommand(matcher: Matcher, forMs: number, reason: string): string {
  const { labels = {}, ...fields } = matcher;
  const options = [
    ...Object.entries(fields).map(([name, value]) => `--${name} ${quoted(value)}`),
    ...Object.entries(labels).map(([name, value]) => `--label ${quoted(`${name}=${value}`)}`),
  ];
  return `nightdesk alert silence ${options.join(' ')} --for ${Math.round(forMs / 60_000)}m --reason ${quoted(reason)}`;
}

function quoted(text: string): string {
  return /^[\w.=/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Spans that a person chooses from, ms. */
export const SPANS = [30, 60, 120, 480, 1_440].map((minutes) => minutes * 60_000);

/** When a rule holds, with how long it must. */
export function whenText({ when, forMs, from }: AlertRuleView): string {
  // A file's own sentence says it already.
  return forMs === 0 || from === 'file' ? when : `${when}, for ${spanText(forMs)}`;
}
