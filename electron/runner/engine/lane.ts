import type { Intervention, LaneAction } from '#contract/action.ts';
import type { AgentDefinition, Budget } from '#contract/agent.ts';
import { type Actor, actorSchema } from '#contract/basic.ts';
import type { Lane as LaneView } from '#contract/runtime.ts';
import type { LaneRow } from '../../store/lane.ts';
import { newPace, type Pace } from '../guard/pace.ts';
import { type Hop, hopOf, routeInForce } from '../guard/route.ts';

/** An agent's lane in memory: its definition, its control record, and counts that follow the commits. */
export type Lane = {
  agent: string;
  /** Null when the agent's file is gone: tasks that never started wait. */
  definition: AgentDefinition | null;
  /** The last one of an agent whose file is gone: tasks that had started go on, each by the one it was pinned to. */
  leaving: AgentDefinition | null;
  control: LaneRow;
  queued: number;
  running: number;
  waiting: number;
  /** Model calls by provider since the route last changed. */
  calls: Map<string, number>;
  /** The first provider of its route while its traffic goes elsewhere because that one does not serve. */
  avoids: string | null;
  /** How fast its tasks end. */
  pace: Pace;
};

export function openControl(agent: string): LaneRow {
  return {
    agent,
    intake: 'open',
    intake_since: null,
    intake_until: null,
    intake_by: null,
    intake_reason: null,
    set_concurrency: null,
    set_budget_usd: null,
    set_since: null,
    set_until: null,
    set_by: null,
    route_to: null,
    route_share: 1,
    route_since: null,
    route_until: null,
    route_by: null,
  };
}

export function newLane(agent: string, control: LaneRow, now: number): Lane {
  return {
    agent,
    definition: null,
    leaving: null,
    control,
    queued: 0,
    running: 0,
    waiting: 0,
    calls: new Map(),
    avoids: null,
    pace: newPace(now),
  };
}

/**
 * The hops of a lane, in the order in force.
 * @param task its number: of a route that takes a share of the traffic, each task is on one side for good. Null: for most
 */
export function hopsOf(lane: Lane, definition: Pick<AgentDefinition, 'model'>, task: number | null = null): Hop[] {
  const { route_to: to, route_share: share } = lane.control;
  const takes = task === null ? share >= 0.5 : placeOf(task) < share;
  return routeInForce(definition.model.map(hopOf), takes ? to : null);
}

/** The lane as the contract shows it. */
export function viewOf(lane: Lane): LaneView {
  const hops = lane.definition === null ? [] : hopsOf(lane, lane.definition);
  return {
    agent: lane.agent,
    intake: lane.control.intake,
    intakeUntil: lane.control.intake_until,
    route: [...new Set(hops.map((hop) => hop.provider))],
    queued: lane.queued,
    running: lane.running,
    waiting: lane.waiting,
  };
}

/** The control record after an action on the lane. */
export function controlAfter(control: LaneRow, action: LaneAction, by: Actor, now: number): LaneRow {
  const who = JSON.stringify(by);
  switch (action.verb) {
    case 'pause':
    case 'drain':
      return {
        ...control,
        intake: action.verb === 'pause' ? 'paused' : 'draining',
        intake_since: now,
        intake_until: action.forMs === undefined ? null : now + action.forMs,
        intake_by: who,
        intake_reason: null,
      };
    case 'resume':
      return { ...control, intake: 'open', intake_since: now, intake_until: null, intake_by: who, intake_reason: null };
    case 'reroute': {
      const { to, share } = routeAfter(control, action);
      return {
        ...control,
        route_to: to,
        route_share: share,
        route_since: now,
        route_until: to === null ? null : untilOf(control, action, now),
        route_by: who,
      };
    }
    case 'set': {
      const set_concurrency = action.concurrency === undefined ? control.set_concurrency : action.concurrency;
      const set_budget_usd = action.budgetUsd === undefined ? control.set_budget_usd : action.budgetUsd;
      const over = set_concurrency === null && set_budget_usd === null;
      return {
        ...control,
        set_concurrency,
        set_budget_usd,
        set_since: now,
        set_until: over || action.forMs === undefined ? null : now + action.forMs,
        set_by: who,
      };
    }
  }
}

/** What a reroute makes of a route: back to the file's, a share at a time, leaves the rest where it is. */
export function routeAfter(
  control: Pick<LaneRow, 'route_to' | 'route_share'>,
  { to, share = 1 }: Extract<LaneAction, { verb: 'reroute' }>,
): { to: string | null; share: number } {
  if (to !== 'default') return { to, share };
  return share === 1 || control.route_to === null ? { to: null, share: 1 } : { to: control.route_to, share: 1 - share };
}

/** A share that goes back leaves the lease of the rest as it is. */
function untilOf(control: LaneRow, action: Extract<LaneAction, { verb: 'reroute' }>, now: number): number | null {
  if (action.to === 'default') return control.route_until;
  return action.forMs === undefined ? null : now + action.forMs;
}

/** Where a task stands in [0, 1), spread evenly: consecutive numbers lie far apart (the golden ratio). */
function placeOf(task: number): number {
  return (task * 0.618_033_988_749_895) % 1;
}

/** The record when the clock was set back by so much: a lease lasts as long as it was to. */
export function leasesSetBack(control: LaneRow, byMs: number): LaneRow {
  const back = (moment: number | null) => (moment === null ? null : moment - byMs);
  return {
    ...control,
    intake_until: back(control.intake_until),
    route_until: back(control.route_until),
    set_until: back(control.set_until),
  };
}

/** Whether a person, or a runbook of theirs, changed a lane last; the desk's own hand does not count. */
export function byPerson(text: string | null): boolean {
  return text !== null && actorOf(text).via !== 'desk';
}

/** Whose word holds for what a lane has begun: its definition, or the last one where its file is gone. */
export function servedBy(lane: Lane): AgentDefinition | null {
  return lane.definition ?? lane.leaving;
}

/** Tasks of an agent that may run at once: as `set`, or as its file says. */
export function concurrencyOf(lane: Lane): number {
  return lane.control.set_concurrency ?? servedBy(lane)?.nightdesk.intake.concurrency ?? 0;
}

/** The budget of an agent in force: the money as `set`, the rest as its file says. */
export function budgetOf(lane: Lane): Budget {
  const own = lane.definition?.nightdesk.budget ?? {};
  return lane.control.set_budget_usd === null ? own : { ...own, daily: lane.control.set_budget_usd };
}

function actorOf(text: string | null): Actor {
  const parsed = actorSchema.safeParse(JSON.parse(text ?? 'null'));
  return parsed.success ? parsed.data : { name: 'unknown', via: 'desk' };
}

/** What is paused, drained or rerouted on this lane right now. */
export function interventionsOf(control: LaneRow): Intervention[] {
  const found: Intervention[] = [];
  if (control.intake !== 'open') {
    found.push({
      id: `intake:${control.agent}`,
      verb: control.intake === 'paused' ? 'pause' : 'drain',
      agent: control.agent,
      to: control.intake_reason,
      by: actorOf(control.intake_by),
      since: control.intake_since ?? 0,
      until: control.intake_until,
      undo: { verb: 'resume', agent: control.agent },
    });
  }
  if (control.route_to !== null) {
    found.push({
      id: `route:${control.agent}`,
      verb: 'reroute',
      agent: control.agent,
      to:
        control.route_share === 1 ? control.route_to : `${control.route_to} ${Math.round(control.route_share * 100)}%`,
      by: actorOf(control.route_by),
      since: control.route_since ?? 0,
      until: control.route_until,
      undo: { verb: 'reroute', agent: control.agent, to: 'default' },
    });
  }
  if (control.set_concurrency !== null || control.set_budget_usd !== null) {
    found.push({
      id: `set:${control.agent}`,
      verb: 'set',
      agent: control.agent,
      to: setText(control),
      by: actorOf(control.set_by),
      since: control.set_since ?? 0,
      until: control.set_until,
      undo: { verb: 'set', agent: control.agent, concurrency: null, budgetUsd: null },
    });
  }
  return found;
}

/** What is set in place of the agent's file. */
function setText({ set_concurrency: concurrency, set_budget_usd: usd }: LaneRow): string {
  return [
    ...(concurrency === null ? [] : [`${concurrency} at a time`]),
    ...(usd === null ? [] : [`$${usd} a day`]),
  ].join(', ');
}
