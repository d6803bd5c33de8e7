import { createHash } from 'node:crypto';
import type { AuditEntry } from '#contract/audit.ts';
import type { RunRecord, StepRecord } from './record.ts';

/** What of a step is for the audit log; readings of a check in progress are not: they come several times a second. */
const STEP_FIELDS = [
  'state',
  'by',
  'approvers',
  'tries',
  'key',
  'action',
  'undoing',
  'receipt',
  'answer',
  'reason',
  'until',
  'undo',
  'before',
  'after',
] as const;

/** What a change of a run adds to the audit log, in the commit that writes the change. @param before null: it begins */
export function auditedOf(before: RunRecord | null, after: RunRecord): AuditEntry[] {
  const { run } = after;
  const subject = `run ${run.id}`;
  if (before === null) {
    const { runbook, hash, incident, inputs, rehearsal } = run;
    return [{ by: run.holder, what: 'run.started', subject, details: { runbook, hash, incident, inputs, rehearsal } }];
  }
  const was = new Map(before.steps.map((step) => [step.source.id, step]));
  const entries = after.steps.flatMap((step): AuditEntry[] => {
    const from = was.get(step.source.id);
    if (from === step || (from !== undefined && !differs(from, step))) return [];
    return [{ by: step.by ?? run.holder, what: 'run.step', subject, details: stepDetails(run.runbook, from, step) }];
  });
  if (before.run.holder.name !== run.holder.name || before.run.hash !== run.hash) {
    const details = {
      holder: { before: before.run.holder.name, after: run.holder.name },
      file: { before: before.run.hash, after: run.hash },
    };
    entries.push({ by: run.holder, what: 'run.changed', subject, details });
  }
  if (before.run.endedAt === null && run.endedAt !== null) {
    const { runbook, outcome, endReason: reason } = run;
    entries.push({ by: run.holder, what: 'run.ended', subject, details: { runbook, outcome, reason } });
  }
  return entries;
}

function differs(before: StepRecord, after: StepRecord): boolean {
  return STEP_FIELDS.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** What was sent or run, by its SHA-256: the script itself may hold what nobody should keep. */
function bodyHash(body: string | null): string | null {
  return body === null ? null : createHash('sha256').update(body).digest('hex');
}

/** The exact request, what was answered and seen, and health before and after. */
function stepDetails(runbook: string, from: StepRecord | undefined, step: StepRecord): object {
  const { source, plan, seen, answer, reason, before, after } = step;
  return {
    runbook,
    step: source.id,
    directive: source.directive?.text ?? null,
    from: from?.state ?? null,
    to: step.state,
    undoing: step.undoing,
    tries: step.tries,
    approvers: step.approvers,
    request:
      step.key === null
        ? null
        : { key: step.key, action: step.action, planHash: plan?.hash ?? null, bodyHash: bodyHash(source.body) },
    receipt: step.receipt,
    seen,
    answer,
    reason,
    until: step.until,
    before,
    after,
  };
}
