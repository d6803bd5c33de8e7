import type { LaneAction, Outcome } from '#contract/action.ts';
import { type Lane, routeAfter, viewOf } from './lane.ts';
import { fileRoute, percent } from './lane-plan.ts';
import { setEvidence } from './set.ts';

/** Whether the effect of an action on a lane is there, and what shows it. */
export function laneEvidence(action: LaneAction, lane: Lane): Outcome {
  const view = viewOf(lane);
  switch (action.verb) {
    case 'pause':
    case 'drain': {
      const wanted = action.verb === 'pause' ? 'paused' : 'draining';
      if (view.intake !== wanted) return { state: 'diverged', evidence: `intake is ${view.intake}` };
      return view.running === 0
        ? { state: 'applied', evidence: `intake ${wanted}, 0 running, ${view.queued} wait` }
        : { state: 'pending', evidence: `intake ${wanted}, ${view.running} still running` };
    }
    case 'resume':
      return view.intake === 'open'
        ? { state: 'applied', evidence: `intake open, ${view.running} running, ${view.queued} queued` }
        : { state: 'diverged', evidence: `intake is ${view.intake}` };
    case 'reroute': {
      const { route_to: to, route_share: share } = lane.control;
      const wanted = routeAfter(lane.control, action);
      // Where a share goes back, the rest stays where it is: what counts is how much of it.
      const away = action.to === 'default' ? 1 - (action.share ?? 1) : wanted.share;
      const there = action.to === 'default' && away === 0 ? to === null : to === wanted.to && near(share, away);
      const routeText = `route ${view.route.join(' → ')}`;
      if (!there) return { state: 'diverged', evidence: `the ${routeText.replace('route', 'route is')}` };
      const served = action.to === 'default' ? (fileRoute(lane)[0] ?? 'none') : action.to;
      const calls = lane.calls.get(served) ?? 0;
      const part =
        action.share === undefined || action.share === 1 ? '' : `, ${percent(action.share)} of the tasks on ${served}`;
      return { state: 'applied', evidence: `${routeText}${part}, ${calls} calls on ${served} since` };
    }
    case 'set':
      return setEvidence(action, lane);
  }
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9;
}
