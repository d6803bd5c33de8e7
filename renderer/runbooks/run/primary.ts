import { type Action, subjectOf } from '#contract/action.ts';
import type { RunCommand, RunDetail, RunStep, StepPlan } from '#contract/runbook.ts';
import { checkingWord } from './word.ts';

/*
 * What Enter does on the open step: one thing, the step's own. Pure; the buttons are in OpenStep.tsx.
 */

/** The one thing to do next on the step that is open. */
export type Primary =
  /** Sends a command; `typed` is the text that has to be typed before, null where a press is enough. */
  | { kind: 'command'; label: string; command: RunCommand; typed: string | null }
  /** One of the choices is picked first. */
  | { kind: 'answer'; label: string }
  /** The desk is at work: there is nothing to press. */
  | { kind: 'wait'; label: string };

/** @param run the steps of the run, to name the section that a failed check leads to */
export function primaryOf(step: RunStep, run: Pick<RunDetail, 'steps' | 'runbook'>): Primary {
  switch (step.state) {
    case 'acting':
      return { kind: 'wait', label: actingLabel(step) };
    case 'checking':
      return { kind: 'wait', label: checkingWord(step) };
    case 'failed':
    case 'no-data':
      return afterFailure(step, run);
    case 'todo':
      return begin(step, run);
    case 'passed':
    case 'skipped':
    case 'undone':
      return { kind: 'wait', label: 'Done' };
  }
}

function actingLabel(step: RunStep): string {
  if (step.receipt === null) return 'Under way';
  // Between two shares of a ramp.
  return step.dueAt === null ? 'Waiting for its effect' : 'Watching this share';
}

/** The word that answers a failed check which has an `else:` in its runbook. */
const ELSE = 'else';

function afterFailure(step: RunStep, run: Pick<RunDetail, 'steps'>): Primary {
  if (step.else === null) return retry(step);
  return press(`Go to ${sectionNamed(step.else, run)}`, { do: 'answer', step: step.id, choice: ELSE });
}

/** Trying again, where it is not the primary thing. */
export function secondTry(step: RunStep): Extract<Primary, { kind: 'command' }> | null {
  const failed = step.state === 'failed' || step.state === 'no-data';
  return failed && step.else !== null ? retry(step) : null;
}

function retry(step: RunStep): Extract<Primary, { kind: 'command' }> {
  return press(step.verb === 'verify' ? 'Measure again' : 'Try again', { do: 'retry', step: step.id });
}

function begin(step: RunStep, run: Pick<RunDetail, 'runbook'>): Primary {
  if (!step.live) return press('Done by hand', { do: 'check-off', step: step.id });
  if (step.verb === 'ask') return { kind: 'answer', label: 'Answer' };
  const command = {
    do: 'confirm',
    step: step.id,
    ...(step.plan === null ? {} : { planHash: step.plan.hash }),
  } as const;
  const typed = step.confirm === 'type' && step.plan !== null ? subjectOfPlan(step.plan, run) : null;
  return { kind: 'command', label: labelOf(step), command, typed };
}

/** What is typed to confirm: what the action is about, else the runbook's name. */
function subjectOfPlan({ action }: StepPlan, run: Pick<RunDetail, 'runbook'>): string {
  return action === null ? run.runbook : subjectOf(action);
}

function press(label: string, command: RunCommand): Extract<Primary, { kind: 'command' }> {
  return { kind: 'command', label, command, typed: null };
}

function labelOf(step: RunStep): string {
  if (step.approvals > 1) return 'Approve';
  if (step.plan?.action != null) return labelOfAction(step.plan.action);
  switch (step.verb) {
    case 'verify':
      return 'Measure now';
    case 'notify':
    case 'http':
      return 'Send';
    case 'wait':
      return 'Wait';
    case 'show':
      return 'Look now';
    case 'run':
      return 'Run it';
    case 'shell':
      return 'Run in a shell';
    default:
      return 'Do it';
  }
}

/** An action as a button says it. */
export function labelOfAction(action: Action): string {
  switch (action.verb) {
    case 'pause':
      return `Pause ${action.agent}`;
    case 'drain':
      return `Drain ${action.agent}`;
    case 'resume':
      return `Resume ${action.agent}`;
    case 'reroute':
      return action.to === 'default' ? `Route ${action.agent} back` : `Reroute to ${action.to}`;
    case 'cancel':
      return `Cancel ${action.task}`;
    case 'retry':
      return `Try ${action.task} now`;
    case 'set':
      return `Set ${action.agent}`;
    case 'reset':
      return `Reset ${action.breaker}`;
    case 'requeue':
      return action.agent === undefined ? 'Requeue' : `Requeue of ${action.agent}`;
  }
}

/** The title of the section that an anchor of the runbook points to; the anchor itself where none is known. */
export function sectionNamed(anchor: string, run: Pick<RunDetail, 'steps'>): string {
  return run.steps.find((step) => slug(step.section) === anchor)?.section ?? anchor;
}

/** Anchors as GitHub makes them of a heading. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** Whether the desk is at work on a step: it can be stopped, with a reason. */
export function isUnderWay(step: RunStep): boolean {
  return step.state === 'acting' || step.state === 'checking';
}

/** Whether a person may go past the step as it stands. */
export function canSkip(step: RunStep): boolean {
  // A wait under way is ended, with a reason as well.
  if (step.required || (step.verb === 'wait' && isUnderWay(step))) return false;
  return step.state === 'todo' || step.state === 'checking' || step.state === 'failed' || step.state === 'no-data';
}
