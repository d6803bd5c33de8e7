import type { Alert, AlertRulesFile, Matcher, Silence } from '#contract/alert.ts';
import { isLive, type Standing } from './life.ts';
import type { Signal } from './rules.ts';
import { isBreaker } from './shipped.ts';

/** What a matcher looks at. */
export type Matched = {
  rule: string;
  subject: string;
  agent: string;
  severity: string;
  labels: Record<string, string>;
};

/** An alert as covers see it. */
export type Party = Matched & { about: string; kind: string; standing: Standing; agents: string[] };

/** Rules that see what a provider or an integration that is down does to its agents. Those of files do, too. */
const CAUSED = new Set([
  'success',
  'latency',
  'absence',
  'no-success',
  'queue-stuck',
  'queue-growing',
  'oldest',
  'overdue',
  'canary',
  'fast-and-empty',
]);

export function partyOf(about: string, signal: Signal, standing: Standing): Party {
  const { rule, kind, subject, labels, agents } = signal;
  const agent = labels.agent ?? agents[0] ?? '';
  return { about, rule, kind, subject, agent, agents, severity: standing.severity, labels, standing };
}

/** `*` at an end stands for anything. */
function fits(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined || pattern === '*') return true;
  const open = { start: pattern.startsWith('*'), end: pattern.endsWith('*') };
  const core = pattern.slice(open.start ? 1 : 0, open.end ? -1 : undefined);
  if (open.start && open.end) return text.includes(core);
  if (open.start) return text.endsWith(core);
  return open.end ? text.startsWith(core) : text === pattern;
}

/** Whether every field given matches. */
export function matches(matcher: Matcher, of: Matched): boolean {
  return (
    fits(matcher.rule, of.rule) &&
    fits(matcher.subject, of.subject) &&
    fits(matcher.agent, of.agent) &&
    fits(matcher.severity, of.severity) &&
    Object.entries(matcher.labels ?? {}).every(([name, pattern]) => fits(pattern, of.labels[name] ?? ''))
  );
}

/** What an agent hangs on: the provider that its route starts with, and what it cannot do without. By subject of the breaker rules. */
export type CausesOf = (agent: string) => readonly string[];

/**
 * Which live alerts are muted by which other: a breaker that is open mutes what it causes, and files say more. One that is
 * muted mutes nobody, so that of any circle one is always told.
 */
export function inhibitions(
  parties: readonly Party[],
  causesOf: CausesOf,
  files: AlertRulesFile['inhibit'],
): Map<string, Party> {
  const muted = new Map<string, Party>();
  const live = parties
    .filter(({ standing }) => isLive(standing))
    .toSorted((a, b) => (a.standing.firedAt ?? 0) - (b.standing.firedAt ?? 0) || a.about.localeCompare(b.about));
  const breakers = live.filter(({ kind }) => isBreaker(kind));
  if (breakers.length === 0 && files.length === 0) return muted;
  for (const party of live) {
    const caused = CAUSED.has(party.kind) || party.kind.startsWith('file:');
    const causes = caused && breakers.length > 0 ? causesOf(party.agent) : [];
    const source =
      breakers.find((other) => causes.includes(other.subject)) ??
      live.find(
        (other) =>
          other !== party &&
          !muted.has(other.about) &&
          files.some(
            ({ when, mute, equal }) =>
              matches(mute, party) &&
              matches(when, other) &&
              equal.every((name) => other.labels[name] === party.labels[name]),
          ),
      );
    if (source && !muted.has(source.about)) muted.set(party.about, source);
  }
  return muted;
}

/** Everything that lies over an alert now, the strongest first. */
export function coversOf(
  party: Party,
  silences: readonly Silence[],
  inhibitedBy: Party | undefined,
  frozen: string | null,
  now: number,
): Alert['covers'] {
  const { standing } = party;
  const silence = silences.find((one) => one.from <= now && now < one.until && matches(one.matcher, party));
  return [
    ...(silence
      ? [{ cover: 'silenced' as const, why: `${silence.by.name}: ${silence.reason}`, until: silence.until }]
      : []),
    ...(standing.snoozed && now < standing.snoozed.until
      ? [{ cover: 'snoozed' as const, why: `by ${standing.snoozed.by.name}`, until: standing.snoozed.until }]
      : []),
    ...(inhibitedBy
      ? [{ cover: 'inhibited' as const, why: `${inhibitedBy.rule} of ${inhibitedBy.subject} explains it`, until: null }]
      : []),
    ...(frozen === null ? [] : [{ cover: 'frozen' as const, why: frozen, until: null }]),
    ...(standing.flappingSince === null
      ? []
      : [
          { cover: 'flapping' as const, why: 'it comes and goes: notices are held until it stands still', until: null },
        ]),
  ];
}
