import type { FileProblem } from '#contract/agent.ts';
import type { Check, RunbookStep } from '#contract/runbook.ts';
import { verbSchema } from '#contract/runbook.ts';
import { type Fault, parseCheck } from './check.ts';
import { parseDirective } from './directive.ts';
import { type Item, oneLine } from './markdown.ts';
import { slugOf } from './section.ts';

/** What reading a step needs of its file. */
export type StepReader = {
  live: boolean;
  /** The file's lines, for where a fault stands. */
  lines: string[];
  uniqueId(name: string): string;
  report(problem: Omit<FileProblem, 'file'>): void;
};

/** Reads one item of a checklist, with the keys under it. */
export function readStep(item: Item, section: string, reader: StepReader): RunbookStep {
  const code = reader.live ? item.codes.find((one) => one.last) : undefined;
  const parsed = code === undefined ? null : parseDirective(code.text);
  if (code !== undefined) reportFaults(parsed?.faults ?? [], code.text, item.line, reader);
  if (reader.live) reportStray(item, reader);
  const directive = parsed?.directive ?? null;
  const title = directive === null || code === undefined ? item.text : oneLine(item.text.slice(0, -code.raw.length));
  const wanted = parsed?.id ?? slugOf(`${section} ${title}`);
  const id = reader.uniqueId(wanted === '' ? 'step' : wanted);
  if (reader.live && wanted !== '' && id !== wanted) {
    reportAt(reader, item.line, 1, {
      rule: 'duplicate-id',
      message: `Another step goes by the id ${wanted}.`,
      fix: 'Give one of them another title, or id= in its directive.',
    });
  }
  const keys = readKeys(item, directive?.verb === 'ask', reader);
  return { id, title, line: item.line, directive, ...keys };
}

type Keys = Pick<RunbookStep, 'verify' | 'verifyText' | 'undo' | 'else' | 'note' | 'choices' | 'body' | 'prose'>;

/** The child keys of a step; what is not one of them is prose. */
function readKeys(item: Item, asks: boolean, reader: StepReader): Keys {
  const keys: Keys = {
    verify: null,
    verifyText: null,
    undo: null,
    else: null,
    note: null,
    choices: [],
    body: null,
    prose: '',
  };
  const prose: string[] = [];
  for (const child of item.children) {
    if (child.kind !== 'list') {
      if (child.kind === 'code' && keys.body === null) keys.body = child.text;
      prose.push(child.kind === 'heading' ? child.text : child.raw.trim());
      continue;
    }
    const unread = child.items.filter((one) => one.checked === null && !readKey(one, keys, asks, reader));
    if (unread.length > 0) prose.push(unread.map((one) => one.raw).join('\n'));
  }
  return { ...keys, prose: prose.join('\n\n') };
}

const KEY = /^(verify|undo|else|note):\s*/i;

/** @returns whether the item was a child key */
function readKey(item: Item, keys: Keys, asks: boolean, reader: StepReader): boolean {
  if (!reader.live) return false;
  const code = item.codes[0];
  if (asks && code !== undefined && item.text.startsWith(code.raw)) {
    keys.choices.push({ value: code.text, goto: anchorOf(item) });
    return true;
  }
  const match = KEY.exec(item.text);
  if (match === null) return false;
  const text = item.text.slice(match[0].length);
  switch (match[1]?.toLowerCase()) {
    case 'verify':
      keys.verifyText = code?.text ?? text;
      keys.verify = readCheck(keys.verifyText, item.line, reader);
      return true;
    case 'undo':
      keys.undo = code?.text ?? text;
      reportFaults(parseDirective(keys.undo).faults, keys.undo, item.line, reader);
      return true;
    case 'else':
      keys.else = anchorOf(item) ?? text;
      return true;
    default:
      keys.note = text;
      return true;
  }
}

function readCheck(text: string, line: number, reader: StepReader): Check | null {
  const { check, faults } = parseCheck(text);
  reportFaults(faults, text, line, reader);
  return check;
}

function anchorOf(item: Item): string | null {
  return item.link?.href.startsWith('#') === true ? item.link.href.slice(1) : null;
}

/** A directive that is not the last thing of its step is not run: say so. */
function reportStray(item: Item, reader: StepReader): void {
  for (const code of item.codes) {
    const verb = verbSchema.safeParse(code.text.split(' ', 1)[0]);
    if (code.last || !verb.success || !/[=(]/.test(code.text)) continue;
    const [line, column] = whereIs(code.text, item.line, reader.lines);
    reportAt(reader, line, column, {
      rule: 'directive-not-last',
      message: `The directive ${verb.data} is followed by text, so it does nothing.`,
      fix: 'Move it to the end of the step.',
    });
  }
}

function reportFaults(faults: Fault[], text: string, itemLine: number, reader: StepReader): void {
  const [line, column] = whereIs(text, itemLine, reader.lines);
  for (const fault of faults) reportAt(reader, line, column + fault.at, fault);
}

function reportAt(
  reader: StepReader,
  line: number,
  column: number,
  what: { rule: string; message: string; fix: string },
): void {
  reader.report({ line, column, severity: 'error', rule: what.rule, message: what.message, fix: what.fix });
}

/** How many lines after its item's first one a directive is looked for. */
const NEAR_LINES = 20;

/**
 * Where a piece of inline code stands in the file.
 * @returns line and column, 1-based; those of the item when the code is broken over lines
 */
export function whereIs(code: string, itemLine: number, lines: string[]): [line: number, column: number] {
  for (let line = itemLine; line < itemLine + NEAR_LINES && line <= lines.length; line += 1) {
    const column = lines[line - 1]?.indexOf(code) ?? -1;
    if (column >= 0) return [line, column + 1];
  }
  return [itemLine, 1];
}
