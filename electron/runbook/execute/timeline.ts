import type { TimelineEntry } from '#contract/incident.ts';
import type { RunRecord, StepRecord } from './record.ts';
import { titleOf } from './view.ts';
import { clockTime } from './words.ts';

/** What a change of a run adds to its incident's timeline: each step that came to an end, and the end of the run. */
export function entriesOf(before: RunRecord, after: RunRecord, now: number): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (const step of after.steps) {
    const was = before.steps.find((one) => one.serial === step.serial)?.state;
    const text = step.state === was ? null : sentence(step);
    if (text !== null && !(after.run.endedAt !== null && step.state === 'skipped')) {
      entries.push({ at: now, kind: 'run', text: `${titleOf(after, step)}: ${text}`, by: step.by });
    }
  }
  if (before.run.holder.name !== after.run.holder.name) {
    const leases = after.steps.flatMap((step) =>
      step.state === 'passed' && step.until !== null && step.until > now
        ? [`${titleOf(after, step)} until ${clockTime(step.until)}`]
        : [],
    );
    const inForce = leases.length === 0 ? '' : `; in force: ${leases.join(', ')}`;
    const text = `"${after.run.title}": ${after.handedOver ?? 'handed over'}${inForce}`;
    entries.push({ at: now, kind: 'people', text, by: after.run.holder });
  }
  if (before.run.endedAt === null && after.run.endedAt !== null) {
    const reason = after.run.endReason === null ? '' : `: ${after.run.endReason}`;
    const text =
      after.run.outcome === 'recovered'
        ? `Recovered, proven by "${after.run.title}"${reason}`
        : `"${after.run.title}" was ended${reason}`;
    entries.push({ at: now, kind: 'run', text, by: null });
  }
  return entries;
}

function sentence(step: StepRecord): string | null {
  switch (step.state) {
    case 'passed':
      return step.seen ?? 'done by hand';
    case 'failed':
      return `failed, ${step.seen ?? ''}`;
    case 'no-data':
      return `no data, ${step.seen ?? ''}`;
    case 'undone':
      return step.seen ?? 'undone';
    case 'skipped':
      return `skipped, ${step.reason ?? ''}`;
    case 'todo':
    case 'acting':
    case 'checking':
      return null;
  }
}
