import type { Severity } from '#contract/alert.ts';
import type { Actor } from '#contract/basic.ts';
import type { BreakerState } from '#contract/provider.ts';

/** What a rule says. `no-data`: it cannot be judged; its alert freezes as it stands. */
export type AlertEvent = 'holds' | 'uncertain' | 'cleared' | 'no-data';

export type LifeState = 'inactive' | 'pending' | 'firing' | 'acknowledged' | 'resolved';
/**
 * `ripe`: it has held for as long as its rule wants. `rose`: it is worse than when it was acknowledged or told.
 * `expired`: the acknowledgement ended. `closed`: a person says that it is over.
 */
export type LifeEvent = AlertEvent | 'ripe' | 'rose' | 'acknowledge' | 'expired' | 'closed';
/** What a step does beside its state, as data: `advance` and the alarm carry it out. */
export type Effect = 'wait' | 'forget' | 'open' | 'resolve' | 'take' | 'renew' | 'release' | 'break' | 'close';

type Step = readonly [to: LifeState, effect: Effect | null];
const step = (to: LifeState, effect: Effect): Step => [to, effect];

/** Nothing happens: every event that a state does not heed. Missing data and doubt are heeded by none. */
const UNHEEDED: readonly LifeEvent[] = ['uncertain', 'no-data'];

/**
 * The life of an alert as one table: state, event -> state and effect. What is not in it changes nothing.
 * Silences, snoozes, inhibitions, frozen data and flapping lie over it (cover.ts) and change no state.
 */
export const LIFE: Record<LifeState, Partial<Record<Exclude<LifeEvent, 'uncertain' | 'no-data'>, Step>>> = {
  inactive: { holds: step('pending', 'wait'), ripe: step('firing', 'open') },
  pending: { ripe: step('firing', 'open'), cleared: step('inactive', 'forget') },
  firing: {
    cleared: step('resolved', 'resolve'),
    acknowledge: step('acknowledged', 'take'),
    closed: step('resolved', 'close'),
  },
  acknowledged: {
    cleared: step('resolved', 'resolve'),
    acknowledge: step('acknowledged', 'renew'),
    expired: step('firing', 'release'),
    rose: step('firing', 'break'),
    closed: step('resolved', 'close'),
  },
  resolved: { holds: step('pending', 'wait'), ripe: step('firing', 'open') },
};

/** Firing again this soon continues the same incident, ms. */
export const REOPEN_MS = 15 * 60_000;
/** An acknowledgement ends after this, ms: whoever gave it may have fallen asleep. */
export const ACKNOWLEDGED_MS = 30 * 60_000;
/** So many times it began or ended within FLAP_WINDOW_MS: it flaps, until it stood still for FLAP_STILL_MS. */
export const FLAP_TURNS = 6;
export const FLAP_WINDOW_MS = 30 * 60_000;
export const FLAP_STILL_MS = 10 * 60_000;

/**
 * One that is over is kept for so long, ms. Reopening, flapping and closing by hand look back 30 min; a runbook that waits for
 * its end may look hours later.
 */
export const REMEMBERED_MS = 24 * 3_600_000;

/** What the routes know of it. */
export type Told = { as: 'trigger' | 'acknowledge'; severity: Severity; routes: string[] };

/** All that is kept of an alert between two looks at it. */
export type Standing = {
  state: LifeState;
  severity: Severity;
  /** Since when each rule of its kind holds. */
  holding: Record<string, number>;
  pendingSince: number | null;
  firedAt: number | null;
  resolvedAt: number | null;
  /** `severity`: as it was then. */
  acknowledged: { by: Actor; at: number; until: number; severity: Severity } | null;
  snoozed: { by: Actor; until: number } | null;
  /** Closed by a person though it may still hold: quiet until then, or until it was over once. */
  closedUntil: number | null;
  /** Since when it is known to the routes and nobody answered. */
  unansweredSince: number | null;
  /** Steps of the escalation taken. */
  escalated: number;
  /** When it began or ended lately, oldest first. */
  turns: number[];
  flappingSince: number | null;
  told: Told | null;
};

export const NEW: Standing = {
  state: 'inactive',
  severity: 'ticket',
  holding: {},
  pendingSince: null,
  firedAt: null,
  resolvedAt: null,
  acknowledged: null,
  snoozed: null,
  closedUntil: null,
  unansweredSince: null,
  escalated: 0,
  turns: [],
  flappingSince: null,
  told: null,
};

export function isWorse(a: Severity, than: Severity): boolean {
  return a === 'page' && than === 'ticket';
}

/** Whether it stands in people's way: it fires, acknowledged or not. */
export function isLive(standing: Standing): boolean {
  return standing.state === 'firing' || standing.state === 'acknowledged';
}

/** Whether nothing that happens from now on can depend on it: it is over for long, and everybody knows. */
export function isPast(standing: Standing, now: number): boolean {
  const { state, told, flappingSince, snoozed, closedUntil, resolvedAt } = standing;
  if (state !== 'inactive' && state !== 'resolved') return false;
  if (told !== null || flappingSince !== null || snoozed !== null) return false;
  if (closedUntil !== null && now < closedUntil) return false;
  return resolvedAt === null || now - resolvedAt >= REMEMBERED_MS;
}

/** The newest moment that had come already when it was written. */
export function newestMoment(standing: Standing): number {
  const { holding, pendingSince, firedAt, resolvedAt, acknowledged, unansweredSince, turns } = standing;
  const moments = [pendingSince, firedAt, resolvedAt, acknowledged?.at ?? null, unansweredSince];
  return Math.max(...Object.values(holding), ...turns, ...moments.map((at) => at ?? Number.NEGATIVE_INFINITY));
}

/** The same by a clock that was set back: what began, began as long ago as before; what is to come, comes no later. */
export function setBack(standing: Standing, byMs: number): Standing {
  const { acknowledged, snoozed } = standing;
  const moved = (at: number | null): number | null => (at === null ? null : at - byMs);
  return {
    ...standing,
    holding: Object.fromEntries(Object.entries(standing.holding).map(([rule, since]) => [rule, since - byMs])),
    pendingSince: moved(standing.pendingSince),
    firedAt: moved(standing.firedAt),
    resolvedAt: moved(standing.resolvedAt),
    acknowledged: acknowledged && { ...acknowledged, at: acknowledged.at - byMs, until: acknowledged.until - byMs },
    snoozed: snoozed && { ...snoozed, until: snoozed.until - byMs },
    closedUntil: moved(standing.closedUntil),
    unansweredSince: moved(standing.unansweredSince),
    turns: standing.turns.map((at) => at - byMs),
    flappingSince: moved(standing.flappingSince),
  };
}

/** One step of the table, with what it does to the standing. `by` where a person is behind it. */
export function advance(
  before: Standing,
  event: LifeEvent,
  now: number,
  by?: Actor,
): { standing: Standing; effect: Effect | null } {
  const [to, effect] = stepOf(before.state, event) ?? [before.state, null];
  if (effect === null) return { standing: before, effect };
  return { standing: { ...before, state: to, ...changeOf(effect, before, now, by) }, effect };
}

function stepOf(state: LifeState, event: LifeEvent): Step | undefined {
  return UNHEEDED.includes(event) ? undefined : LIFE[state][event as Exclude<LifeEvent, 'uncertain' | 'no-data'>];
}

function changeOf(effect: Effect, before: Standing, now: number, by: Actor | undefined): Partial<Standing> {
  const actor = by ?? { name: 'nightdesk', via: 'desk' };
  switch (effect) {
    case 'wait':
      return { pendingSince: now };
    case 'forget':
      return { pendingSince: null };
    case 'open':
      return {
        pendingSince: null,
        firedAt: now,
        acknowledged: null,
        closedUntil: null,
        // An alert that flaps goes on escalating: nobody answered, whatever it does between.
        ...(before.flappingSince === null ? { escalated: 0, unansweredSince: null } : {}),
        ...turned(before, now),
      };
    case 'resolve':
      return { resolvedAt: now, snoozed: null, ...turned(before, now) };
    case 'close':
      return { resolvedAt: now, snoozed: null, closedUntil: now + ACKNOWLEDGED_MS };
    case 'take':
    case 'renew':
      return { acknowledged: { by: actor, at: now, until: now + ACKNOWLEDGED_MS, severity: before.severity } };
    case 'release':
      return { acknowledged: null, unansweredSince: now, escalated: 0 };
    case 'break':
      return { acknowledged: null, snoozed: null, unansweredSince: now, escalated: 0 };
  }
}

function turned({ turns, flappingSince }: Standing, now: number): Pick<Standing, 'turns' | 'flappingSince'> {
  const lately = [...turns.filter((turn) => turn > now - FLAP_WINDOW_MS), now].slice(-FLAP_TURNS);
  return { turns: lately, flappingSince: flappingSince ?? (lately.length >= FLAP_TURNS ? now : null) };
}

/** What time alone does: it stops flapping when it stood still. */
export function settleFlapping(standing: Standing, now: number): Standing {
  const last = standing.turns.at(-1) ?? 0;
  if (standing.flappingSince === null || now - last < FLAP_STILL_MS) return standing;
  return { ...standing, flappingSince: null, turns: [] };
}

/** What a breaker's state says to the rules on breakers; a half-open one is not yet well. */
export function breakerEvent(state: BreakerState): AlertEvent {
  switch (state) {
    case 'open':
      return 'holds';
    case 'half-open':
      return 'uncertain';
    case 'closed':
      return 'cleared';
  }
}
