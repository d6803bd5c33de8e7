import { commandOf, type Intervention } from '#contract/action.ts';
import type { Result } from '#contract/errors.ts';
import type { Runbook, RunDetail, RunStep, StepPlan } from '#contract/runbook.ts';
import { fill } from '../parse/fill.ts';
import type { RunbooksOptions } from '../types.ts';
import { differenceOf } from './difference.ts';
import { canRenew, canUndo, leaseOf } from './lease.ts';
import { livePlan } from './plan-step.ts';
import { currentStep, lookupIn, type RunRecord, type StepRecord } from './record.ts';
import { confirmOf, isLive } from './verb.ts';

/** What a view is made from, beside the run. */
export type Sight = Pick<RunbooksOptions, 'runtime' | 'settings' | 'canaries'> & {
  /** Who has the run open. */
  viewers(run: number): string[];
  /** Who has been at this desk since it started. */
  people(): string[];
  /** The runbook as its file has it now. */
  file(name: string): Runbook | undefined;
};

/** A step's title, its values filled in, as plain text. */
export function titleOf(record: RunRecord, step: StepRecord): string {
  return fill(step.source.title, lookupIn(record)).text.replaceAll('**', '').replaceAll('`', '');
}

/** A run as the console shows it: values filled in, the plan of the step that is next from live state. */
export function viewRun(record: RunRecord, sight: Sight): RunDetail {
  const current = currentStep(record);
  const inForce = sight.runtime.snapshot().interventions;
  return {
    ...record.run,
    heldSince: record.heldSince,
    viewers: sight.viewers(record.run.id),
    handedOver: record.handedOver,
    rollingBackTo: record.rollBack?.to ?? null,
    edited: differenceOf(record, record.run.endedAt === null ? sight.file(record.run.runbook) : undefined),
    steps: record.steps.map((step) =>
      viewStep(record, step, step === current ? livePlan(record, step, sight) : null, inForce, sight),
    ),
  };
}

function viewStep(
  record: RunRecord,
  step: StepRecord,
  planned: Result<StepPlan> | null,
  inForce: Intervention[],
  sight: Sight,
): RunStep {
  const { source } = step;
  const { directive } = source;
  const filled = (text: string): string => fill(text, lookupIn(record)).text;
  const refusal = planned?.ok === false ? `Cannot be done now: ${planned.error.message} ${planned.error.todo}` : null;
  const doubt =
    step.state === 'todo' && step.inDoubt ? 'It may have landed before: it goes out under the same key.' : null;
  const lease = step.receipt === null ? undefined : leaseOf(step.receipt.action, inForce);
  return {
    id: source.id,
    index: step.index,
    section: step.section,
    sectionKind: step.sectionKind,
    title: filled(source.title),
    directive: directive === null ? null : filled(directive.text),
    verb: directive?.verb ?? null,
    live: isLive(step),
    confirm: confirmOf(directive),
    approvals: directive?.approvals ?? 1,
    required: directive?.required ?? false,
    // What a shell runs is shown as it runs: no value becomes a part of it.
    prose: directive?.verb === 'shell' ? source.prose : filled(source.prose),
    note: source.note === null ? null : filled(source.note),
    choices: source.choices,
    else: source.else,
    state: step.state,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    by: step.by,
    plan: planned?.ok === true ? planned.value : step.plan,
    needs: needsOf(step, sight.people()),
    approvedBy: step.approvers,
    receipt: step.receipt,
    seen: refusal ?? doubt ?? step.seen,
    checks: step.progress?.readings ?? 0,
    holdsUntil: holdsUntil(step),
    inDoubt: step.inDoubt,
    answer: step.answer,
    output: step.output,
    reason: step.reason,
    dueAt: dueAt(step),
    renewable: canRenew(step, inForce),
    // Somebody else's lease is none of a step that has no end of its own.
    until: directive?.forMs == null ? step.until : (lease?.until ?? step.until),
    undo: canUndo(step, inForce) && step.undo !== null ? commandOf(step.undo) : null,
    before: step.before,
    after: step.after,
  };
}

/** When what is under way ends by itself. */
function dueAt(step: StepRecord): number | null {
  if (step.state === 'checking') return step.progress?.deadlineAt ?? null;
  return step.state === 'acting' ? step.stageUntil : null;
}

/** When a check that holds now has held for long enough. */
function holdsUntil({ state, source, progress }: StepRecord): number | null {
  const check = source.directive?.check ?? source.verify;
  if (state !== 'checking' || check === null || progress === null || progress.heldSince === null) return null;
  return progress.heldSince + check.holdMs;
}

/** Who has to agree to a step, and whether there is somebody. */
function needsOf({ source: { directive }, approvers }: StepRecord, people: string[]): string | null {
  const approvals = directive?.approvals ?? 1;
  if (approvals > 1) {
    const by = approvers.length === 0 ? '' : ` (${approvers.join(', ')})`;
    const alone = people.length < approvals ? `; ${aloneText(people.length)}` : '';
    return `${approvals} people: ${approvers.length} of ${approvals} approved${by}${alone}`;
  }
  switch (confirmOf(directive)) {
    case 'type':
      return 'the name, typed';
    case 'press':
      return 'your confirmation';
    case 'none':
      return null;
  }
}

function aloneText(here: number): string {
  return here < 2
    ? 'nobody else is signed in here: nightdesk invite NAME lets a second person in'
    : `only ${here} people are signed in here: nightdesk invite NAME lets others in`;
}
