import type { FileProblem } from '#contract/agent.ts';
import type { Directive, Runbook, RunbookStep } from '#contract/runbook.ts';
import { parseDirective } from '../parse/directive.ts';
import { VERBS } from '../parse/grammar.ts';
import { whereIs } from '../parse/step.ts';
import type { Known } from '../types.ts';
import { lintNames } from './names.ts';

/** What a rule finds; `text` is the piece of the step it stands in, for line and column. */
export type Finding = {
  step: RunbookStep | null;
  text: string;
  severity: FileProblem['severity'];
  rule: string;
  message: string;
  fix: string;
};

/** After this long a runbook should be read again. */
const REVIEW_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * Everything that is wrong with a runbook: the faults its parse found, and those that need the whole file or the desk.
 * @param text the file it was parsed from, for columns
 * @param known what exists on this desk; null to leave those rules out, as in a repository without a desk
 */
export function lintRunbook(runbook: Runbook, text: string, known: Known | null, now: number): FileProblem[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const findings = runbook.live
    ? [...lintSteps(runbook), ...lintOrder(runbook), ...lintReview(runbook, now), ...lintNames(runbook, known)]
    : [];
  const located = findings.map((finding): FileProblem => {
    const [line, column] =
      finding.step === null ? lineOf(finding.text, lines) : whereIs(finding.text, finding.step.line, lines);
    const { severity, rule, message, fix } = finding;
    return { file: runbook.file, line, column, severity, rule, message, fix };
  });
  return [...runbook.problems, ...located, ...lintBoxes(runbook, lines)].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}

function lineOf(text: string, lines: string[]): [number, number] {
  const index = lines.findIndex((line) => line.includes(text));
  return index < 0 ? [1, 1] : [index + 1, (lines[index]?.indexOf(text) ?? 0) + 1];
}

function stepsOf(runbook: Runbook): RunbookStep[] {
  return runbook.sections.flatMap((section) => section.steps);
}

function isConfirmed(directive: Directive): boolean {
  return directive.confirm !== 'none' || directive.approvals > 1;
}

/** Rules that look at one step. */
function lintSteps(runbook: Runbook): Finding[] {
  const findings: Finding[] = [];
  const anchors = new Set(runbook.sections.map((section) => section.id));
  for (const step of stepsOf(runbook)) {
    const { directive } = step;
    const add = (severity: Finding['severity'], rule: string, text: string, message: string, fix: string): void => {
      findings.push({ step, text, severity, rule, message, fix });
    };
    if (directive !== null) {
      const shape = VERBS[directive.verb];
      if (shape.mutates && !isConfirmed(directive)) {
        add(
          'error',
          'mutation-without-confirm',
          directive.text,
          `${directive.verb} acts without a confirmation.`,
          'Add confirm.',
        );
      }
      const restores = directive.verb === 'reroute' && directive.args.to === 'default';
      if (shape.leased && !restores && directive.forMs === null && step.undo === null) {
        const message = `${directive.verb} would never end.`;
        add('error', 'mitigation-without-end', directive.text, message, 'Add for=30m, or an undo: under the step.');
      }
      if (directive.verb === 'ask' && directive.positional[0] === 'choice' && step.choices.length === 0) {
        add(
          'error',
          'ask-without-choices',
          directive.text,
          'The question has no choices.',
          'Add items like `value`: [Section](#section).',
        );
      }
    }
    for (const anchor of [step.else, ...step.choices.map((choice) => choice.goto)]) {
      if (anchor === null || anchors.has(anchor)) continue;
      add(
        'error',
        'dead-anchor',
        anchor,
        `No section has the anchor #${anchor}.`,
        `Use one of ${[...anchors].map((one) => `#${one}`).join(', ')}.`,
      );
    }
    const placeholder = /<[a-z][a-z0-9 _-]*>/i.exec(directive?.text ?? '');
    if (placeholder !== null) {
      const fix = `Make it an input and write \${name}.`;
      add('warning', 'literal-placeholder', placeholder[0], `${placeholder[0]} would be sent as it stands.`, fix);
    }
    findings.push(...lintUndo(step));
  }
  return findings;
}

function lintUndo(step: RunbookStep): Finding[] {
  if (step.undo === null) return [];
  const verb = parseDirective(step.undo).directive?.verb;
  if (verb === undefined || VERBS[verb].mutates) return [];
  const message = `${verb} undoes nothing.`;
  return [
    {
      step,
      text: step.undo,
      severity: 'error',
      rule: 'undo-not-an-action',
      message,
      fix: 'Write for example resume agent=….',
    },
  ];
}

/** Rules that look at the order of the steps. */
function lintOrder(runbook: Runbook): Finding[] {
  const findings: Finding[] = [];
  const steps = stepsOf(runbook);
  const finalVerify = runbook.sections.some(
    (section) => section.kind === 'verify' && section.steps.some((step) => step.directive?.verb === 'verify'),
  );
  if (!finalVerify) {
    findings.push({
      step: null,
      text: 'runbook:',
      severity: 'warning',
      rule: 'no-final-verify',
      message: 'No step proves the recovery, so a run can never end as recovered.',
      fix: 'Add a Verify section with a verify step.',
    });
  }
  const confirmed = steps.findIndex((step) => step.directive?.verb === 'verify');
  const mutates = steps.findIndex((step) => step.directive !== null && VERBS[step.directive.verb].mutates);
  const early = steps[mutates];
  if (early?.directive && (confirmed < 0 || mutates < confirmed)) {
    findings.push({
      step: early,
      text: early.directive.text,
      severity: 'warning',
      rule: 'mutation-before-confirmation',
      message: 'It acts before anything was confirmed.',
      fix: 'Put a verify step before it.',
    });
  }
  return findings;
}

function lintReview(runbook: Runbook, now: number): Finding[] {
  const fix = 'Read it through and write reviewed: with the date of today.';
  const base = { step: null, text: 'reviewed:', severity: 'warning', rule: 'review-due', fix } as const;
  if (runbook.reviewed === null) return [{ ...base, text: 'runbook:', message: 'Nobody has reviewed it.' }];
  const at = Date.parse(runbook.reviewed);
  if (Number.isNaN(at)) return [{ ...base, message: `"${runbook.reviewed}" is not a date.` }];
  const days = Math.floor((now - at) / DAY_MS);
  return days > REVIEW_DAYS ? [{ ...base, message: `It was last reviewed ${days} days ago.` }] : [];
}

/** A box that was committed as checked: runs keep their own state, the file stays blank. */
function lintBoxes(runbook: Runbook, lines: string[]): FileProblem[] {
  if (!runbook.live) return [];
  return stepsOf(runbook).flatMap((step): FileProblem[] => {
    const match = /^([\s>]*(?:[-*+]|\d+[.)])\s+)\[[xX]\]/.exec(lines[step.line - 1] ?? '');
    if (match === null) return [];
    return [
      {
        file: runbook.file,
        line: step.line,
        column: (match[1]?.length ?? 0) + 1,
        severity: 'warning',
        rule: 'committed-check',
        message: 'The step is committed as done.',
        fix: 'Write [ ].',
      },
    ];
  });
}
