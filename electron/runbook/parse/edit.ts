import { fail, type Result, succeed } from '#contract/errors.ts';
import { type RunbookStep, verbSchema } from '#contract/runbook.ts';
import type { StepEdit, TextEdit } from '#contract/runbook-lint.ts';
import { withProse } from './edit-prose.ts';
import { endOfLine, indentOf, lineEndAt } from './lines.ts';
import { parseRunbook } from './runbook.ts';

const KEYS = ['verify', 'undo', 'else', 'note'] as const;

/**
 * Changes one step of a file. Only lines of that step change: everything before and after it stays as it is, byte for
 * byte, whatever the file's line ends are.
 * @returns the whole text; refused where the step is not there, or would no longer be that one step
 */
export function editStep(text: string, stepId: string, { prose, ...change }: StepEdit): Result<string> {
  const index = stepsIn(text).findIndex(({ id }) => id === stepId);
  const step = stepsIn(text)[index];
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
  const written = prose === undefined || prose === step.prose ? succeed(edited) : withProse(edited, index, prose ?? '');
  if (!written.ok) return written;
  if (stepsIn(written.value).length !== stepsIn(text).length) {
    return fail('BAD_INPUT', 'With this change it would no longer be one step.', { ...UNCHANGED, todo: IN_THE_FILE });
  }
  return written;
}

const UNCHANGED = { kept: 'The file was not changed.' };

const IN_THE_FILE = 'Write the change in the file.';

function stepsIn(text: string): RunbookStep[] {
  return parseRunbook('', text).sections.flatMap((section) => section.steps);
}

/** The directive as it stands in its file, also one with faults; null where there is none. */
export function directiveIn(text: string, { directive, places }: RunbookStep): string | null {
  if (directive !== null) return directive.text;
  const written = places.directive === null ? '' : text.slice(places.directive.from, places.directive.to);
  return verbSchema.safeParse(/^\S*/.exec(written)?.[0]).success ? written : null;
}

/** The title without its directive, also where that has faults and is read as part of the title. */
export function titleIn(text: string, step: RunbookStep): string {
  const { title, directive } = step.places;
  if (step.directive !== null || title === null || directive === null || directiveIn(text, step) === null) {
    return step.title;
  }
  return text
    .slice(title.from, directive.from)
    .replace(/\s*`+ ?$/, '')
    .trim();
}

/** Puts edits into a text; they must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const last = [...edits].sort((a, b) => b.range.from - a.range.from || b.range.to - a.range.to);
  return last.reduce((whole, { range, text: put }) => whole.slice(0, range.from) + put + whole.slice(range.to), text);
}

function editsOf(text: string, step: RunbookStep, change: Omit<StepEdit, 'prose'>): TextEdit[] {
  const { step: whole, title } = step.places;
  const end = lineEndAt(text, whole.from);
  const edits: TextEdit[] = [];
  if (title !== null && (change.title !== undefined || change.directive !== undefined)) {
    const code = change.directive === undefined ? directiveIn(text, step) : change.directive;
    const words = change.title ?? titleIn(text, step);
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

/** The whole line that an offset stands in, with the line end before it. */
function lineOf(text: string, at: number): { from: number; to: number } {
  const before = text.lastIndexOf('\n', at - 1);
  return { from: text[before - 1] === '\r' ? before - 1 : before, to: endOfLine(text, at) };
}
