import type { Check, RunbookStep, StepPlaces } from '#contract/runbook.ts';
import { verbSchema } from '#contract/runbook.ts';
import type { Range } from '#contract/runbook-lint.ts';
import type { Block, Item } from './blocks.ts';
import { type Fault, parseCheck } from './check.ts';
import { parseDirective } from './directive.ts';
import { type Code, type Inline, oneLine, type Piece } from './inline.ts';
import { slugOf } from './section.ts';
import { insertAt, type Report } from './text.ts';

/** What reading a step needs of its file. */
export type StepReader = {
  live: boolean;
  uniqueId(name: string): string;
  report(problem: Report): void;
  inline(pieces: Piece[]): Inline;
  /** Markdown of a piece of the file for reading, without the indent of its container. */
  prose(block: { from: number; to: number; indent: number }): string;
};

/** Reads one item of a checklist, with the keys under it. */
export function readStep(item: Item, section: string, reader: StepReader): RunbookStep {
  const inline = item.pieces === null ? null : reader.inline(item.pieces);
  const code = reader.live ? inline?.codes.find((one) => one.last) : undefined;
  const parsed = code === undefined ? null : parseDirective(code.text);
  const where = inline !== null && code !== undefined ? placesIn(inline, code) : null;
  if (where !== null) reportFaults(parsed?.faults ?? [], where, reader);
  if (reader.live && inline !== null) reportStray(inline, reader);
  const directive = parsed?.directive ?? null;
  const text = inline?.text ?? '';
  const title = oneLine(directive === null || code === undefined ? text : text.slice(0, code.from));
  const id = idOf(item, parsed?.id ?? null, `${section} ${title}`, directive === null ? null : where, reader);
  const keys = readKeys(item, directive?.verb === 'ask', reader);
  const { places, ...rest } = keys;
  return {
    id,
    title,
    line: item.line,
    places: {
      ...places,
      step: { from: item.from, to: item.to },
      title: inline === null ? null : { from: inline.source(0), to: inline.source(inline.text.length) },
      directive: where === null ? null : where.range,
    },
    directive,
    ...rest,
  };
}

/** A place in a file for each offset of a piece of inline code. */
type Where = { range: Range; at(offset: number): number };

function placesIn(inline: Inline, code: Code): Where {
  const at = (offset: number): number => inline.source(code.textAt + offset);
  return { range: { from: at(0), to: at(code.text.length) }, at };
}

/** A place for each offset of a text that stands as it is from an offset of the file on. */
function placesFrom(from: number, length: number): Where {
  return { range: { from, to: from + length }, at: (offset) => from + offset };
}

function idOf(item: Item, own: string | null, name: string, where: Where | null, reader: StepReader): string {
  const wanted = own ?? slugOf(name);
  const id = reader.uniqueId(wanted === '' ? 'step' : wanted);
  if (reader.live && wanted !== '' && id !== wanted) {
    const edit = where === null || own !== null ? null : insertAt(where.range.to, ` id=${id}`);
    const titleEnd = item.pieces?.at(-1)?.to ?? null;
    reader.report({
      severity: 'error',
      rule: 'duplicate-id',
      range: { from: item.from, to: item.from + 1 },
      message: `Another step goes by the id ${wanted}.`,
      fix: 'Give one of them another title, or id= in its directive.',
      edit:
        edit ?? (where !== null || titleEnd === null ? null : insertAt(titleEnd, ` ${id.slice(wanted.length + 1)}`)),
    });
  }
  return id;
}

type Keys = Pick<RunbookStep, 'verify' | 'verifyText' | 'undo' | 'else' | 'note' | 'choices' | 'body' | 'prose'> & {
  places: Omit<StepPlaces, 'step' | 'title' | 'directive'>;
};

/** The child keys of a step; what is not one of them is prose. */
function readKeys(item: Item, asks: boolean, reader: StepReader): Keys {
  const keys: Keys = {
    ...{ verify: null, verifyText: null, undo: null, else: null, note: null, choices: [], body: null, prose: '' },
    places: { verify: null, undo: null, else: null, note: null },
  };
  const prose: string[] = [];
  for (const child of item.children) {
    if (child.kind !== 'list') {
      if (child.kind === 'code' && child.fenced && keys.body === null) keys.body = child.text;
      prose.push(readingOf(child, reader));
      continue;
    }
    const unread = child.items.filter((one) => one.box === null && !readKey(one, keys, asks, reader));
    if (unread.length === child.items.length) prose.push(reader.prose(child));
    else if (unread.length > 0) {
      prose.push(unread.map((one) => reader.prose(one)).join('\n'));
    }
  }
  return { ...keys, prose: prose.filter((one) => one !== '').join('\n\n') };
}

/** A heading under a step is a line of its prose. */
function readingOf(block: Block, reader: StepReader): string {
  return block.kind === 'heading' ? oneLine(reader.inline(block.pieces).text) : reader.prose(block);
}

const KEY = /^(verify|undo|else|note):\s*/i;

/** @returns whether the item was a child key */
function readKey(item: Item, keys: Keys, asks: boolean, reader: StepReader): boolean {
  if (!reader.live || item.pieces === null) return false;
  const inline = reader.inline(item.pieces);
  const code = inline.codes[0];
  if (asks && code?.from === 0) {
    keys.choices.push({ value: code.text, goto: anchorOf(inline) });
    return true;
  }
  const match = KEY.exec(inline.text);
  if (match === null) return false;
  const rest = inline.text.slice(match[0].length);
  const text = code?.text ?? oneLine(rest);
  const where = code === undefined ? placesFrom(inline.source(match[0].length), rest.length) : placesIn(inline, code);
  switch (match[1]?.toLowerCase()) {
    case 'verify':
      keys.verifyText = text;
      keys.verify = readCheck(text, where, reader);
      keys.places.verify = where.range;
      return true;
    case 'undo':
      keys.undo = text;
      keys.places.undo = where.range;
      reportFaults(parseDirective(text).faults, where, reader);
      return true;
    case 'else': {
      const anchor = anchorOf(inline);
      keys.else = anchor ?? oneLine(rest);
      keys.places.else =
        anchor === null ? placesFrom(inline.source(match[0].length), rest.length).range : anchorPlace(inline, anchor);
      return true;
    }
    default:
      keys.note = oneLine(rest);
      keys.places.note = placesFrom(inline.source(match[0].length), rest.length).range;
      return true;
  }
}

function readCheck(text: string, where: Where, reader: StepReader): Check | null {
  const { check, faults } = parseCheck(text);
  reportFaults(faults, where, reader);
  return check;
}

function anchorOf(inline: Inline): string | null {
  return inline.link?.href.startsWith('#') === true ? inline.link.href.slice(1) : null;
}

function anchorPlace(inline: Inline, anchor: string): Range {
  const at = inline.text.indexOf(`(#${anchor}`);
  return at < 0
    ? { from: inline.source(0), to: inline.source(0) }
    : placesFrom(inline.source(at + 2), anchor.length).range;
}

/** A directive that is not the last thing of its step is not run: say so. */
function reportStray(inline: Inline, reader: StepReader): void {
  for (const code of inline.codes) {
    const verb = verbSchema.safeParse(code.text.split(' ', 1)[0]);
    if (code.last || !verb.success || !/[=(]/.test(code.text)) continue;
    const behind = inline.text.slice(code.to).trim();
    const whole = { from: inline.source(code.from), to: inline.source(inline.text.length) };
    reader.report({
      severity: 'error',
      rule: 'directive-not-last',
      range: placesIn(inline, code).range,
      message: `The directive ${verb.data} is followed by text, so it does nothing.`,
      fix: 'Move it to the end of the step.',
      edit: { range: whole, text: `${behind} ${inline.text.slice(code.from, code.to)}` },
    });
    // One move at a time: two edits of one line would cross.
    return;
  }
}

function reportFaults(faults: Fault[], where: Where, reader: StepReader): void {
  for (const { rule, at, message, fix, edit } of faults) {
    const from = where.at(at);
    reader.report({
      severity: 'error',
      rule,
      range: { from, to: Math.max(from, edit === undefined ? where.range.to : where.at(edit.to)) },
      message,
      fix,
      edit:
        edit === undefined ? null : { range: { from: where.at(edit.from), to: where.at(edit.to) }, text: edit.text },
    });
  }
}
