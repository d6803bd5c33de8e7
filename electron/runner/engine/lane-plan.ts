import { createHash } from 'node:crypto';
import { type Action, commandOf, type LaneAction, type Plan } from '#contract/action.ts';
import { type Actor, writeSpan } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { budgetOf, concurrencyOf, type Lane, viewOf } from './lane.ts';
import type { ProviderDesk } from './provider-desk.ts';
import { badSet, settingsText, undoOfSet, willSet } from './set.ts';

/** What an action on a lane would do, from live state. */
export function planLane(action: LaneAction, lane: Lane, providers: ProviderDesk): Result<Plan> {
  const view = viewOf(lane);
  if (action.verb === 'reroute' && action.to !== 'default' && !view.route.includes(action.to)) {
    return fail('BAD_INPUT', `${action.to} is not in the route of ${action.agent}.`, {
      kept: 'Nothing was changed.',
      todo: `Use one of: ${view.route.join(', ')}, or default.`,
      where: 'to',
    });
  }
  const wrong = action.verb === 'set' ? badSet(action) : undefined;
  if (wrong) return wrong;
  return succeed({
    action,
    willChange: willChange(action, lane),
    touches: `${view.queued} queued, ${view.running} running, ${view.waiting} waiting`,
    headroom:
      action.verb === 'reroute' ? headroom(action.to === 'default' ? fileRoute(lane)[0] : action.to, providers) : null,
    undoneBy: undoneBy(action),
    undo: undoOf(action, lane),
    command: commandOf(action),
    hash: stateHash(action, lane),
  });
}

/** What puts it back. */
function undoOf(action: LaneAction, lane: Lane): LaneAction {
  const { control } = lane;
  switch (action.verb) {
    case 'set':
      return undoOfSet(action, control);
    case 'reroute': {
      const share = control.route_to === null || control.route_share === 1 ? {} : { share: control.route_share };
      return { verb: 'reroute', agent: action.agent, to: control.route_to ?? 'default', ...share };
    }
    case 'resume':
      return { verb: control.intake === 'draining' ? 'drain' : 'pause', agent: action.agent };
    case 'pause':
    case 'drain':
      return { verb: 'resume', agent: action.agent };
  }
}

function headroom(provider: string | undefined, providers: ProviderDesk): string | null {
  const found = provider === undefined ? undefined : providers.get(provider);
  if (!found) return null;
  if (!found.configured) return `${found.name} has no key: it cannot serve`;
  const errors = `${found.errors} errors in ${found.calls} calls of the last minute`;
  return found.breaker === 'closed'
    ? `${found.name} serves: ${errors}`
    : `${found.name}: breaker ${found.breaker}, ${errors}`;
}

function willChange(action: LaneAction, lane: Lane): string {
  const view = viewOf(lane);
  switch (action.verb) {
    case 'pause':
      return `Intake of ${action.agent}: ${view.intake} → paused. No task starts; running ones stop before their next model call. New tasks are accepted and wait`;
    case 'drain':
      return `Intake of ${action.agent}: ${view.intake} → draining. No task starts; running ones finish. New tasks are accepted and wait`;
    case 'resume':
      return `Intake of ${action.agent}: ${view.intake} → open. ${view.queued} queued tasks start, ${lane.definition?.nightdesk.intake.concurrency ?? 0} at a time`;
    case 'reroute': {
      const to = action.to === 'default' ? (fileRoute(lane)[0] ?? 'none') : action.to;
      const of =
        action.share === undefined || action.share === 1 ? 'every task' : `${percent(action.share)} of the tasks`;
      return `Route of ${action.agent}: ${view.route[0] ?? 'none'} → ${to}, from the next step of ${of}`;
    }
    case 'set':
      return willSet(action, lane);
  }
}

function undoneBy(action: LaneAction): string {
  const lease = 'forMs' in action && action.forMs !== undefined ? `; by itself after ${writeSpan(action.forMs)}` : '';
  switch (action.verb) {
    case 'pause':
    case 'drain':
      return `Resume${lease}`;
    case 'resume':
      return 'Pause again';
    case 'reroute':
      return `Route back${lease}`;
    case 'set':
      return `Set back${lease}`;
  }
}

/** Of what the plan was made from, less the counts: they change with every task. */
function stateHash(action: Action, lane: Lane): string {
  const { intake, route } = viewOf(lane);
  return createHash('sha256')
    .update(JSON.stringify([action, intake, route, lane.control.route_share, concurrencyOf(lane), budgetOf(lane)]))
    .digest('hex')
    .slice(0, 16);
}

/** What was done, in words. */
export function doneText(action: LaneAction, by: Actor): string {
  switch (action.verb) {
    case 'pause':
      return `${by.name} paused ${action.agent}`;
    case 'drain':
      return `${by.name} drains ${action.agent}`;
    case 'resume':
      return `${by.name} resumed ${action.agent}`;
    case 'reroute':
      return action.to === 'default'
        ? `${by.name} routed ${action.agent} back`
        : `${by.name} rerouted ${action.agent} to ${action.to}`;
    case 'set':
      return `${by.name} set ${action.agent}: ${settingsText(action)}`;
  }
}

/** The providers of an agent's file, in its order. */
export function fileRoute(lane: Lane): string[] {
  return [...new Set((lane.definition?.model ?? []).map((reference) => reference.slice(0, reference.indexOf('/'))))];
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
