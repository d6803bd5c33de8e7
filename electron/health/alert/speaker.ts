import { advance, type Effect, isLive, isWorse, type LifeEvent, type Standing, settleFlapping } from './life.ts';
import type { Signal } from './rules.ts';

/** The name under which an alert is kept: what it is about, without value, severity, window or version. */
export function aboutOf({
  kind,
  subject,
  type,
  objective,
}: Pick<Signal, 'kind' | 'subject' | 'type' | 'objective'>): string {
  return JSON.stringify([kind, subject, type ?? '', objective ?? '']);
}

/** Signals by what they are about. */
export function byAbout(signals: readonly Signal[]): Map<string, Signal[]> {
  const groups = new Map<string, Signal[]>();
  for (const signal of signals) {
    const about = aboutOf(signal);
    const group = groups.get(about);
    if (group) group.push(signal);
    else groups.set(about, [signal]);
  }
  return groups;
}

/** What the signals about one thing say together: the event, and the signal that speaks for them. */
export type Heard = { event: LifeEvent; speaker: Signal; holding: Standing['holding'] };

/**
 * The worst rule that has held long enough speaks. It is over when every rule says so: one in doubt, or without data,
 * keeps it as it is.
 */
export function hear(signals: readonly Signal[], standing: Standing, now: number): Heard | undefined {
  const [first] = signals;
  if (first === undefined) return undefined;
  const holding: Standing['holding'] = {};
  for (const { rule, event } of signals) {
    const since = standing.holding[rule];
    // A clock that was set back does not make it hold from later on.
    if (event === 'holds') holding[rule] = Math.min(since ?? now, now);
    else if (event !== 'cleared' && since !== undefined) holding[rule] = since;
  }
  const worst = (some: Signal[]): Signal | undefined => some.find(({ severity }) => severity === 'page') ?? some[0];
  const held = signals.filter(({ event }) => event === 'holds');
  const ripe = worst(held.filter(({ rule, forMs }) => now - (holding[rule] ?? now) >= forMs));
  if (ripe) return { event: 'ripe', speaker: ripe, holding };
  const waiting = worst(held);
  if (waiting) return { event: 'holds', speaker: waiting, holding };
  const event = signals.every((one) => one.event === 'cleared')
    ? 'cleared'
    : signals.some((one) => one.event === 'uncertain')
      ? 'uncertain'
      : 'no-data';
  return { event, speaker: first, holding };
}

function sameHolding(a: Standing['holding'], b: Standing['holding']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Carries what was heard, and what time did, into the standing; the effects of the steps that it takes, in order. */
export function judge(
  before: Standing,
  heard: Heard | undefined,
  now: number,
): { standing: Standing; effects: Effect[] } {
  let standing = before;
  const effects: Effect[] = [];
  function take(event: LifeEvent): void {
    const stepped = advance(standing, event, now);
    standing = stepped.standing;
    if (stepped.effect !== null) effects.push(stepped.effect);
  }
  if (standing.acknowledged !== null && now >= standing.acknowledged.until) take('expired');
  if (standing.snoozed !== null && now >= standing.snoozed.until) standing = { ...standing, snoozed: null };
  if (heard) {
    const { event, speaker, holding } = heard;
    if (!sameHolding(standing.holding, holding)) standing = { ...standing, holding };
    if (event === 'cleared' && standing.closedUntil !== null) standing = { ...standing, closedUntil: null };
    const quiet = standing.closedUntil !== null && now < standing.closedUntil;
    if (!(quiet && (event === 'ripe' || event === 'holds'))) take(event);
    if (event === 'ripe' && isLive(standing) && speaker.severity !== standing.severity) {
      standing = { ...standing, severity: speaker.severity };
      const known = standing.acknowledged?.severity;
      if (known !== undefined && isWorse(speaker.severity, known)) take('rose');
      else if (standing.snoozed !== null && isWorse(speaker.severity, before.severity))
        standing = { ...standing, snoozed: null };
    }
  }
  return { standing: settleFlapping(standing, now), effects };
}
