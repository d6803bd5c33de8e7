import type { RunDetail, RunStep, RunStepState, StepPlan } from '#contract/runbook.ts';
import { planText } from './action.ts';
import { momentText, plain, spanText, table, words } from './format.ts';

/** How a run stands: its steps, and how it ended. */
export function runText(run: RunDetail): string {
  const steps = table(run.steps, [
    { head: 'Step', cell: (step) => String(step.index + 1), right: true },
    { head: 'Section', cell: (step) => step.section },
    { head: 'What', cell: (step) => stepTitle(step) },
    { head: 'State', cell: (step) => (step.id === run.current && step.state === 'todo' ? 'open' : words(step.state)) },
    { head: 'Seen', cell: (step) => saidOf(step) ?? '-' },
  ]);
  return `${steps}\n\nRun ${run.id}: ${endText(run)}`;
}

function endText(run: RunDetail): string {
  if (run.outcome === 'recovered') return 'recovered, proven by its verify steps.';
  if (run.outcome === 'ended') return `ended without proof of recovery: ${plain(run.endReason ?? '')}`;
  return `open, held by ${plain(run.holder.name)}.`;
}

const BOXES: Record<RunStepState, string> = {
  todo: '[ ]',
  acting: '[~]',
  checking: '[~]',
  passed: '[x]',
  failed: '[!]',
  'no-data': '[?]',
  skipped: '[-]',
  undone: '[<]',
};

/**
 * The checklist as it stands, a line a step, the open one marked; sections without the open step stand in one line each
 * where that is asked for.
 */
export function checklistLines(run: RunDetail, now: number, folded: boolean): string[] {
  const lines: string[] = [];
  for (const [section, steps] of Map.groupBy(run.steps, (step) => step.section)) {
    const holds = steps.some(({ id }) => id === run.current);
    if (folded && !holds) {
      const behind = steps.filter(
        ({ state }) => state === 'passed' || state === 'skipped' || state === 'undone',
      ).length;
      lines.push(`${plain(section)}  ${behind} of ${steps.length}`);
      continue;
    }
    lines.push(plain(section));
    for (const step of steps) lines.push(stepLine(step, step.id === run.current, now));
  }
  return lines;
}

function stepLine(step: RunStep, open: boolean, now: number): string {
  const said = saidOf(step);
  const parts = [
    `${open ? '>' : ' '} ${String(step.index + 1).padStart(2)} ${BOXES[step.state]} ${stepTitle(step)}`,
    said === null ? null : plain(said),
    ...countdowns(step, now),
  ];
  return parts.filter((part) => part !== null).join('  ');
}

function saidOf({ state, reason, seen }: RunStep): string | null {
  return state === 'skipped' ? (reason ?? seen) : seen;
}

/** What counts down on a step: what it waits for, and a lease in force. */
function countdowns({ state, dueAt, until, renewable }: RunStep, now: number): string[] {
  const lines: string[] = [];
  if (dueAt !== null && (state === 'acting' || state === 'checking')) lines.push(`${leftText(dueAt, now)} left`);
  if (until !== null && renewable) lines.push(`ends by itself in ${leftText(until, now)}`);
  return lines;
}

/** Whether something on screen counts down. */
export function countsDown(run: RunDetail, now: number): boolean {
  return run.steps.some((step) => countdowns(step, now).length > 0);
}

function leftText(at: number, now: number): string {
  return spanText(Math.max(0, Math.ceil((at - now) / 1_000) * 1_000));
}

/** A step as somebody has to decide on it: what it is, what it would do. */
export function openStepText(run: RunDetail, step: RunStep): string {
  const lines = [
    `${step.section}, step ${step.index + 1} of ${run.steps.length}: ${stepTitle(step)}`,
    `  id ${step.id}`,
    ...(step.directive === null ? [] : [`  ${plain(step.directive)}`]),
    ...(step.note === null ? [] : [`  ${plain(step.note)}`]),
    ...linesOf(step.prose),
    ...(step.choices.length === 0 ? [] : [`  Choices: ${step.choices.map(({ value }) => plain(value)).join(', ')}`]),
    ...(step.plan === null || step.state !== 'todo' ? [] : planLines(step.plan).map((line) => `  ${line}`)),
    ...(step.needs === null ? [] : [`  Needs ${plain(step.needs)}`]),
    ...(step.output === null ? [] : linesOf(step.output)),
    ...(step.seen === null ? [] : [`  ${plain(step.seen)}`]),
  ];
  return lines.join('\n');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `  ${plain(line)}`);
}

/** A plan in words, its command to copy last, where it has one. */
export function planLines(plan: StepPlan): string[] {
  return [...planText(plan).split('\n'), ...(plan.command === '' ? [] : plan.command.split('\n').map(plain))];
}

/** A step's title without its Markdown. */
export function stepTitle(step: Pick<RunStep, 'title'>): string {
  return plain(step.title.replaceAll('**', '').replaceAll('`', ''));
}

/** What is said above the checklist. */
export function headLine(run: RunDetail, now: number): string {
  const parts = [
    `Run ${run.id}: ${plain(run.title)}`,
    run.rehearsal ? 'rehearsal' : null,
    run.incident === null ? null : `incident ${run.incident}`,
    `held by ${plain(run.holder.name)} since ${momentText(run.heldSince, now)}`,
    run.rollingBackTo === null ? null : `rolling back to ${run.rollingBackTo}`,
    run.edited === null ? null : 'its file has changed: adopt or ignore',
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
