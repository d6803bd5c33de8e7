import type { Alert, Severity } from '#contract/alert.ts';
import type { AlertsSettings } from '#contract/delivery.ts';
import { isLive, isWorse, type Standing } from './life.ts';

/** A message that became due. */
export type Due = { kind: 'trigger' | 'acknowledge' | 'escalate' | 'resolve'; routes: string[] };

/** Who is told of what. `routes`: of the rule's own file, instead of those of its severity. */
export type Routing = Pick<AlertsSettings, 'page' | 'ticket' | 'escalate'> & { routes: string[] | undefined };

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}

export function routesFor(severity: Severity, routing: Routing): string[] {
  return routing.routes ?? (severity === 'page' ? routing.page : routing.ticket);
}

/**
 * What the routes must hear so that they know what is true, given what they know. Decided by state, not by event: what
 * was covered is told when the cover ends, if it is still so, and a crash between two looks loses nothing.
 */
export function tell(
  standing: Standing,
  covers: Alert['covers'],
  routing: Routing,
  now: number,
): { standing: Standing; due: Due[] } {
  const { told, flappingSince } = standing;
  const hushed = covers.some(({ cover }) => cover === 'silenced' || cover === 'snoozed' || cover === 'inhibited');
  // The turn that made it flap is still told: it says so.
  const held = flappingSince !== null && standing.turns.at(-1) !== flappingSince;
  if (!isLive(standing)) {
    if (told === null || held) return { standing, due: [] };
    return { standing: { ...standing, told: null }, due: [{ kind: 'resolve', routes: told.routes }] };
  }
  if (standing.state === 'acknowledged') {
    if (told?.as !== 'trigger' || held) return { standing, due: [] };
    return {
      standing: { ...standing, told: { ...told, as: 'acknowledge' } },
      due: [{ kind: 'acknowledge', routes: told.routes }],
    };
  }
  if (hushed) return { standing, due: [] };
  const { severity } = standing;
  let next = standing;
  const due: Due[] = [];
  if (!held && (told === null || told.as === 'acknowledge' || isWorse(severity, told.severity))) {
    const routes = union(told?.routes ?? [], routesFor(severity, routing));
    due.push({ kind: 'trigger', routes });
    const unansweredSince = told === null ? (standing.unansweredSince ?? now) : now;
    next = { ...standing, told: { as: 'trigger', severity, routes }, unansweredSince };
  }
  // A ticket waits for the day: only a person escalates it.
  while (severity === 'page' && isDue(next, routing, now)) {
    const step = takeStep(next, routing);
    next = step.standing;
    due.push(...step.due);
  }
  return { standing: next, due };
}

function isDue({ unansweredSince, escalated }: Standing, { escalate }: Routing, now: number): boolean {
  const step = escalate[escalated];
  return unansweredSince !== null && step !== undefined && now - unansweredSince >= step.after;
}

/** Takes the next step of the ladder, whatever the time; nothing where there is none. */
export function takeStep(standing: Standing, { escalate }: Routing): { standing: Standing; due: Due[] } {
  const step = escalate[standing.escalated];
  if (step === undefined) return { standing, due: [] };
  // Told while it was covered: the others hear of it when the cover ends, as after an acknowledgement.
  const told = standing.told ?? { as: 'acknowledge', severity: standing.severity, routes: [] };
  return {
    standing: {
      ...standing,
      escalated: standing.escalated + 1,
      told: { ...told, routes: union(told.routes, step.to) },
    },
    due: [{ kind: 'escalate', routes: step.to }],
  };
}
