import type { Run, Runbook, RunbookStep, RunbookSummary } from '#contract/runbook.ts';
import {
  freshnessText,
  type LibraryMetrics,
  type RunbookMetrics,
  type RunbookStepsMetrics,
} from '#contract/runbook-metrics.ts';
import { counted, fields, momentText, plain, spanText, table, words } from './format.ts';
import { stepTitle } from './runbook-text.ts';

/** The library, with how fresh each is. */
export function libraryText(
  runbooks: RunbookSummary[],
  { runbooks: metrics, unanswered }: LibraryMetrics,
  now: number,
): string {
  const rows = runbooks.map((runbook) => ({
    runbook,
    use: metrics.find((one) => one.runbook === runbook.name),
  }));
  const list =
    rows.length === 0
      ? 'No runbook.'
      : table(rows, [
          { head: 'Runbook', cell: ({ runbook }) => runbook.name },
          { head: 'Title', cell: ({ runbook }) => runbook.title },
          { head: 'Answers', cell: ({ runbook }) => runbook.matchAlerts.join(', ') || '-' },
          {
            head: 'Steps',
            cell: ({ runbook }) => (runbook.live ? String(runbook.steps) : `${runbook.steps} by hand`),
            right: true,
          },
          { head: 'Faults', cell: ({ runbook }) => String(runbook.errors + runbook.warnings), right: true },
          { head: 'State', cell: ({ use }) => (use === undefined ? '-' : freshnessText(use)) },
          { head: 'Last run', cell: ({ runbook }) => dateOf(runbook.lastRunAt, now) },
          { head: 'Outcome', cell: ({ runbook }) => runbook.lastOutcome ?? '-' },
        ]);
  return [list, ...unansweredText(unanswered)].join('\n\n');
}

function unansweredText(unanswered: LibraryMetrics['unanswered']): string[] {
  if (unanswered.length === 0) return [];
  return [`No runbook answers: ${unanswered.map(({ rule }) => rule).join(', ')}`];
}

function dateOf(at: number | null, now: number): string {
  return at === null ? '-' : momentText(at, now);
}

/** Metrics of all. */
export function metricsText({ runbooks, unanswered }: LibraryMetrics, now: number): string {
  const list = table(runbooks, [
    { head: 'Runbook', cell: ({ runbook }) => runbook },
    { head: 'State', cell: freshnessText },
    { head: 'Runs', cell: ({ runs }) => String(runs), right: true },
    { head: 'Recovered', cell: ({ recovered }) => String(recovered), right: true },
    { head: 'Ended', cell: ({ ended }) => String(ended), right: true },
    {
      head: 'Recovery takes',
      cell: ({ recoveryMs }) => (recoveryMs === null ? '-' : spanText(recoveryMs)),
      right: true,
    },
    { head: 'Skipped', cell: ({ skipped }) => String(skipped), right: true },
    { head: 'Failed', cell: ({ failed }) => String(failed), right: true },
    { head: 'Last used', cell: ({ lastUsedAt }) => dateOf(lastUsedAt, now) },
    { head: 'Last proven', cell: (one) => provenText(one, now) },
    { head: 'Review due', cell: ({ reviewDueAt }) => dayOf(reviewDueAt) },
  ]);
  return [list, ...unansweredText(unanswered)].join('\n\n');
}

function provenText({ lastProven }: RunbookMetrics, now: number): string {
  if (lastProven === null) return '-';
  const about = [lastProven.rehearsal ? 'rehearsal' : null, lastProven.sameText ? null : 'another text'];
  const said = about.filter((part) => part !== null).join(', ');
  return `${momentText(lastProven.at, now)}${said === '' ? '' : ` (${said})`}`;
}

function dayOf(at: number | null): string {
  return at === null ? 'never reviewed' : new Date(at).toISOString().slice(0, 10);
}

/** Metrics of one, step by step. */
export function stepMetricsText(metrics: RunbookStepsMetrics, now: number): string {
  const steps = table(metrics.steps, [
    { head: 'Section', cell: ({ section }) => section },
    { head: 'Step', cell: (step) => `${stepTitle(step)}${step.inFile ? '' : ' (no longer in the file)'}` },
    { head: 'Takes', cell: ({ medianMs }) => (medianMs === null ? '-' : spanText(medianMs)), right: true },
    { head: 'Passed', cell: ({ passed }) => String(passed), right: true },
    { head: 'Skipped', cell: ({ skipped }) => String(skipped), right: true },
    { head: 'Failed', cell: ({ failed }) => String(failed), right: true },
  ]);
  return `${metricsText({ runbooks: [metrics], unanswered: [] }, now)}\n\nOver its last ${counted(metrics.runsRead, 'run')}:\n${steps}`;
}

/** A runbook to read. */
export function runbookText(runbook: Runbook): string {
  const facts = fields([
    ['Runbook', `${runbook.name}${runbook.live ? '' : ', all by hand'}`],
    ['Failure', runbook.failure],
    ['Answers', runbook.matchAlerts.join(', ') || null],
    ['Owner', runbook.owner],
    ['Reviewed', runbook.reviewed ?? 'never'],
    ['File', runbook.file],
    ['Inputs', runbook.inputs.map(inputText).join(', ') || null],
  ]);
  const sections = runbook.sections
    .filter(({ steps }) => steps.length > 0)
    .map(({ title, steps }) => [plain(title), ...steps.flatMap(stepLines)].join('\n'));
  const problems = runbook.problems.map(
    ({ line, column, severity, message }) => `${line}:${column} ${severity} ${plain(message)}`,
  );
  const parts = [plain(runbook.title), facts, ...sections, ...(problems.length === 0 ? [] : [problems.join('\n')])];
  return parts.join('\n\n');
}

function inputText({ name, type, required, default: usual }: Runbook['inputs'][number]): string {
  return `${name} (${type}${required ? '' : ', optional'}${usual === null ? '' : `, ${plain(usual)} when left out`})`;
}

function stepLines(step: RunbookStep): string[] {
  return [
    `  [ ] ${stepTitle(step)}${step.directive === null ? '' : `  ${plain(step.directive.text)}`}`,
    ...(step.verifyText === null ? [] : [`        verify: ${plain(step.verifyText)}`]),
    ...(step.undo === null ? [] : [`        undo: ${plain(step.undo)}`]),
    ...(step.else === null ? [] : [`        else: ${plain(step.else)}`]),
    ...step.choices.map(({ value, goto }) => `        ${plain(value)}${goto === null ? '' : `: ${plain(goto)}`}`),
  ];
}

/** Runs, newest first. */
export function runsText(runs: Run[], now: number): string {
  if (runs.length === 0) return 'No run.';
  return table(runs, [
    { head: 'Run', cell: ({ id }) => String(id), right: true },
    { head: 'Runbook', cell: ({ runbook }) => runbook },
    { head: 'Incident', cell: ({ incident }) => (incident === null ? '-' : String(incident)), right: true },
    { head: 'Began', cell: ({ startedAt }) => momentText(startedAt, now) },
    { head: 'State', cell: (run) => words(run.outcome ?? 'open') },
    { head: 'Held by', cell: ({ holder }) => holder.name },
    { head: 'Next', cell: ({ current }) => current ?? '-' },
  ]);
}
