import type { RunDetail, RunStep } from '#contract/runbook.ts';
import { planText } from './action.ts';
import { plain, table, words } from './format.ts';

/** How a run stands: its steps, and how it ended. */
export function runText(run: RunDetail): string {
  const steps = table(run.steps, [
    { head: 'Step', cell: (step) => String(step.index + 1), right: true },
    { head: 'Section', cell: (step) => step.section },
    { head: 'What', cell: (step) => titleOf(step) },
    { head: 'State', cell: (step) => (step.id === run.current && step.state === 'todo' ? 'open' : words(step.state)) },
    { head: 'Seen', cell: (step) => step.reason ?? step.seen ?? '-' },
  ]);
  return `${steps}\n\nRun ${run.id}: ${endText(run)}`;
}

function endText(run: RunDetail): string {
  if (run.outcome === 'recovered') return 'recovered, proven by its verify steps.';
  if (run.outcome === 'ended') return `ended without proof of recovery: ${plain(run.endReason ?? '')}`;
  return 'open.';
}

/** A step as somebody has to decide on it: what it is, what it would do. */
export function openStepText(run: RunDetail, step: RunStep): string {
  const lines = [
    `${step.section}, step ${step.index + 1} of ${run.steps.length}: ${titleOf(step)}`,
    `  id ${step.id}`,
    ...(step.directive === null ? [] : [`  ${plain(step.directive)}`]),
    ...(step.note === null ? [] : [`  ${plain(step.note)}`]),
    ...step.prose
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => `  ${plain(line)}`),
    ...(step.choices.length === 0 ? [] : [`  Choices: ${step.choices.map(({ value }) => value).join(', ')}`]),
    ...(step.plan === null || step.state !== 'todo' ? [] : indented(planText(step.plan))),
    ...(step.seen === null ? [] : [`  ${plain(step.seen)}`]),
  ];
  return lines.join('\n');
}

/** A step's title without its Markdown. */
export function titleOf(step: RunStep): string {
  return plain(step.title.replaceAll('**', '').replaceAll('`', ''));
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}
