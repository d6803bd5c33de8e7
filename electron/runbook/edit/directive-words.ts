import { type Verb, verbSchema } from '#contract/runbook.ts';
import { VERBS } from '#contract/runbook-grammar.ts';
import type { Range } from '#contract/runbook-lint.ts';
import { type Token, tokenize } from '../parse/tokens.ts';

/*
 * A directive as words that can be changed one by one: what is not changed stays as it was written, and what nobody
 * understands stays too. Pure.
 */

/** One word of a directive. `key` is what a form calls it: an argument, a modifier, or a part that has its own place. */
export type Word = {
  key: string;
  /** Without quotes. A flag's is `press` (confirm) or `yes`. */
  value: string;
  /** Where it stands in the directive, whole. */
  range: Range;
};

/** Parts that stand by their place and not by `key=`. */
const PLACED: Partial<Record<Verb, readonly string[]>> = {
  verify: ['check'],
  show: ['what'],
  wait: ['span'],
  ask: ['kind', 'name'],
};
/** Of a check: `for 10m within 30m every 30s`. */
const SPANS = ['for', 'within', 'every'];

/** Whether a part of a directive is written as `key value`, without a sign. */
function isSpan(verb: Verb, key: string): boolean {
  return verb === 'verify' && SPANS.includes(key);
}

function isPlaced(verb: Verb, key: string): boolean {
  return PLACED[verb]?.includes(key) === true;
}

/** @returns the verb, null for none; and its words in their order */
export function readDirectiveWords(text: string): { verb: Verb | null; words: Word[] } {
  const tokens = tokenize(text);
  const verb = verbSchema.safeParse(tokens[0]?.text);
  if (!verb.success) return { verb: null, words: [] };
  const endOf = (index: number): number => {
    const from = tokens[index]?.at ?? text.length;
    return from + text.slice(from, tokens[index + 1]?.at ?? text.length).trimEnd().length;
  };
  const words: Word[] = [];
  const add = (key: string, first: number, last: number, value?: string): void => {
    const range = { from: tokens[first]?.at ?? text.length, to: endOf(last) };
    words.push({ key, value: value ?? text.slice(range.from, range.to), range });
  };
  let at = 1;
  const last = lastOfPlaced(verb.data, tokens);
  for (const key of PLACED[verb.data] ?? []) {
    const to = last ?? at;
    if (tokens[at] === undefined || tokens[at + 1]?.kind === 'equals') break;
    add(key, at, to);
    at = to + 1;
  }
  for (; at < tokens.length; at += 1) {
    const token = tokens[at];
    const value = tokens[at + 2];
    if (token?.kind !== 'word') continue;
    if (tokens[at + 1]?.kind === 'equals' && value !== undefined) {
      add(token.text, at, at + 2, value.text);
      at += 2;
    } else if (isSpan(verb.data, token.text) && tokens[at + 1] !== undefined) {
      add(token.text, at, at + 1, tokens[at + 1]?.text);
      at += 1;
    } else if (token.text === 'confirm') add('confirm', at, at, 'press');
    else if (token.text === 'required') add('required', at, at, 'yes');
  }
  return { verb: verb.data, words };
}

/** The last token of a check or of what is shown; undefined for a part of one word. */
function lastOfPlaced(verb: Verb, tokens: readonly Token[]): number | undefined {
  if (verb !== 'verify' && !(verb === 'show' && tokens[2]?.kind === 'open')) return undefined;
  const closing = tokens.findIndex((token) => token.kind === 'close');
  if (verb === 'show') return closing < 0 ? tokens.length - 1 : closing;
  const behind = tokens.findIndex((token, index) => index > Math.max(closing, 1) && SPANS.includes(token.text));
  const signed = tokens.findIndex((token, index) => index > closing + 2 && token.kind === 'equals');
  const ends = [behind, signed - 1, tokens.findIndex((token, index) => index > closing && isFlag(token))];
  const first = Math.min(tokens.length, ...ends.filter((end) => end > 1));
  return Math.max(1, first - 1);
}

function isFlag({ kind, text }: Token): boolean {
  return kind === 'word' && (text === 'confirm' || text === 'required');
}

/** The directive with one word changed, added, or, where its value is empty, taken away. */
export function withWord(text: string, key: string, value: string): string {
  const { verb, words } = readDirectiveWords(text);
  if (verb === null) return text;
  const found = words.find((word) => word.key === key);
  if ((found?.value ?? '') === value) return text;
  if (value === '') {
    if (found === undefined) return text;
    const before = text.slice(0, found.range.from).trimEnd();
    const behind = text.slice(found.range.to);
    return before + (behind.trim() === '' ? '' : behind);
  }
  const word = wordFor(verb, key, value);
  if (found !== undefined) return text.slice(0, found.range.from) + word + text.slice(found.range.to);
  const at = placeFor(verb, key, words, text.trimEnd().length);
  return `${text.slice(0, at)} ${word}${text.slice(at)}`;
}

function wordFor(verb: Verb, key: string, value: string): string {
  if (isPlaced(verb, key)) return value.trim();
  if (isSpan(verb, key)) return `${key} ${value.trim()}`;
  if (key === 'required' || (key === 'confirm' && value === 'press')) return key;
  return `${key}=${quotedIfNeeded(value)}`;
}

/** Bare where it is read as one value, else between quotes. */
function quotedIfNeeded(value: string): string {
  const [, , bare, ...more] = tokenize(`a=${value}`);
  if (bare?.kind === 'value' && !bare.quoted && bare.text === value && more.length === 0) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Arguments stand behind the last of them, modifiers at the end. */
function placeFor(verb: Verb, key: string, words: readonly Word[], end: number): number {
  if (!isArgument(verb, key)) return end;
  const before = words.filter(
    (word) => isArgument(verb, word.key) && (!isPlaced(verb, key) || isPlaced(verb, word.key)),
  );
  return before.at(-1)?.range.to ?? verb.length;
}

function isArgument(verb: Verb, key: string): boolean {
  return isPlaced(verb, key) || isSpan(verb, key) || Object.hasOwn(VERBS[verb].args, key);
}

/** The directive of another verb: as its example is, with what both have. */
export function withVerb(text: string, verb: Verb): string {
  const before = readDirectiveWords(text);
  if (before.verb === verb) return text;
  const bothAct = before.verb !== null && VERBS[before.verb].mutates && VERBS[verb].mutates;
  const kept = before.words.filter(({ key }) => {
    if (EVERYWHERE.includes(key)) return true;
    const argument = PLACED[verb] === undefined && Object.hasOwn(VERBS[verb].args, key);
    return argument || (bothAct && OF_ACTS.includes(key) && (key !== 'for' || VERBS[verb].leased));
  });
  return kept.reduce((made, { key, value }) => withWord(made, key, value), VERBS[verb].example);
}

/** Modifiers that every directive may have, and those of an action. */
const EVERYWHERE = ['id', 'when', 'required'];
const OF_ACTS = ['confirm', 'approve', 'timeout', 'for'];
