import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunbookStep } from '#contract/runbook.ts';
import type { StepEdit, TextEdit } from '#contract/runbook-lint.ts';
import { parseRunbook } from './runbook.ts';

const KEYS = ['verify', 'undo', 'else', 'note'] as const;

/**
 * Changes one step of a file. Only lines of that step change: everything before and after it stays as it is, byte for
 * byte, whatever the file's line ends are.
 * @returns the whole text; refused where the step is not there, or would no longer be that one step
 */
export function editStep(text: string, stepId: string, change: StepEdit): Result<string> {
  const step = stepIn(text, stepId);
  if (step === undefined) {
    return fail('NOT_FOUND', `The file has no step ${stepId}.`, { ...UNCHANGED, todo: 'Open the file again.' });
  }
  const strange = Object.values(change).find((value) => value !== null && /[\r\n]/.test(value));
  if (strange !== undefined) {
    return fail('BAD_INPUT', 'A part of a step stands on one line.', {
      ...UNCHANGED,
      todo: 'Leave the line break out.',
    });
  }
  const edited = applyEdits(text, editsOf(text, step, change));
  const after = parseRunbook('', edited);
  const before = parseRunbook('', text);
  if (countOf(after) !== countOf(before)) {
    const todo = 'Write the change in the file.';
    return fail('BAD_INPUT', 'With this change it would no longer be one step.', { ...UNCHANGED, todo });
  }
  return succeed(edited);
}

const UNCHANGED = { kept: 'The file was not changed.' };

function stepIn(text: string, id: string): RunbookStep | undefined {
  return parseRunbook('', text)
    .sections.flatMap((section) => section.steps)
    .find((step) => step.id === id);
}

function countOf({ sections }: ReturnType<typeof parseRunbook>): number {
  return sections.reduce((sum, section) => sum + section.steps.length, 0);
}

/** Puts edits into a text; they must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const last = [...edits].sort((a, b) => b.range.from - a.range.from || b.range.to - a.range.to);
  return last.reduce((whole, { range, text: put }) => whole.slice(0, range.from) + put + whole.slice(range.to), text);
}

function editsOf(text: string, step: RunbookStep, change: StepEdit): TextEdit[] {
  const { step: whole, title } = step.places;
  const end = lineEndAt(text, whole.from);
  const edits: TextEdit[] = [];
  if (title !== null && (change.title !== undefined || change.directive !== undefined)) {
    const code = change.directive === undefined ? (step.directive?.text ?? null) : change.directive;
    const words = change.title ?? step.title;
    edits.push({ range: title, text: code === null ? words : `${words}${words === '' ? '' : ' '}${asCode(code)}` });
  }
  const added: string[] = [];
  for (const key of KEYS) {
    const value = change[key];
    const place = step.places[key];
    if (value === undefined || (value === null && place === null)) continue;
    if (place === null) added.push(`${end}${indentOf(text, step)}- ${key}: ${written(key, value ?? '')}`);
    else if (value === null) edits.push({ range: lineOf(text, place.from), text: '' });
    else edits.push({ range: place, text: value });
  }
  if (added.length > 0) {
    const at = endOfLine(text, title?.to ?? whole.from);
    edits.push({ range: { from: at, to: at }, text: added.join('') });
  }
  return edits;
}

/** What stands in a file for the value of a key that was not there. */
function written(key: (typeof KEYS)[number], value: string): string {
  switch (key) {
    case 'verify':
    case 'undo':
      return asCode(value);
    case 'else':
      return `[${value.replaceAll('-', ' ')}](#${value})`;
    case 'note':
      return value;
  }
}

/** A text as inline code, in as many ticks as it needs. */
function asCode(text: string): string {
  let ticks = '`';
  while (text.includes(ticks)) ticks += '`';
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

function lineEndAt(text: string, from: number): string {
  const newline = text.indexOf('\n', from);
  const at = newline < 0 ? text.lastIndexOf('\n', from) : newline;
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** Where the content of a step is indented to. */
function indentOf(text: string, { places: { step } }: RunbookStep): string {
  const lineFrom = text.lastIndexOf('\n', step.from - 1) + 1;
  const marker = /^(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}/.exec(text.slice(step.from, step.from + 16))?.[0] ?? '- ';
  const lead = text.slice(lineFrom, step.from);
  return (/^[ \t]*$/.test(lead) ? lead : ' '.repeat(lead.length)) + ' '.repeat(marker.length);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

/** The whole line that an offset stands in, with the line end before it. */
function lineOf(text: string, at: number): { from: number; to: number } {
  const before = text.lastIndexOf('\n', at - 1);
  return { from: text[before - 1] === '\r' ? before - 1 : before, to: endOfLine(text, at) };
}
