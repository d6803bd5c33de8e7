import { givenJsonSchema, type Json } from '#contract/basic.ts';

/*
 * JSON as people read and write it: pretty text out, a value or the reason why not in.
 */

/** A value as text, indented by two. */
export function jsonText(value: Json): string {
  return JSON.stringify(value, null, 2);
}

/**
 * A value to read, not to copy: line breaks in its texts are line breaks, indented as their line.
 */
export function readableJson(value: Json): string {
  return jsonText(value)
    .split('\n')
    .map((line) => {
      const indent = ' '.repeat(line.search(/\S|$/) + 2);
      return line.replaceAll(/\\(.)/g, (written, letter) => (letter === 'n' ? `\n${indent}` : written));
    })
    .join('\n');
}

/** What a person typed, as a value; or what is wrong with it, in one line. */
export type ReadJson = { ok: true; value: Json } | { ok: false; why: string };

export function readJson(text: string): ReadJson {
  if (text.trim() === '') return { ok: false, why: 'Nothing is written: give a JSON document, null for nothing.' };
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (error) {
    return { ok: false, why: `This is not JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
  const parsed = givenJsonSchema.safeParse(written);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, why: `This is not taken: ${issue?.message} (${issue?.path.join('.')}).` };
}

/** A line of a comparison: in both, only before, or only after. */
export type DiffLine = { kind: 'same' | 'gone' | 'new'; text: string };

/**
 * Compares two texts line by line by their longest common subsequence: what is gone stands before what is new.
 * Quadratic in the lines that differ; what is the same at both ends costs nothing.
 */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const head = sameLines(a, b);
  const tail = sameLines(a.slice(head).reverse(), b.slice(head).reverse());
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...a.slice(0, head).map(same),
    ...diffMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

/** How many lines are the same from the beginning. */
function sameLines(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((line, at) => line !== b[at]);
  return index < 0 ? a.length : index;
}

function diffMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  // longest[i][j]: how many lines a from i on and b from j on have in common at most.
  const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = longest[i];
      if (row !== undefined) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'gone', text: a[i] ?? '' });
      i += 1;
    } else {
      lines.push({ kind: 'new', text: b[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}
