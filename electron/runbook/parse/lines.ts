import type { RunbookStep } from '#contract/runbook.ts';

/*
 * Lines of a file, whatever ends them. Pure.
 */

/** What ends the line at an offset, or the one before it where the file ends there. */
export function lineEndAt(text: string, from: number): string {
  const newline = text.indexOf('\n', from);
  const at = newline < 0 ? text.lastIndexOf('\n', from) : newline;
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** What stands before the content under a step. */
export function indentOf(text: string, { places: { step } }: RunbookStep): string {
  const lineFrom = text.lastIndexOf('\n', step.from - 1) + 1;
  const marker = /^(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}/.exec(text.slice(step.from, step.from + 16))?.[0] ?? '- ';
  const lead = text.slice(lineFrom, step.from);
  return (/^[ \t]*$/.test(lead) ? lead : ' '.repeat(lead.length)) + ' '.repeat(marker.length);
}

/** Where the line of an offset ends, without what ends it. */
export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}
