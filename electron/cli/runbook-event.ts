import type { RunDetail, RunStep } from '#contract/runbook.ts';
import { plain, words } from './format.ts';
import type { Output } from './output.ts';
import { planLines, stepTitle } from './runbook-text.ts';

/*
 * What happened to a run between two looks at it, as the lines of --json and in words. Pure.
 */

/** One line of `runbook run --json`. */
export type RunEvent = Output<'runbook run'>;

/** What happened, steps in their order, then the run itself. @param before null for the first look */
export function eventsBetween(before: RunDetail | null, after: RunDetail, at: number): RunEvent[] {
  const about = { at, run: after.id };
  const events: RunEvent[] = [];
  for (const step of after.steps) {
    const was = before?.steps.find(({ id }) => id === step.id);
    const happened = was === undefined ? [] : stepEvents(was, step);
    events.push(...happened.map((event): RunEvent => ({ event, ...about, step })));
  }
  if (before !== null && before.holder.name !== after.holder.name) {
    events.push({ event: 'holder', ...about, holder: after.holder, says: after.handedOver ?? 'it changed hands' });
  }
  if (after.edited !== null && after.edited.hash !== before?.edited?.hash) {
    events.push({ event: 'edited', ...about, changes: after.edited.changes });
  }
  const open = currentOf(after);
  if (open !== null && open.id !== before?.current) events.push({ event: 'opened', ...about, step: open });
  const plan = open?.state === 'todo' ? open.plan : null;
  if (open !== null && plan !== null && plan.hash !== planShown(before, open)) {
    events.push({ event: 'plan', ...about, step: open.id, plan });
  }
  if (after.endedAt !== null && before?.endedAt == null) {
    events.push({ event: 'ended', ...about, outcome: after.outcome, reason: after.endReason });
  }
  return events;
}

function planShown(before: RunDetail | null, { id }: RunStep): string | undefined {
  const step = before?.current === id ? currentOf(before) : null;
  return step?.state === 'todo' ? step.plan?.hash : undefined;
}

type StepEventName = Extract<RunEvent, { step: RunStep }>['event'];

/** An action whose effect was there at once has acted and passed between two looks. */
function stepEvents(before: RunStep, after: RunStep): StepEventName[] {
  const acted = after.receipt !== null && after.receipt.key !== before.receipt?.key;
  const event = stepEvent(before, after);
  return [...(acted && event !== 'acted' ? (['acted'] as const) : []), ...(event === null ? [] : [event])];
}

function stepEvent(before: RunStep, after: RunStep): StepEventName | null {
  if (before.state === after.state) {
    if (after.state === 'checking' && (before.checks !== after.checks || before.seen !== after.seen)) return 'check';
    if (after.state === 'acting' && before.seen !== after.seen) return 'acted';
    if (after.approvedBy.length > before.approvedBy.length) return 'approved';
    return after.state === 'passed' && before.until !== after.until ? 'passed' : null;
  }
  switch (after.state) {
    case 'todo':
      return 'again';
    case 'acting':
      return 'acted';
    case 'checking':
      return 'check';
    case 'passed':
    case 'failed':
    case 'no-data':
    case 'skipped':
    case 'undone':
      return after.state;
  }
}

/** An event for somebody who looks on; null for what the text of the open step says anyway. */
export function eventText(event: RunEvent): string | null {
  switch (event.event) {
    case 'opened':
    case 'begun':
    case 'stopped':
      return null;
    case 'plan':
      return planLines(event.plan).join('\n');
    case 'holder':
      return `Held by ${plain(event.holder.name)}: ${plain(event.says)}`;
    case 'edited':
      return `The file changed: ${event.changes.map(({ kind, title }) => `${kind} ${plain(title)}`).join(', ')}. nightdesk runbook adopt ${event.run}, or ignore ${event.run}`;
    case 'ended':
      return event.outcome === 'recovered' ? 'Recovered.' : `Ended: ${plain(event.reason ?? 'no reason given')}`;
    default:
      return `${stepTitle(event.step)}: ${words(event.event)}${saysOf(event.step)}`;
  }
}

function saysOf({ state, seen, reason, needs }: RunStep): string {
  const says = state === 'skipped' ? (reason ?? seen) : (seen ?? needs);
  return says === null ? '' : `, ${plain(says)}`;
}

/** The step that is next; null when all are behind. */
export function currentOf(run: RunDetail): RunStep | null {
  return run.steps.find((step) => step.id === run.current) ?? null;
}

/** Whether the desk is at work on the run, so that there is nothing to decide. */
export function isAtWork(run: RunDetail): boolean {
  if (run.rollingBackTo !== null) return true;
  return run.steps.some((step) => step.state === 'acting' || (step.id === run.current && step.state === 'checking'));
}
