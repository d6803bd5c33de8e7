import { type Action, subjectOf } from '#contract/action.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunCommand } from '#contract/runbook.ts';
import type { RunbooksOptions } from '../types.ts';
import { beginCheck } from './check-progress.ts';
import { healthOf } from './effects.ts';
import { jump, skipped } from './path.ts';
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
import { isInProgress, isSettled, nextState } from './step-table.ts';
import { canUndo, isAction, isLive, livePlan } from './view.ts';

type Desk = Pick<RunbooksOptions, 'runtime' | 'measure' | 'notify' | 'now'>;
type Decided = Result<RunRecord>;
type StepCommand = Exclude<RunCommand, { do: 'end' }>;

/**
 * What a command makes of a run. Nothing is sent yet: a step that comes out in progress is journaled first and advanced
 * after, so that its intent and key are on the disk before anything happens.
 */
export function decide(record: RunRecord, command: RunCommand, by: Actor, desk: Desk): Decided {
  if (command.do === 'end') return endRun(record, command.reason, desk.now());
  const step = record.steps.find((one) => one.source.id === command.step);
  if (step === undefined) {
    return fail('NOT_FOUND', `The run has no step ${command.step}.`, { kept: UNCHANGED, todo: 'Open the run again.' });
  }
  if (command.do === 'undo') return undoStep(record, step, by, desk);
  if (currentStep(record) !== step) {
    return conflict(
      `"${step.source.title}" is not the step that is next.`,
      'Do the steps in their order, or skip with a reason.',
    );
  }
  return onCurrent(record, step, command, by, desk);
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
  command: Exclude<StepCommand, { do: 'undo' }>,
  by: Actor,
  desk: Desk,
): Decided {
  switch (command.do) {
    case 'confirm':
      return confirm(record, step, command, by, desk);
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
  by: Actor,
  desk: Desk,
): Decided {
  const { directive } = step.source;
  if (directive === null || !isLive(step))
    return badInput('This step is done by hand.', 'Check it off when it is done.');
  if (directive.verb === 'ask') return badInput('This step asks a question.', 'Answer it with one of its choices.');
  if (step.state !== 'todo') return conflict(`The step is ${step.state}.`, 'Wait for its end, or retry it.');
  if (directive.check !== null) return succeed(check(record, step, by, desk.now()));
  if (!isAction(step)) return succeed(act(record, step, {}, by, desk));
  const planned = livePlan(record, step, desk.runtime);
  if (planned === null || !planned.ok) return planned ?? conflict('There is no plan.', 'Open the run again.');
  const plan = planned.value;
  if (command.planHash !== undefined && command.planHash !== plan.hash) {
    return conflict('The state changed since this plan was shown.', 'Read the new plan and confirm again.');
  }
  const subject = subjectOf(plan.action);
  if (directive.confirm === 'type' && command.typed !== subject) {
    return badInput(`This step asks for the name ${subject}, typed.`, `Type ${subject}.`);
  }
  const approvers = [...new Set([...step.approvers, by.name])];
  if (approvers.length < directive.approvals) return approve(record, step, approvers, directive.approvals);
  return succeed(act(record, step, { plan, action: plan.action, approvers }, by, desk));
}

/** One of several approvals: the action waits for the rest. */
function approve(record: RunRecord, step: StepRecord, approvers: string[], needed: number): Decided {
  if (approvers.length === step.approvers.length) {
    return conflict(
      `You have approved it; it needs ${needed} people, and another has to confirm.`,
      'Let a second person sign in and confirm, or skip it with a reason.',
    );
  }
  const seen = `approved by ${approvers.join(', ')}: ${approvers.length} of ${needed}, waiting for another person`;
  return succeed(withStep(record, { ...step, approvers, seen }));
}

/** The step as it is journaled before its action is sent. */
function act(
  record: RunRecord,
  step: StepRecord,
  what: { plan?: StepRecord['plan']; action?: Action; approvers?: string[] },
  by: Actor,
  desk: Desk,
): RunRecord {
  const tries = step.tries + 1;
  const begun = {
    ...what,
    tries,
    key: keyOf(record, step, tries),
    by,
    startedAt: desk.now(),
    endedAt: null,
    seen: null,
  };
  const before = healthOf({ ...step, ...begun }, desk);
  return afterEvent(record, step.index, 'act', { ...begun, before, receipt: null, undoing: false });
}

/** The same for one try of one step, whatever happens to the desk; never the same for two. */
function keyOf(record: RunRecord, step: StepRecord, tries: number): string {
  return `run-${record.run.id}-${record.run.startedAt}-step-${step.index}-try-${tries}`;
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
  if (!isAction(step) && step.source.directive?.check != null) return succeed(check(record, step, by, now));
  return succeed(afterEvent(record, step.index, 'retry', { ...BLANK, tries: step.tries }));
}

function undoStep(record: RunRecord, step: StepRecord, by: Actor, desk: Desk): Decided {
  if (step.undo === null || !canUndo(step, desk.runtime.snapshot().interventions)) {
    return conflict('There is nothing of this step to undo.', 'Look at what is in force on the agent.');
  }
  const tries = step.tries + 1;
  const changes = {
    by,
    tries,
    key: keyOf(record, step, tries),
    action: step.undo,
    undoing: true,
    startedAt: desk.now(),
    endedAt: null,
    seen: null,
  };
  return succeed(afterEvent(record, step.index, 'undo', changes));
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
