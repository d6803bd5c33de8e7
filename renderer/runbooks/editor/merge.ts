import { diffLines, type Hunk } from './lines.ts';

/**
 * Puts two edits of one text together, by lines. Edits that overlap or touch are not merged, unless both are the same.
 *
 * @returns null where they overlap
 */
export function mergeTexts(base: string, mine: string, theirs: string): string | null {
  const lines = base.split('\n');
  const mineLines = mine.split('\n');
  const theirLines = theirs.split('\n');
  const edits = [...editsOf(lines, mineLines), ...editsOf(lines, theirLines)].sort(
    (a, b) => a.aFrom - b.aFrom || a.aTo - b.aTo,
  );
  const merged: string[] = [];
  let at = 0;
  let last: Edit | null = null;
  for (const edit of edits) {
    if (last !== null && edit.aFrom <= last.aTo) {
      if (!isSame(last, edit)) return null;
      continue;
    }
    merged.push(...lines.slice(at, edit.aFrom), ...edit.lines);
    at = edit.aTo;
    last = edit;
  }
  return [...merged, ...lines.slice(at)].join('\n');
}

type Edit = Hunk & { lines: string[] };

function editsOf(base: readonly string[], edited: readonly string[]): Edit[] {
  return diffLines(base, edited).map((hunk) => ({ ...hunk, lines: edited.slice(hunk.bFrom, hunk.bTo) }));
}

function isSame(a: Edit, b: Edit): boolean {
  // No line and one empty line are the same text, and not the same edit.
  const isAlike = a.lines.length === b.lines.length && a.lines.join('\n') === b.lines.join('\n');
  return a.aFrom === b.aFrom && a.aTo === b.aTo && isAlike;
}
