import { parseSpan } from '#contract/basic.ts';
import { type Check, checkSchema } from '#contract/runbook.ts';
import { MEASURES } from '#contract/runbook-grammar.ts';
import { variablesOf } from './fill.ts';
import { DEFAULT_EVERY_MS, nearest, parseQuantity } from './grammar.ts';
import { type Token, tokenize } from './tokens.ts';

/** What is wrong with a directive. `at` is the offset in its text; so are those of the edit that would mend it. */
export type Fault = {
  rule: string;
  at: number;
  message: string;
  fix: string;
  edit?: { from: number; to: number; text: string };
};

export type ParsedCheck = { check: Check | null; faults: Fault[]; rest: Token[] };

/** Reads a check that stands alone, as under `verify:`. Never throws. */
export function parseCheck(text: string): { check: Check | null; faults: Fault[] } {
  const { check, faults, rest } = parseCheckAt(tokenize(text), text.length);
  const extra = rest[0];
  if (faults.length === 0 && extra !== undefined) {
    return {
      check: null,
      faults: [fault('syntax', extra.at, `"${extra.text.slice(0, 40)}" does not fit here.`, SHAPE)],
    };
  }
  return { check, faults };
}

const SHAPE = 'Write measure(key=value) == value [for 20s] within 2m [every 5s].';
const OPERATORS = checkSchema.shape.operator;
const MEASURE_NAMES = checkSchema.shape.measure;

function fault(rule: string, at: number, message: string, fix: string, edit?: Fault['edit']): Fault {
  return { rule, at, message, fix, ...(edit === undefined ? {} : { edit }) };
}

/** Puts `text` where a token stands; a quoted one without its quotes stays as it is. */
export function inPlaceOf(token: Token, text: string): { edit?: Fault['edit'] } {
  return token.quoted ? {} : { edit: { from: token.at, to: token.at + token.text.length, text } };
}

/** A span without its unit is most often meant in minutes. */
export function withUnit(token: Token | undefined): { edit?: Fault['edit'] } {
  return token !== undefined && /^\d{1,6}$/.test(token.text) ? inPlaceOf(token, `${token.text}m`) : {};
}

/**
 * Reads a check at the head of a list of tokens.
 * @param end offset of the end of the text, for what is missing there
 * @returns the check, or null with faults; `rest` are the tokens after it
 */
export function parseCheckAt(tokens: Token[], end: number): ParsedCheck {
  const faults: Fault[] = [];
  const head = tokens[0];
  const measure = MEASURE_NAMES.safeParse(head?.text);
  if (!measure.success) {
    const near = nearest(head?.text ?? '', MEASURE_NAMES.options);
    const what = head === undefined ? 'verify needs a measure.' : `"${head.text.slice(0, 40)}" is not a measure.`;
    const fix = near === null ? `Use one of ${MEASURE_NAMES.options.join(', ')}.` : `Write ${near}.`;
    const edit = near === null || head === undefined ? {} : inPlaceOf(head, near);
    return { check: null, faults: [{ ...fault('unknown-measure', head?.at ?? end, what, fix), ...edit }], rest: [] };
  }
  if (tokens[1]?.kind !== 'open') {
    return {
      check: null,
      faults: [fault('syntax', tokens[1]?.at ?? end, `${measure.data} needs ( ).`, SHAPE)],
      rest: [],
    };
  }
  const closing = tokens.findIndex((token) => token.kind === 'close');
  if (closing < 0) return { check: null, faults: [fault('syntax', end, 'The ( is never closed.', SHAPE)], rest: [] };
  const args = readArguments(measure.data, tokens.slice(2, closing), tokens[closing]?.at ?? end, faults);
  const operator = OPERATORS.safeParse(tokens[closing + 1]?.text);
  const expected = tokens[closing + 2];
  if (!operator.success || expected === undefined || (expected.kind !== 'word' && expected.kind !== 'value')) {
    const at = tokens[closing + 1]?.at ?? end;
    faults.push(fault('syntax', at, 'The check compares with nothing.', SHAPE));
    return { check: null, faults, rest: [] };
  }
  checkComparison(measure.data, operator.data, expected, faults);
  const tail = readTail(tokens.slice(closing + 3), end, faults);
  if (faults.length > 0 || tail.withinMs === null) return { check: null, faults, rest: tail.rest };
  return {
    check: {
      measure: measure.data,
      args,
      operator: operator.data,
      expected: expected.text,
      holdMs: tail.holdMs ?? 0,
      withinMs: tail.withinMs,
      everyMs: tail.everyMs ?? DEFAULT_EVERY_MS,
    },
    faults,
    rest: tail.rest,
  };
}

function readArguments(
  measure: Check['measure'],
  tokens: Token[],
  closeAt: number,
  faults: Fault[],
): Record<string, string> {
  const shape = MEASURES[measure].args;
  const args: Record<string, string> = {};
  let index = 0;
  while (index < tokens.length) {
    const key = tokens[index];
    const value = tokens[index + 2];
    if (key === undefined) break;
    if (key.kind !== 'word' || tokens[index + 1]?.kind !== 'equals' || value?.kind !== 'value') {
      const fix = `Write for example ${measure}(${Object.keys(shape)[0]}=value).`;
      faults.push(fault('syntax', key.at, `"${key.text.slice(0, 40)}" is not key=value.`, fix));
      return args;
    }
    if (!Object.hasOwn(shape, key.text)) {
      const near = nearest(key.text, Object.keys(shape)) ?? Object.keys(shape)[0] ?? '';
      const fix = `It takes ${Object.keys(shape).join(', ')}.`;
      const message = `${measure} has no argument "${key.text.slice(0, 40)}".`;
      faults.push({ ...fault('unknown-argument', key.at, message, fix), ...inPlaceOf(key, near) });
    } else if (key.text === 'within' && parseSpan(value.text) === undefined) {
      const message = `"${value.text.slice(0, 40)}" is not a span.`;
      faults.push({ ...fault('bad-value', value.at, message, 'Write for example within=5m.'), ...withUnit(value) });
    } else args[key.text] = value.text;
    index += tokens[index + 3]?.kind === 'comma' ? 4 : 3;
  }
  for (const [name, { need }] of Object.entries(shape)) {
    if (need === 'optional' || Object.hasOwn(args, name) || faults.length > 0) continue;
    const edit = { from: closeAt, to: closeAt, text: `${tokens.length > 0 ? ', ' : ''}${name}=\${${name}}` };
    faults.push(fault('missing-argument', closeAt, `${measure} needs ${name}=.`, `Add ${name}=value.`, edit));
  }
  return args;
}

function checkComparison(
  measure: Check['measure'],
  operator: Check['operator'],
  expected: Token,
  faults: Fault[],
): void {
  const compares = MEASURES[measure].compares;
  if (variablesOf(expected.text).length > 0) return;
  const quantity = parseQuantity(expected.text);
  if (compares === 'number' || compares === 'share') {
    const fits = quantity !== undefined && (compares === 'number' || quantity <= 1);
    if (!fits) {
      const fix = compares === 'share' ? 'Write for example 95%.' : 'Write a number.';
      faults.push(
        fault('bad-value', expected.at, `${measure} is not compared with "${expected.text.slice(0, 40)}".`, fix),
      );
    }
    return;
  }
  if (compares === 'span') {
    if (parseSpan(expected.text) !== undefined) return;
    const message = `${measure} is not compared with "${expected.text.slice(0, 40)}".`;
    faults.push(fault('bad-value', expected.at, message, 'Write for example 30s.'));
    return;
  }
  if (operator !== '==' && operator !== '!=') {
    faults.push(fault('bad-value', expected.at, `${measure} is a word: it has no order.`, 'Use == or !=.'));
    return;
  }
  if (compares !== 'name' && !compares.includes(expected.text)) {
    const message = `${measure} is never "${expected.text.slice(0, 40)}".`;
    const near = nearest(expected.text, compares);
    const edit = near === null ? {} : inPlaceOf(expected, near);
    faults.push({ ...fault('bad-value', expected.at, message, `It is ${compares.join(', ')}.`), ...edit });
  }
}

type Tail = { holdMs: number | null; withinMs: number | null; everyMs: number | null; rest: Token[] };

/** Reads `for HOLD`, `within DEADLINE` and `every POLL`, in any order. */
function readTail(tokens: Token[], end: number, faults: Fault[]): Tail {
  const spans = new Map<string, number>();
  let index = 0;
  while (index < tokens.length) {
    const word = tokens[index];
    if (word === undefined || tokens[index + 1]?.kind === 'equals') break;
    if (word.text !== 'for' && word.text !== 'within' && word.text !== 'every') break;
    const span = parseSpan(tokens[index + 1]?.text ?? '');
    if (span === undefined || (word.text !== 'for' && span === 0)) {
      const fix = `Write for example ${word.text} 30s.`;
      const edit = withUnit(tokens[index + 1]);
      faults.push({ ...fault('bad-value', word.at, `${word.text} needs a span.`, fix), ...edit });
      return { holdMs: null, withinMs: null, everyMs: null, rest: [] };
    }
    spans.set(word.text, span);
    index += 2;
  }
  const holdMs = spans.get('for') ?? null;
  const withinMs = spans.get('within') ?? null;
  if (withinMs === null) {
    const at = tokens[index]?.at ?? end;
    const edit = { from: at, to: at, text: index < tokens.length ? 'within 5m ' : ' within 5m' };
    const fix = 'Add within, for example: within 5m.';
    faults.push(fault('verify-without-within', end, 'The check has no deadline.', fix, edit));
  } else if (holdMs !== null && holdMs > withinMs) {
    const fix = 'Make within longer than for.';
    faults.push(fault('bad-value', tokens[0]?.at ?? end, 'It cannot hold for longer than its deadline.', fix));
  }
  return { holdMs, withinMs, everyMs: spans.get('every') ?? null, rest: tokens.slice(index) };
}
