import { createHash } from 'node:crypto';
import {
  type Action,
  actionSchema,
  commandOf,
  type LaneAction,
  type Outcome,
  type Plan,
  type Receipt,
  subjectOf,
} from '#contract/action.ts';
import type { AuditWrite } from '#contract/audit.ts';
import { type Actor, canonicalJson } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Control } from '../../store/lane.ts';
import { messageOf } from '../worker/unwind.ts';
import type { DeadLetterDesk } from './dead-letter.ts';
import type { Engine } from './engine.ts';
import type { Guards } from './guards.ts';
import {
  budgetOf,
  concurrencyOf,
  controlAfter,
  interventionsOf,
  type Lane,
  leasesSetBack,
  routeAfter,
  viewOf,
} from './lane.ts';
import { planReset, resetBreaker, verifyReset } from './reset.ts';
import { badSet, setEvidence, settingsText, undoOfSet, willSet } from './set.ts';

export type ActionsOptions = {
  engine: Engine;
  control: Control;
  guards: Guards;
  deadLetters: DeadLetterDesk;
  now(): number;
  audit: AuditWrite;
  /** Something was done to an agent's lane. */
  onAction(agent: string, text: string, by: Actor): void;
};

const LEASE_END: Actor = { name: 'Nightdesk', via: 'desk' };

/** Plan, execute and verify what people and runbooks do to lanes and tasks; leases end here by themselves. */
export function createActions(options: ActionsOptions) {
  const { engine, control, guards, deadLetters, now } = options;
  const { providers } = guards;
  let leaseTimer: NodeJS.Timeout | undefined;

  function laneFor(agent: string): Result<Lane> {
    const lane = engine.lanes.get(agent);
    if (lane) return succeed(lane);
    return fail('NOT_FOUND', `There is no agent "${agent}".`, {
      kept: 'Nothing was changed.',
      todo: `Use one of: ${[...engine.lanes.keys()].join(', ')}.`,
    });
  }

  function plan(action: Action): Result<Plan> {
    if (action.verb === 'cancel') return succeed(planCancel(action));
    if (action.verb === 'reset') return planReset(action, guards);
    if (action.verb === 'requeue') return deadLetters.plan(action);
    if (action.verb === 'retry') return deadLetters.planRetry(action);
    const found = laneFor(action.agent);
    if (!found.ok) return found;
    const lane = found.value;
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
    const undo: Action =
      action.verb === 'set'
        ? undoOfSet(action, lane.control)
        : action.verb === 'reroute'
          ? {
              verb: 'reroute',
              agent: action.agent,
              to: lane.control.route_to ?? 'default',
              ...(lane.control.route_to === null || lane.control.route_share === 1
                ? {}
                : { share: lane.control.route_share }),
            }
          : action.verb === 'resume'
            ? { verb: view.intake === 'draining' ? 'drain' : 'pause', agent: action.agent }
            : { verb: 'resume', agent: action.agent };
    return succeed({
      action,
      willChange: willChange(action, lane),
      touches: `${view.queued} queued, ${view.running} running, ${view.waiting} waiting`,
      headroom: action.verb === 'reroute' ? headroom(action.to === 'default' ? fileRoute(lane)[0] : action.to) : null,
      undoneBy: undoneBy(action),
      undo,
      command: commandOf(action),
      hash: stateHash(action, lane),
    });
  }

  function planCancel(action: Extract<Action, { verb: 'cancel' }>): Plan {
    return {
      action,
      willChange: `${action.task}: it ends as cancelled; a step that runs is told to stop`,
      touches: 'this one task; effects that are done stay done',
      headroom: null,
      undoneBy: 'nothing; submit it again under another key',
      undo: null,
      command: commandOf(action),
      hash: createHash('sha256').update(action.task).digest('hex').slice(0, 16),
      reach: 1,
    };
  }

  function headroom(provider: string | undefined): string | null {
    const found = provider === undefined ? undefined : providers.get(provider);
    if (!found) return null;
    if (!found.configured) return `${found.name} has no key: it cannot serve`;
    const errors = `${found.errors} errors in ${found.calls} calls of the last minute`;
    return found.breaker === 'closed'
      ? `${found.name} serves: ${errors}`
      : `${found.name}: breaker ${found.breaker}, ${errors}`;
  }

  async function execute(action: Action, key: string, by: Actor, planHash?: string): Promise<Result<Receipt>> {
    const before = control.actionByKey(key);
    if (before) {
      if (canonicalJson(actionSchema.parse(JSON.parse(before.action))) !== canonicalJson(action)) {
        return fail('CONFLICT', 'This key was used for another action.', {
          kept: 'Nothing was changed.',
          todo: 'Use a new key for a new action.',
        });
      }
      return succeed({ key, action, acceptedAt: before.accepted_at, repeated: true });
    }
    const planned = plan(action);
    if (!planned.ok) return planned;
    if (planHash !== undefined && planHash !== planned.value.hash) {
      return fail('CONFLICT', 'The state changed since the plan was shown.', {
        kept: 'Nothing was changed.',
        todo: 'Look at the new plan, then confirm it.',
      });
    }
    const acceptedAt = now();
    const { hash, willChange: willDo } = planned.value;
    const write = (): void => {
      control.writeAction(key, JSON.stringify(action), acceptedAt);
      const receipt: Receipt = { key, action, acceptedAt, repeated: false };
      const details = { ...receipt, planHash: hash, shownHash: planHash ?? null, planned: willDo };
      options.audit({ by, what: 'action.done', subject: subjectOf(action), details });
    };
    if (action.verb === 'requeue') {
      try {
        await deadLetters.requeue(action, by, write);
      } catch (error) {
        return notWritten(error);
      }
      return succeed({ key, action, acceptedAt, repeated: false });
    }
    if (action.verb === 'reset') {
      try {
        await engine.commit(write);
      } catch (error) {
        return notWritten(error);
      }
      resetBreaker(action, by, guards);
      return succeed({ key, action, acceptedAt, repeated: false });
    }
    if (action.verb === 'retry') {
      const done = await deadLetters.retryNow(action.task, by, write).catch(notWritten);
      return done.ok ? succeed({ key, action, acceptedAt, repeated: false }) : done;
    }
    const refused = action.verb === 'cancel' ? await cancel(action, by, write) : await apply(action, by, write);
    return refused ?? succeed({ key, action, acceptedAt, repeated: false });
  }

  async function cancel(
    { task }: Extract<Action, { verb: 'cancel' }>,
    by: Actor,
    alongside: () => void,
  ): Promise<ReturnType<typeof fail> | undefined> {
    const done = await engine.cancel(task, by, alongside).catch(notWritten);
    if (typeof done !== 'boolean') return done;
    if (done) return undefined;
    return fail('CONFLICT', `${task} is not in flight.`, {
      kept: 'Nothing was changed.',
      todo: `Look at it: nightdesk task ${task}`,
    });
  }

  function notWritten(error: unknown): ReturnType<typeof fail> {
    return fail('STORAGE', `The change could not be written: ${messageOf(error)}.`, {
      kept: 'Nothing was changed.',
      todo: 'Free space on the disk of the data folder, then try again.',
    });
  }

  async function apply(
    action: LaneAction,
    by: Actor,
    alongside: () => void,
  ): Promise<ReturnType<typeof fail> | undefined> {
    const lane = engine.laneOf(action.agent);
    try {
      await engine.commit(() => {
        const next = controlAfter(lane.control, action, by, now());
        control.writeLane(next);
        alongside();
        lane.control = next;
        if (action.verb === 'reroute') lane.calls.clear();
        engine.markDirty(lane);
      });
    } catch (error) {
      return notWritten(error);
    }
    engine.change(() => {});
    guards.changed();
    scheduleLeases();
    options.onAction(action.agent, sentence(action, by), by);
    return undefined;
  }

  function verify(receipt: Receipt): Outcome {
    const { action } = receipt;
    if (action.verb === 'cancel') {
      return engine.running.has(Number(action.task.slice(1)))
        ? { state: 'pending', evidence: `${action.task} was told to stop` }
        : { state: 'applied', evidence: `${action.task} no longer runs` };
    }
    if (action.verb === 'reset') return verifyReset(action, guards);
    if (action.verb === 'requeue') return deadLetters.verify(action);
    if (action.verb === 'retry') return deadLetters.verifyRetry(action);
    const lane = engine.lanes.get(action.agent);
    if (!lane) return { state: 'diverged', evidence: `there is no agent ${action.agent} any more` };
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
          action.share === undefined || action.share === 1
            ? ''
            : `, ${percent(action.share)} of the tasks on ${served}`;
        return { state: 'applied', evidence: `${routeText}${part}, ${calls} calls on ${served} since` };
      }
      case 'set':
        return setEvidence(action, lane);
    }
  }

  function endLease(action: LaneAction): void {
    void apply(action, LEASE_END, () =>
      options.audit({ by: LEASE_END, what: 'action.lease-ended', subject: action.agent, details: { action } }),
    );
  }

  /** Ends leases whose time has come, and wakes for the next. */
  function scheduleLeases(): void {
    clearTimeout(leaseTimer);
    let next = Number.POSITIVE_INFINITY;
    for (const lane of engine.lanes.values()) {
      const { intake_until: intakeUntil, route_until: routeUntil, set_until: setUntil, agent } = lane.control;
      if (intakeUntil !== null && intakeUntil <= now()) {
        endLease({ verb: 'resume', agent });
        return;
      }
      if (routeUntil !== null && routeUntil <= now()) {
        endLease({ verb: 'reroute', agent, to: 'default' });
        return;
      }
      if (setUntil !== null && setUntil <= now()) {
        endLease({ verb: 'set', agent, concurrency: null, budgetUsd: null });
        return;
      }
      next = Math.min(next, intakeUntil ?? next, routeUntil ?? next, setUntil ?? next);
    }
    if (Number.isFinite(next)) leaseTimer = setTimeout(scheduleLeases, Math.min(next - now(), 2 ** 30) + 1);
  }

  return {
    plan,
    execute,
    verify,
    interventions: () => [...engine.lanes.values()].flatMap((lane) => interventionsOf(lane.control)),
    scheduleLeases,
    /** The clock was put on, or set back (below 0). */
    clockJumped(byMs: number): void {
      const leased = [...engine.lanes.values()].filter(({ control: { intake_until, route_until, set_until } }) =>
        [intake_until, route_until, set_until].some((until) => until !== null),
      );
      if (byMs < 0 && leased.length > 0) {
        engine.change(() => {
          for (const lane of leased) {
            lane.control = leasesSetBack(lane.control, -byMs);
            control.writeLane(lane.control);
            engine.markDirty(lane);
          }
          setImmediate(scheduleLeases);
        });
      } else scheduleLeases();
    },
    close: (): void => clearTimeout(leaseTimer),
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9;
}

function fileRoute(lane: Lane): string[] {
  return [...new Set((lane.definition?.model ?? []).map((reference) => reference.slice(0, reference.indexOf('/'))))];
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
  const lease =
    'forMs' in action && action.forMs !== undefined ? `; by itself after ${Math.round(action.forMs / 60_000)} min` : '';
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

function sentence(action: LaneAction, by: Actor): string {
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
