import { parseSpan } from '#contract/basic.ts';
import { type Directive, verbSchema } from '#contract/runbook.ts';
import { type ArgumentShape, FLAGS, MODIFIERS, SHOW_ARGS, SHOWN, VERBS } from '#contract/runbook-grammar.ts';
import { type Fault, inPlaceOf, parseCheck, parseCheckAt, withUnit } from './check.ts';
import { variablesOf } from './fill.ts';
import { nearest } from './grammar.ts';
import { type Token, tokenize } from './tokens.ts';

export type ParsedDirective = {
  /** Null when the text is not a directive this version can trust. */
  directive: Directive | null;
  /** `id=`, where it stands. */
  id: string | null;
  faults: Fault[];
};

/** Reads the inline code at the end of a step. Never throws; with a fault there is no directive. */
export function parseDirective(text: string): ParsedDirective {
  const tokens = tokenize(text);
  const first = tokens[0];
  const verb = verbSchema.safeParse(first?.kind === 'word' ? first.text : '');
  if (!verb.success) return { directive: null, id: null, faults: [unknownVerb(first)] };
  const draft: Draft = {
    directive: {
      verb: verb.data,
      text,
      args: {},
      positional: [],
      check: null,
      confirm: 'none',
      approvals: 1,
      forMs: null,
      timeoutMs: null,
      required: false,
      when: null,
      ramp: [],
      holdMs: null,
    },
    id: null,
    faults: [],
  };
  let rest = tokens.slice(1);
  if (verb.data === 'verify') {
    const parsed = parseCheckAt(rest, text.length);
    draft.directive.check = parsed.check;
    draft.faults.push(...parsed.faults);
    rest = parsed.rest;
  }
  if (verb.data === 'show') rest = readShown(draft, rest);
  if (draft.faults.length === 0) readWords(draft, rest);
  checkArguments(draft, text);
  return { directive: draft.faults.length === 0 ? draft.directive : null, id: draft.id, faults: draft.faults };
}

type Draft = { directive: Directive; id: string | null; faults: Fault[] };

function unknownVerb(token: Token | undefined): Fault {
  const near = nearest(token?.text ?? '', verbSchema.options);
  return {
    rule: 'unknown-verb',
    at: 0,
    message: token === undefined ? 'The directive is empty.' : `"${token.text.slice(0, 40)}" is not a verb.`,
    fix: near === null ? `Use one of ${verbSchema.options.join(', ')}, or put words after the code.` : `Write ${near}.`,
    ...(near === null || token === undefined ? {} : inPlaceOf(token, near)),
  };
}

function readWords(draft: Draft, tokens: Token[]): void {
  let index = 0;
  while (index < tokens.length) {
    const token = tokens[index];
    if (token === undefined) return;
    const quote = token.kind === 'unfinished' ? token : tokens[index + 2];
    if (quote?.kind === 'unfinished' && (quote === token || tokens[index + 1]?.kind === 'equals')) {
      const { length } = draft.directive.text;
      const edit = { from: length, to: length, text: '"' };
      draft.faults.push({ rule: 'syntax', at: quote.at, message: 'The quote is never closed.', fix: 'Add a ".', edit });
      return;
    }
    if (token.kind !== 'word' && token.kind !== 'value') {
      draft.faults.push({
        rule: 'syntax',
        at: token.at,
        message: `"${token.text}" does not fit here.`,
        fix: 'Write key=value, and quotes around a value with spaces.',
      });
      return;
    }
    const value = tokens[index + 2];
    if (tokens[index + 1]?.kind === 'equals') {
      if (value?.kind !== 'value') {
        draft.faults.push({
          rule: 'syntax',
          at: token.at,
          message: `${token.text} has no value.`,
          fix: `Write ${token.text}=value with no space around the sign.`,
        });
        return;
      }
      readPair(draft, token, value);
      index += 3;
    } else {
      readFlag(draft, token);
      index += 1;
    }
  }
}

function readFlag(draft: Draft, token: Token): void {
  const { directive, faults } = draft;
  const flag = FLAGS.find((one) => one === token.text);
  if (flag === 'confirm') directive.confirm = 'press';
  else if (flag === 'required') directive.required = true;
  else if (directive.verb === 'ask' || directive.verb === 'wait') directive.positional.push(token.text);
  else {
    const near = nearest(token.text, FLAGS);
    faults.push({
      rule: 'unknown-argument',
      at: token.at,
      message: `"${token.text.slice(0, 40)}" means nothing to ${directive.verb}.`,
      fix: near === null ? 'Remove it, or write it as key=value.' : `Write ${near}.`,
      ...(near === null ? {} : inPlaceOf(token, near)),
    });
  }
}

function readPair(draft: Draft, key: Token, value: Token): void {
  const { directive, faults } = draft;
  const shape = VERBS[directive.verb].args;
  if (Object.hasOwn(directive.args, key.text)) {
    faults.push({ rule: 'syntax', at: key.at, message: `${key.text} stands twice.`, fix: 'Keep one of them.' });
    return;
  }
  const argument = Object.hasOwn(shape, key.text) ? shape[key.text] : undefined;
  if (argument !== undefined) {
    directive.args[key.text] = value.text;
    checkValue(draft, argument, value);
    return;
  }
  switch (MODIFIERS.find((one) => one === key.text)) {
    case 'confirm':
      if (value.text === 'type') directive.confirm = 'type';
      else faults.push(badValue(value, 'confirm takes no value, or type.', 'Write confirm or confirm=type.', 'type'));
      return;
    case 'approve':
      if (/^[1-5]$/.test(value.text)) directive.approvals = Number(value.text);
      else
        faults.push(badValue(value, 'approve takes a number of people, 1 to 5.', 'Write for example approve=2.', '2'));
      return;
    case 'for':
      directive.forMs = readSpan(draft, key, value);
      return;
    case 'timeout':
      directive.timeoutMs = readSpan(draft, key, value);
      return;
    case 'id':
      draft.id = value.text;
      return;
    case 'when':
      if (isCondition(value.text)) directive.when = value.text;
      else {
        const fix = `Write for example when=\${cause}==vendor, in quotes where it has blanks.`;
        faults.push(badValue(value, `when="${value.text.slice(0, 40)}" is no condition.`, fix));
      }
      return;
    case 'ramp': {
      const shares = value.text
        .split(',')
        .map((part) => (/^\d{1,3}(\.\d)?%$/.test(part) ? Number(part.slice(0, -1)) / 100 : 0));
      const rises = shares.every((share, index) => share > (shares[index - 1] ?? 0));
      if (directive.verb === 'reroute' && rises && shares.at(-1) === 1) directive.ramp = shares;
      else
        faults.push(badValue(value, 'ramp is for reroute, and rises to 100%.', 'Write for example ramp=10%,50%,100%.'));
      return;
    }
    case 'hold':
      directive.holdMs = readSpan(draft, key, value);
      return;
    case undefined: {
      const names = [...Object.keys(shape), ...MODIFIERS];
      const near = nearest(key.text, names);
      faults.push({
        rule: 'unknown-argument',
        at: key.at,
        message: `${directive.verb} has no argument "${key.text.slice(0, 40)}" in this version.`,
        fix: near === null ? `It takes ${names.join(', ')}.` : `Write ${near}=.`,
        ...(near === null ? {} : inPlaceOf(key, near)),
      });
    }
  }
}

/** Two values with an operator between them, or a check without its spans. */
function isCondition(text: string): boolean {
  if (/^\s*[a-z_]+\(/.test(text)) return parseCheck(`${text} within 1s`).faults.length === 0;
  return /^[^=!<>]+(?:==|!=|>=|<=|>|<)[^=!<>]+$/.test(text);
}

/** A value is held against the table of arguments, unless something is still to be filled in. */
function checkValue(draft: Draft, argument: ArgumentShape, value: Token): void {
  if (variablesOf(value.text).length > 0) return;
  // Names are the lint's: it knows which there are, and which one was meant.
  if (argument.names !== null) return;
  const parsed = argument.value.safeParse(value.text);
  if (parsed.success) return;
  const near = nearest(value.text, argument.words);
  const message = `"${value.text.slice(0, 40)}" does not fit: ${parsed.error.issues[0]?.message ?? argument.says}.`;
  draft.faults.push(badValue(value, message, `It is ${argument.says}.`, near ?? undefined));
}

function badValue(value: Token, message: string, fix: string, text?: string): Fault {
  return { rule: 'bad-value', at: value.at, message, fix, ...(text === undefined ? {} : inPlaceOf(value, text)) };
}

function readSpan(draft: Draft, key: Token, value: Token): number | null {
  const span = parseSpan(value.text);
  if (span !== undefined) return span;
  draft.faults.push({
    ...badValue(value, `${key.text}=${value.text.slice(0, 40)} is not a span.`, 'Write for example 30s, 5m or 2h.'),
    ...withUnit(value),
  });
  return null;
}

function checkArguments(draft: Draft, text: string): void {
  const { directive, faults } = draft;
  if (faults.length > 0) return;
  for (const [name, { need }] of Object.entries(VERBS[directive.verb].args)) {
    if (need === 'optional' || Object.hasOwn(directive.args, name)) continue;
    faults.push({
      rule: 'missing-argument',
      at: text.length,
      message: `${directive.verb} needs ${name}=.`,
      fix: `Add ${name}=value.`,
      edit: { from: directive.verb.length, to: directive.verb.length, text: ` ${name}=\${${name}}` },
    });
  }
  const [kind, name, ...more] = directive.positional;
  if (directive.verb === 'wait' && (parseSpan(kind ?? '') === undefined || name !== undefined)) {
    faults.push({ rule: 'syntax', at: 0, message: 'wait takes a span.', fix: 'Write for example: wait 5m' });
  }
  if (directive.verb !== 'ask') return;
  if ((kind !== 'choice' && kind !== 'text') || name === undefined || more.length > 0) {
    faults.push({
      rule: 'syntax',
      at: 0,
      message: 'ask takes a kind and the name of its answer.',
      fix: 'Write for example: ask choice cause',
    });
  }
}

/** What `show` shows, and its arguments in brackets. @returns the words after them */
function readShown(draft: Draft, tokens: Token[]): Token[] {
  const [what, bracket] = tokens;
  const shown = SHOWN.find((one) => one === what?.text);
  if (shown === undefined) {
    const fix = `Use one of ${SHOWN.join(', ')}.`;
    draft.faults.push({ rule: 'syntax', at: what?.at ?? 0, message: 'show needs something to show.', fix });
    return [];
  }
  draft.directive.positional.push(shown);
  if (bracket?.kind !== 'open') return tokens.slice(1);
  const closing = tokens.findIndex((token) => token.kind === 'close');
  if (closing < 0) {
    draft.faults.push({ rule: 'syntax', at: bracket.at, message: 'The ( is never closed.', fix: 'Add a ).' });
    return [];
  }
  const inside = tokens.slice(2, closing).filter((token) => token.kind !== 'comma');
  for (let index = 0; index < inside.length; index += 3) {
    const [key, equals, value] = inside.slice(index, index + 3);
    if (key === undefined) break;
    if (equals?.kind !== 'equals' || value === undefined || !SHOW_ARGS[shown].includes(key.text)) {
      const fix = `It takes ${SHOW_ARGS[shown].join(', ')}.`;
      draft.faults.push({
        rule: 'unknown-argument',
        at: key.at,
        message: `show ${shown} has no "${key.text.slice(0, 40)}".`,
        fix,
      });
      return [];
    }
    draft.directive.args[key.text] = value.text;
  }
  return tokens.slice(closing + 1);
}
