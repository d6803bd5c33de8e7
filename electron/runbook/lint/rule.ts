import type { Directive, Runbook, RunbookStep } from '#contract/runbook.ts';
import type { Range } from '#contract/runbook-lint.ts';
import type { Report } from '../parse/text.ts';

/** A runbook under the lint, with its text as it is on disk. */
export type Linted = { runbook: Runbook; text: string };

export function stepsOf(runbook: Runbook): RunbookStep[] {
  return runbook.sections.flatMap((section) => section.steps);
}

/** A step that has a directive, with where it stands. */
export type Acting = { step: RunbookStep; directive: Directive; range: Range };

export function actingOf(runbook: Runbook): Acting[] {
  return stepsOf(runbook).flatMap((step) => {
    const { directive, places } = step;
    return directive === null || places.directive === null ? [] : [{ step, directive, range: places.directive }];
  });
}

/** Where the first `wanted` inside a piece of a text stands; the whole piece when it does not. */
export function within(text: string, piece: Range, wanted: string): Range {
  const at = text.slice(piece.from, piece.to).indexOf(wanted);
  return at < 0 ? piece : { from: piece.from + at, to: piece.from + at + wanted.length };
}

/** Where a key of the front matter, or the head of the file, stands. */
export function headRange(text: string, key: string): Range {
  const match = new RegExp(`^${key}:.*`, 'm').exec(text.slice(0, HEAD));
  return match === null ? { from: 0, to: 0 } : { from: match.index, to: match.index + match[0].trimEnd().length };
}

/** How much of a file is looked through for keys of its front matter, in characters. */
const HEAD = 20_000;

export function found(
  severity: Report['severity'],
  rule: string,
  range: Range,
  said: { message: string; fix: string },
  edit: Report['edit'] = null,
): Report {
  return { severity, rule, range, ...said, edit };
}
