import { type Action, commandOf, type Intervention, type Plan } from '#contract/action.ts';
import type { Result } from '#contract/errors.ts';
import { LIVE_VERBS, type RunDetail, type RunStep } from '#contract/runbook.ts';
import type { Runtime } from '#contract/runtime.ts';
import { fill } from '../parse/fill.ts';
import { VERBS } from '../parse/grammar.ts';
import { compileAction } from './compile.ts';
import { currentStep, lookupIn, type RunRecord, type StepRecord } from './record.ts';

/** Whether this version acts on the step; the others are checked off by hand. */
export function isLive(step: StepRecord): boolean {
  const verb = step.source.directive?.verb;
  return verb !== undefined && LIVE_VERBS.some((one) => one === verb);
}

/** Whether the step's directive is an action on the runtime. */
export function isAction(step: StepRecord): boolean {
  const verb = step.source.directive?.verb;
  return isLive(step) && verb !== undefined && VERBS[verb].mutates;
}

/** A step's title, its values filled in, as plain text. */
export function titleOf(record: RunRecord, step: StepRecord): string {
  return fill(step.source.title, lookupIn(record)).text.replaceAll('**', '').replaceAll('`', '');
}

/** A run as the console shows it: values filled in, the plan of the step that is next from live state. */
export function viewRun(record: RunRecord, runtime: Runtime): RunDetail {
  const current = currentStep(record);
  const inForce = runtime.snapshot().interventions;
  return {
    ...record.run,
    steps: record.steps.map((step) =>
      viewStep(record, step, step === current ? livePlan(record, step, runtime) : null, inForce),
    ),
  };
}

/** The plan of a step that waits for its confirmation; null for one that is none. */
export function livePlan(record: RunRecord, step: StepRecord, runtime: Runtime): Result<Plan> | null {
  const directive = step.source.directive;
  if (directive === null || step.state !== 'todo' || !isAction(step)) return null;
  const action = compileAction(directive, lookupIn(record));
  return action.ok ? runtime.plan(action.value) : action;
}

function viewStep(record: RunRecord, step: StepRecord, planned: Result<Plan> | null, inForce: Intervention[]): RunStep {
  const { source } = step;
  const filled = (text: string): string => fill(text, lookupIn(record)).text;
  const refusal = planned?.ok === false ? `Cannot be done now: ${planned.error.message}` : null;
  return {
    id: source.id,
    index: step.index,
    section: step.section,
    sectionKind: step.sectionKind,
    title: filled(source.title),
    directive: source.directive === null ? null : filled(source.directive.text),
    verb: source.directive?.verb ?? null,
    live: isLive(step),
    confirm: source.directive?.confirm ?? 'none',
    approvals: source.directive?.approvals ?? 1,
    required: source.directive?.required ?? false,
    prose: filled(source.prose),
    note: source.note === null ? null : filled(source.note),
    choices: source.choices,
    else: source.else,
    state: step.state,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    by: step.by,
    plan: planned?.ok === true ? planned.value : step.plan,
    receipt: step.receipt,
    seen: refusal ?? step.seen,
    checks: step.progress?.readings ?? 0,
    answer: step.answer,
    reason: step.reason,
    until: step.until,
    undo: undoText(step, inForce),
    before: step.before,
    after: step.after,
  };
}

/** The undo's command while there is something to undo: an action that was taken, and for a lease, one in force. */
function undoText(step: StepRecord, inForce: Intervention[]): string | null {
  if (!canUndo(step, inForce) || step.undo === null) return null;
  return commandOf(step.undo);
}

/** Whether a step can be undone from where it stands. */
export function canUndo(step: StepRecord, inForce: Intervention[]): boolean {
  if (step.undo === null || step.receipt === null || step.undoing) return false;
  if (step.state !== 'passed' && step.state !== 'failed' && step.state !== 'no-data') return false;
  return !isLease(step.receipt.action) || leaseOf(step.receipt.action, inForce) !== undefined;
}

/** The lease that an action began, while it is in force. */
export function leaseOf(action: Action, inForce: Intervention[]): Intervention | undefined {
  if (!isLease(action)) return undefined;
  return inForce.find(
    (one) =>
      one.agent === action.agent && one.verb === action.verb && (action.verb !== 'reroute' || one.to === action.to),
  );
}

function isLease(action: Action): action is Extract<Action, { verb: 'pause' | 'drain' | 'reroute' | 'set' }> {
  if (action.verb === 'reroute') return action.to !== 'default';
  return action.verb === 'pause' || action.verb === 'drain' || action.verb === 'set';
}
