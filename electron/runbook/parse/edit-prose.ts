import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunbookStep } from '#contract/runbook.ts';
import { endOfLine, indentOf, lineEndAt } from './lines.ts';
import { parseRunbook } from './runbook.ts';

/**
 * Puts other prose under a step. Only its own lines change.
 * @param index of the step among all of the file
 * @param prose Markdown without the step's indent; empty takes it away
 * @returns the whole text; refused where the prose stands in several places, or would not be read as prose
 */
export function withProse(text: string, index: number, prose: string): Result<string> {
  const step = stepAt(text, index);
  const place = step === undefined ? undefined : placeOf(text, step);
  if (step === undefined || place === undefined) return refused('The text of the step stands in several places.');
  const end = lineEndAt(text, step.places.step.from);
  const indent = ' '.repeat(indentOf(text, step).length);
  const wanted = linesOf(prose).map((line) => (line === '' ? '' : indent + line));
  // Without an empty line before it, it would go on with the title.
  const lines = wanted.length === 0 ? [] : ['', ...wanted];
  const written = text.slice(0, place.from) + lines.map((line) => end + line).join('') + text.slice(place.to);
  const after = stepAt(written, index);
  if (after === undefined || !isSame(after, step) || !areEqual(wordedOf(after.prose), wordedOf(prose))) {
    return refused('That would not be read as the text of this step.');
  }
  return succeed(written);
}

function refused(message: string): Result<never> {
  return fail('BAD_INPUT', message, { kept: 'The file was not changed.', todo: 'Write the change in the file.' });
}

function stepAt(text: string, index: number): RunbookStep | undefined {
  return parseRunbook('', text).sections.flatMap((section) => section.steps)[index];
}

function isSame(a: RunbookStep, b: RunbookStep): boolean {
  const own = (step: RunbookStep): unknown => [
    ...[step.title, step.directive?.text, step.verifyText, step.undo, step.else, step.note, step.choices],
  ];
  return JSON.stringify(own(a)) === JSON.stringify(own(b));
}

/** Lines without blanks at their ends, and without empty ones around them. */
function linesOf(text: string): string[] {
  const whole = text.replace(/^(?:[ \t]*\r?\n)+|\s+$/g, '');
  return whole === '' ? [] : whole.split(/\r?\n/).map((line) => line.trimEnd());
}

/** Lines that hold something: between its pieces, prose is read with empty lines that need not stand in the file. */
function wordedOf(text: string): string[] {
  return linesOf(text).filter((line) => line !== '');
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** From the end of one line to the end of another: what stands between is the prose. Undefined where it is not one piece. */
function placeOf(text: string, step: RunbookStep): { from: number; to: number } | undefined {
  const wanted = wordedOf(step.prose);
  const titleEnd = endOfLine(text, step.places.title?.to ?? step.places.step.from);
  if (wanted.length === 0) return { from: titleEnd, to: titleEnd };
  const ends = lineEndsOf(text, titleEnd, step.places.step.to);
  const indent = indentOf(text, step).length;
  const lines = ends.slice(1).map((to, at) => dedented(text.slice(ends[at], to), indent));
  const worded = lines.flatMap((line, at) => (line === '' ? [] : [{ line, at }]));
  const found = worded.findIndex((_, from) => {
    const piece = worded.slice(from, from + wanted.length);
    return areEqual(
      piece.map(({ line }) => line),
      wanted,
    );
  });
  const [first, last] = [worded[found - 1], worded[found + wanted.length - 1]];
  if (last === undefined || found < 0) return undefined;
  // The empty lines before it are its own.
  return { from: ends[(first?.at ?? -1) + 1] ?? titleEnd, to: ends[last.at + 1] ?? step.places.step.to };
}

/** Where lines end, without what ends them: of the line at `from`, and of all that begin before `to`. */
function lineEndsOf(text: string, from: number, to: number): number[] {
  const ends = [from];
  for (let newline = text.indexOf('\n', from); newline >= 0 && newline + 1 < to; ) {
    ends.push(endOfLine(text, newline + 1));
    newline = text.indexOf('\n', newline + 1);
  }
  return ends;
}

function dedented(line: string, indent: number): string {
  const content = line.replace(/^\r?\n/, '').trimEnd();
  const blanks = /^ */.exec(content)?.[0].length ?? 0;
  return content.slice(Math.min(blanks, indent));
}
