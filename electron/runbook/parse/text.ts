import type { Finding, Range, TextEdit } from '#contract/runbook-lint.ts';

/** A finding, before its line and column are looked up. */
export type Report = {
  severity: Finding['severity'];
  rule: string;
  range: Range;
  message: string;
  fix: string;
  edit: TextEdit | null;
};

/** A text with more faults than this says so instead of naming all. */
const MAX_FINDINGS = 1_000;

/** Each line ends with one `\n`, and every offset stays what it was: the `\r` of Windows becomes a blank. */
export function oneLineEnd(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n/g, ' \n').replace(/\r/g, '\n') : text;
}

/** Says in which line and column of a text an offset stands, both from 1. @param text with line ends of one `\n` */
export function lineIndex(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Collects what is wrong with a file, each with its line and column. */
export function openFindings(file: string, text: string): { add(report: Report): void; all(): Finding[] } {
  const found: Finding[] = [];
  let index: ReturnType<typeof lineIndex> | null = null;
  return {
    add: ({ severity, rule, range, message, fix, edit }) => {
      if (found.length > MAX_FINDINGS) return;
      index ??= lineIndex(text);
      const full = found.length === MAX_FINDINGS;
      found.push({
        file,
        ...index(range.from),
        severity,
        ...(full
          ? { rule: 'too-many', message: 'There is more that is not said here.', fix: 'Mend these first.', edit: null }
          : { rule, message, fix, edit }),
        range,
      });
    },
    all: () => found,
  };
}

/** An edit that puts text between what stands before and after an offset. */
export function insertAt(offset: number, text: string): TextEdit {
  return { range: { from: offset, to: offset }, text };
}
