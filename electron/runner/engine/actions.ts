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
import { controlAfter, interventionsOf, type Lane } from './lane.ts';
import { laneEvidence } from './lane-evidence.ts';
import { doneText, planLane } from './lane-plan.ts';
import { createLeases } from './lease.ts';
import { planReset, resetBreaker, verifyReset } from './reset.ts';

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
  const leases = createLeases({
    engine,
    control,
    now,
    end: (action) =>
      apply(action, LEASE_END, () =>
        options.audit({ by: LEASE_END, what: 'action.lease-ended', subject: action.agent, details: { action } }),
      ),
  });

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
    return planLane(action, found.value, providers);
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
    leases.schedule();
    options.onAction(action.agent, doneText(action, by), by);
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
    return laneEvidence(action, lane);
  }

  return {
    plan,
    execute,
    verify,
    interventions: () => [...engine.lanes.values()].flatMap((lane) => interventionsOf(lane.control)),
    scheduleLeases: leases.schedule,
    clockJumped: leases.clockJumped,
    close: leases.close,
  };
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
