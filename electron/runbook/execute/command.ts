import { type Action, subjectOf } from '#contract/action.ts';
import { type Actor, parseSpan } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunCommand } from '#contract/runbook.ts';
import type { RunbooksOptions } from '../types.ts';
import { overCap } from './cap.ts';
import { beginCheck } from './check-progress.ts';
import { healthOf } from './effects.ts';
import { canRenew } from './lease.ts';
import { jump, skipped } from './path.ts';
import { livePlan } from './plan-step.ts';
import {
  afterEvent,
  BLANK,
  currentStep,
  isRecovered,
  type RunRecord,
  type StepRecord,
  withStep,
  withSteps,
} from './record.ts';
import { beginRollBack } from './roll-back.ts';
import { isInProgress, isSettled, nextState } from './step-table.ts';
import { keyOf, nextTry, undoStep } from './undo.ts';
import { confirmOf, isAct, isLive, mannerOf } from './verb.ts';
import { spanInWords } from './words.ts';

/** What a decision is made from. */
export type Desk = Pick<RunbooksOptions, 'runtime' | 'measure' | 'settings' | 'canaries' | 'now'> & {
  /** Acts of all runs since then. */
  actsSince(from: number): number;
};
type Decided = Result<RunRecord>;
/** Who gives a command, and who that is for certain: approvals count persons. */
export type Caller = { by: Actor; person: string };
/** What is done to a step; holders and edits of the file are not decided here. */
export type StepCommand = Extract<RunCommand, { step: string }>;

/**
 * What a command makes of a run. Nothing is sent yet: a step that comes out in progress is journaled first and advanced
 * after, so that its intent and key are on the disk before anything happens.
 */
export function decide(
  record: RunRecord,
  command: StepCommand | Extract<RunCommand, { do: 'end' }>,
  caller: Caller,
  desk: Desk,
): Decided {
  if (record.rollBack !== null && command.do !== 'cancel') {
    return conflict('The run is being rolled back.', 'Wait for its end, or cancel the undo that is on its way.');
  }
  if (command.do === 'end') return endRun(record, command.reason, desk.now());
  const step = record.steps.find((one) => one.source.id === command.step);
  if (step === undefined) {
    return fail('NOT_FOUND', `The run has no step ${command.step}.`, { kept: UNCHANGED, todo: 'Open the run again.' });
  }
  switch (command.do) {
    case 'undo':
      return undoStep(record, step, caller.by, desk);
    case 'renew':
      return renew(record, step, caller.by, desk);
    case 'cancel':
      return cancel(record, step, command.reason, caller.by, desk.now());
    case 'roll-back':
      return beginRollBack(record, step, caller.by, desk);
    default:
      if (currentStep(record) === step) return onCurrent(record, step, command, caller, desk);
      return conflict(
        `"${step.source.title}" is not the step that is next.`,
        'Do the steps in their order, or skip with a reason.',
      );
  }
}

const UNCHANGED = 'Nothing was changed.';

function conflict(message: string, todo: string): Decided {
  return fail('CONFLICT', message, { kept: UNCHANGED, todo });
}

function badInput(message: string, todo: string): Decided {
  return fail('BAD_INPUT', message, { kept: UNCHANGED, todo });
}

function onCurrent(
  record: RunRecord,
  step: StepRecord,
  command: Exclude<StepCommand, { do: 'undo' | 'renew' | 'cancel' | 'roll-back' }>,
  caller: Caller,
  desk: Desk,
): Decided {
  const { by } = caller;
  switch (command.do) {
    case 'confirm':
      return confirm(record, step, command, caller, desk);
    case 'check-off':
      if (isLive(step)) return badInput('This step is not done by hand.', 'Start it, or skip it with a reason.');
      if (step.state !== 'todo') return conflict(`The step is ${step.state}.`, 'Retry it first.');
      return succeed(afterEvent(record, step.index, 'done', { by, startedAt: desk.now(), endedAt: desk.now() }));
    case 'answer':
      return answer(record, step, command.choice, by, desk.now());
    case 'skip':
      if (step.source.directive?.required === true) {
        return badInput('This step must pass before the next one opens.', 'Retry it, or end the run with a reason.');
      }
      if (nextState(step.state, 'skip') === undefined) return conflict('The step is at work.', 'Wait for its end.');
      return succeed(afterEvent(record, step.index, 'skip', { by, reason: command.reason, endedAt: desk.now() }));
    case 'retry':
      return retry(record, step, by, desk.now());
  }
}

function confirm(
  record: RunRecord,
  step: StepRecord,
  command: Extract<RunCommand, { do: 'confirm' }>,
  caller: Caller,
  desk: Desk,
): Decided {
  const { by } = caller;
  const { directive } = step.source;
  if (directive === null) return badInput('This step is done by hand.', 'Check it off when it is done.');
  if (directive.verb === 'ask') return badInput('This step asks a question.', 'Answer it with one of its choices.');
  if (step.state !== 'todo') return conflict(`The step is ${step.state}.`, 'Wait for its end, or retry it.');
  if (directive.check !== null) return succeed(check(record, step, by, desk.now()));
  if (mannerOf(step) === 'wait') return succeed(wait(record, step, by, desk.now()));
  const planned = livePlan(record, step, desk);
  if (planned === null) return succeed(act(record, step, {}, by, desk));
  if (!planned.ok) return planned;
  const plan = planned.value;
  if (command.planHash !== undefined && command.planHash !== plan.hash) {
    return conflict('The state changed since this plan was shown.', 'Read the new plan and confirm again.');
  }
  const refused = isAct(step) ? overCap(plan, desk) : null;
  if (refused !== null) return refused;
  const subject = subjectOfStep(record, plan.action);
  if (confirmOf(directive) === 'type' && command.typed !== subject) {
    return badInput(`This step asks for the name ${subject}, typed.`, `Type ${subject}.`);
  }
  // An approval is of the plan that was shown: another plan needs everybody again.
  const before = step.plan?.hash === plan.hash ? step.approvers : [];
  const approvers = [...new Set([...before, caller.person])];
  if (approvers.length < directive.approvals) {
    return approve(record, { ...step, approvers: before, plan }, approvers, directive.approvals);
  }
  const action = plan.action === null ? {} : { action: plan.action };
  return succeed(act(record, step, { plan, ...action, approvers }, by, desk));
}

/** What `confirm=type` asks for: what the action is about, else the runbook's name. */
export function subjectOfStep(record: RunRecord, action: Action | null): string {
  return action === null ? record.run.runbook : subjectOf(action);
}

/** One of several approvals: the action waits for the rest. */
function approve(record: RunRecord, step: StepRecord, approvers: string[], needed: number): Decided {
  if (approvers.length === step.approvers.length) {
    return conflict(
      `You have approved it; it needs ${needed} people, and another has to confirm.`,
      'Let a second person sign in and confirm (nightdesk invite NAME), or skip it with a reason.',
    );
  }
  const seen = `approved by ${approvers.join(', ')}: ${approvers.length} of ${needed}, waiting for another person`;
  return succeed(withStep(record, { ...step, approvers, seen }));
}

function wait(record: RunRecord, step: StepRecord, by: Actor, now: number): RunRecord {
  const ms = parseSpan(step.source.directive?.positional[0] ?? '') ?? 0;
  const progress = { deadlineAt: now + ms, heldSince: null, readAt: null, readings: 0 };
  return afterEvent(record, step.index, 'check', { by, startedAt: now, endedAt: null, progress, seen: null });
}

/** Stops what is under way: a wait is then over, anything else has failed. What the runtime has taken stays taken. */
function cancel(record: RunRecord, step: StepRecord, reason: string, by: Actor, now: number): Decided {
  if (!isInProgress(step.state))
    return conflict(`The step is ${step.state}.`, 'Only what is under way can be stopped.');
  if (mannerOf(step) === 'wait') {
    const seen = `ended after ${spanInWords(now - (step.startedAt ?? now))}: ${reason}`;
    return succeed(afterEvent(record, step.index, 'held', { by, seen, reason, endedAt: now }));
  }
  const taken = step.receipt !== null && step.receipt.key === step.key ? ', the runtime has taken it' : '';
  const seen = `cancelled by ${by.name}${taken}: ${reason}`;
  const undo = step.undo ?? step.plan?.undo ?? null;
  const changes = { by, seen, reason, undo, undoing: false, renewing: false, endedAt: now };
  return succeed({ ...afterEvent(record, step.index, 'cancel', changes), rollBack: null });
}

/** The lease begins anew, as long as it was. */
function renew(record: RunRecord, step: StepRecord, by: Actor, desk: Desk): Decided {
  const action = step.receipt?.action;
  if (action === undefined || !canRenew(step, desk.runtime.snapshot().interventions)) {
    return conflict('No lease of this step is in force.', 'Do the step again, or look at what is in force.');
  }
  const tries = step.tries + 1;
  const changes = { by, tries, key: keyOf(record, step, tries), action, renewing: true };
  return succeed(afterEvent(record, step.index, 'renew', changes));
}

/** The step as it is journaled before its action is sent. */
function act(
  record: RunRecord,
  step: StepRecord,
  what: Partial<Pick<StepRecord, 'plan' | 'action' | 'approvers'>>,
  by: Actor,
  desk: Desk,
): RunRecord {
  const begun = {
    ...what,
    ...nextTry(record, step),
    inDoubt: false,
    by,
    startedAt: desk.now(),
    endedAt: null,
    seen: null,
  };
  const before = healthOf({ ...step, ...begun }, desk);
  return afterEvent(record, step.index, 'act', {
    ...begun,
    ...{ before, receipt: null, undoing: false, stage: 0, stageUntil: null, task: null, output: null, value: null },
  });
}

function check(record: RunRecord, step: StepRecord, by: Actor, now: number): RunRecord {
  const wanted = step.source.directive?.check ?? step.source.verify;
  if (wanted === null) throw new Error('a step begins a check without one');
  const changes = { by, startedAt: now, endedAt: null, progress: beginCheck(wanted, now), seen: null };
  return afterEvent(record, step.index, 'check', changes);
}

/** The word that answers a failed check which has an `else:`. */
const ELSE = 'else';

function answer(record: RunRecord, step: StepRecord, choice: string, by: Actor, now: number): Decided {
  const failed = step.state === 'failed' || step.state === 'no-data';
  if (failed && choice === ELSE && step.source.else !== null) {
    const to = step.source.else;
    if (!record.steps.some((one) => one.sectionId === to))
      return badInput(`No step stands under #${to}.`, 'Skip it with a reason.');
    const reason = `${step.seen ?? 'it failed'}; went to ${sectionTitle(record, to)}`;
    return succeed(
      jump(afterEvent(record, step.index, 'skip', { by, reason, endedAt: now }), step.index, to, reason, now),
    );
  }
  const { directive, choices } = step.source;
  if (directive?.verb !== 'ask')
    return badInput('This step asks nothing.', 'Start it, check it off, or skip it with a reason.');
  if (step.state !== 'todo') return conflict(`The step is ${step.state}.`, 'Go on with the next one.');
  const chosen = choices.find((one) => one.value === choice);
  if (chosen === undefined && directive.positional[0] === 'choice') {
    return badInput(
      `"${choice.slice(0, 60)}" is none of the choices.`,
      `Choose ${choices.map((one) => one.value).join(', ')}.`,
    );
  }
  const seen = `answered: ${choice}`;
  const answered = afterEvent(record, step.index, 'done', { by, answer: choice, seen, startedAt: now, endedAt: now });
  const to = chosen?.goto ?? null;
  return succeed(to === null ? answered : jump(answered, step.index, to, `not asked for: ${choice}`, now));
}

function sectionTitle(record: RunRecord, id: string): string {
  return record.steps.find((step) => step.sectionId === id)?.section ?? id;
}

/** A check is measured again at once; an action stands open again with a new plan. */
function retry(record: RunRecord, step: StepRecord, by: Actor, now: number): Decided {
  if (nextState(step.state, 'retry') === undefined)
    return conflict(`The step is ${step.state}.`, 'Only a failed step is tried again.');
  if (step.source.directive?.check != null) return succeed(check(record, step, by, now));
  const { tries, inDoubt } = step;
  return succeed(afterEvent(record, step.index, 'retry', { ...BLANK, tries, inDoubt }));
}

/** Ends a run: as recovered when that is proven, else with a reason. */
function endRun(record: RunRecord, reason: string | undefined, now: number): Decided {
  if (record.steps.some((step) => step.state === 'acting'))
    return conflict('An action is on its way.', 'Wait for its end.');
  const recovered = isRecovered(record);
  const text = reason?.trim() ?? '';
  if (!recovered && text.length < 3) {
    return badInput(
      'The recovery is not proven, so ending takes a reason.',
      'Pass the verify steps, or say why you end here.',
    );
  }
  const left = recovered ? 'the recovery was proven' : `the run was ended: ${text}`;
  const steps = record.steps.map((step) => {
    const open = !isSettled(step.state) && step.state !== 'failed' && step.state !== 'no-data';
    return open ? skipped(step, step.detour ? 'not on the way' : left, now) : step;
  });
  const run = {
    ...record.run,
    endedAt: now,
    outcome: recovered ? ('recovered' as const) : ('ended' as const),
    endReason: text || null,
  };
  return succeed(withSteps({ ...record, run }, steps));
}

/** Ends the run when all its steps are behind and the recovery is proven; else leaves it as it is. */
export function endWhenProven(record: RunRecord, now: number): RunRecord {
  if (record.run.endedAt !== null || currentStep(record) !== undefined || !isRecovered(record)) return record;
  if (record.steps.some((step) => isInProgress(step.state))) return record;
  const ended = endRun(record, undefined, now);
  return ended.ok ? ended.value : record;
}
