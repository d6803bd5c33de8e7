import type { Check, Runbook } from '#contract/runbook.ts';
import { verbSchema } from '#contract/runbook.ts';
import type { RunbookNames } from '#contract/runbook-edit.ts';
import {
  type ArgumentShape,
  FLAGS,
  MEASURES,
  MODIFIER_WORDS,
  MODIFIERS,
  SHOW_ARGS,
  SHOWN,
  VERBS,
} from '#contract/runbook-grammar.ts';
import { SNIPPETS } from './snippets.ts';

/** One thing to write here. */
export type Suggestion = {
  label: string;
  says: string;
  kind: 'verb' | 'key' | 'value' | 'step' | 'section' | 'name';
  /** What is written when it is not the label; with `#{…}` to fill in for a step. */
  insert?: string;
};
export type Suggestions = { from: number; options: Suggestion[] };

/** What is known beside the text: of the desk, and of the file as it was checked last. */
export type Surroundings = {
  names: RunbookNames;
  runbook: Pick<Runbook, 'inputs' | 'sections'> | null;
};

/** On a longer line nothing is suggested, UTF-16 units. */
const LINE_MAX = 2_000;

/** What a measure may be compared with, by the kind of its value. */
const QUANTITIES = { share: ['99%', '95%'], number: ['0', '10'], span: ['30s', '5m'] };
const ALERT_FIELDS = [
  'alert.labels.agent',
  'alert.labels.provider',
  'alert.rule',
  'alert.subject',
  'alert.summary',
  'alert.value',
];
const CHILD_KEYS = [
  { key: 'verify', says: 'must hold before the step is green', insert: 'verify: `#{running_tasks(agent=)}`' },
  { key: 'undo', says: 'what takes it back', insert: 'undo: `#{resume agent=}`' },
  { key: 'else', says: 'where to go when the check fails', insert: 'else: [#{Section}](##{section})' },
  { key: 'note', says: 'what a tired person should know', insert: 'note: #{…}' },
];

/**
 * What can be written at a place of a runbook, from the same table that the parser and the lint read.
 *
 * @param text the whole file
 * @param at the place, in UTF-16 units
 * @returns null where nothing is to be said
 */
export function suggestionsAt(text: string, at: number, around: Surroundings): Suggestions | null {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const before = text.slice(lineStart, at);
  if (before.length > LINE_MAX) return null;
  const variable = /\$\{([a-z0-9_.-]*)$/i.exec(before);
  if (variable !== null) return listed(at, variable[1] ?? '', variablesOf(around));
  if (isFrontMatter(text, lineStart)) return inFrontMatter(before, at, around);
  const anchor = /\]\(#([^)\s]*)$/.exec(before);
  if (anchor !== null) return listed(at, anchor[1] ?? '', sectionsOf(around));
  const code = /^\s*(?:[-*+]|\d+[.)])\s.*?(?:(verify|undo):\s*)?`([^`]*)$/.exec(before);
  if (code !== null && before.split('`').length % 2 === 0) {
    const directive = code[2] ?? '';
    return code[1] === 'verify' ? inCheck(directive, at, around) : inDirective(directive, at, around);
  }
  return inList(before, at);
}

function listed(at: number, typed: string, options: Suggestion[]): Suggestions | null {
  return options.length === 0 ? null : { from: at - typed.length, options };
}

function isFrontMatter(text: string, lineStart: number): boolean {
  if (!text.startsWith('---\n') || lineStart === 0) return false;
  const end = text.indexOf('\n---', 3);
  return end === -1 || lineStart <= end;
}

/** Words as suggestions of one kind. */
function words(kind: Suggestion['kind'], says: string, from: readonly string[]): Suggestion[] {
  return from.map((label) => ({ label, says, kind }));
}

function variablesOf({ runbook }: Surroundings): Suggestion[] {
  const inputs = (runbook?.inputs ?? []).map(({ name, type }) => ({ label: name, says: `input, ${type}` }));
  const answers = (runbook?.sections ?? []).flatMap((section) =>
    section.steps.flatMap(({ id, directive }) => [
      ...(directive?.verb === 'ask' && directive.positional[1] !== undefined
        ? [{ label: directive.positional[1], says: 'answer of a question' }]
        : []),
      ...(directive === null ? [] : [{ label: `steps.${id}.value`, says: 'what a step came to' }]),
    ]),
  );
  const alert = ALERT_FIELDS.map((label) => ({ label, says: 'of the alert' }));
  return [...inputs, ...alert, ...answers].map(({ label, says }) => ({
    ...{ label, says, kind: 'name' as const },
    insert: `${label}}`,
  }));
}

function sectionsOf({ runbook }: Surroundings): Suggestion[] {
  return (runbook?.sections ?? []).map(({ id, title }) => ({ label: id, says: title, kind: 'section' }));
}

const FRONT_KEYS: readonly Suggestion[] = [
  { label: 'runbook: 1', says: 'its directives are live', kind: 'key' },
  { label: 'title: ', says: 'what the list calls it', kind: 'key' },
  { label: 'failure: ', says: 'the kind of failure', kind: 'key' },
  { label: 'match: ', says: 'alerts that it answers', kind: 'key', insert: 'match: { alert: ' },
  { label: 'inputs:', says: 'what a run needs to know', kind: 'key', insert: 'inputs:\n  ' },
  { label: 'owner: ', says: 'who keeps it', kind: 'key' },
  { label: 'reviewed: ', says: 'the day it was last read through', kind: 'key' },
];

function inFrontMatter(before: string, at: number, around: Surroundings): Suggestions | null {
  const alert = /^match:.*?[[\s:,]([a-z0-9._-]*)$/.exec(before);
  if (alert !== null && before.includes('alert:')) {
    return listed(at, alert[1] ?? '', words('name', 'alert', around.names.alerts));
  }
  const type = /\btype:\s*([a-z]*)$/.exec(before);
  if (type !== null) {
    return listed(at, type[1] ?? '', words('value', 'kind of input', ['agent', 'provider', 'text', 'number', 'span']));
  }
  const from = /\bfrom:\s*([a-z.]*)$/.exec(before);
  if (from !== null) return listed(at, from[1] ?? '', words('name', 'of the alert', ALERT_FIELDS));
  const fallback = /\btype:\s*(agent|provider)\b.*\bdefault:\s*([a-z0-9._-]*)$/.exec(before);
  if (fallback !== null) {
    const kind = fallback[1] === 'agent' ? 'agent' : 'provider';
    return listed(at, fallback[2] ?? '', words('name', kind, namesOf(kind, around)));
  }
  const input = /^\s+[a-z_]+:\s*\{(?:.*,)?\s*([a-z]*)$/.exec(before);
  if (input !== null) {
    const keys = ['from: ', 'type: ', 'required: true', 'default: '];
    return listed(at, input[1] ?? '', words('key', 'of the input', keys));
  }
  return /^[a-z]*$/.test(before) ? listed(at, before, [...FRONT_KEYS]) : null;
}

function namesOf(kind: NonNullable<ArgumentShape['names']>, { names }: Surroundings): string[] {
  switch (kind) {
    case 'agent':
      return names.agents;
    case 'provider':
      return names.providers;
    case 'alert':
      return names.alerts;
  }
}

function inDirective(directive: string, at: number, around: Surroundings): Suggestions | null {
  const [, first = '', rest] = /^\s*([a-z]*)(\s.*)?$/s.exec(directive) ?? [];
  if (rest === undefined) {
    const verbs = verbSchema.options.map(
      (verb): Suggestion => ({ label: verb, says: VERBS[verb].says, kind: 'verb', insert: `${verb} ` }),
    );
    return /^\s*[a-z]*$/.test(directive) ? listed(at, first, verbs) : null;
  }
  const verb = verbSchema.safeParse(first);
  if (!verb.success) return null;
  if (verb.data === 'verify') return inCheck(rest.trimStart(), at, around);
  const typed = /[^\s(,]*$/.exec(rest)?.[0] ?? '';
  if (verb.data === 'show') return inShow(rest, typed, at, around);
  if (verb.data === 'ask' && !/^\s+\S+\s/.test(rest)) {
    return listed(at, typed, words('value', 'kind of answer', ['choice', 'text']));
  }
  const value = /^([a-z]+)=(.*)$/.exec(typed);
  if (value !== null) return valuesFor(value[1] ?? '', value[2] ?? '', at, VERBS[verb.data].args, around);
  const given = new Set([...rest.matchAll(/\s([a-z]+)(?==|\s|$)/g)].map((match) => match[1] ?? ''));
  given.delete(typed);
  return listed(at, typed, [...argumentKeys(VERBS[verb.data].args, given), ...modifierKeys(given)]);
}

function inShow(rest: string, typed: string, at: number, around: Surroundings): Suggestions | null {
  const shown = SHOWN.find((one) => new RegExp(`^\\s+${one}\\s*\\(`).test(rest));
  if (shown === undefined) {
    return listed(
      at,
      typed,
      words('value', 'what is shown', SHOWN).map((one) => ({ ...one, insert: `${one.label}(` })),
    );
  }
  const { args } = VERBS.show;
  const own = Object.fromEntries(Object.entries(args).filter(([key]) => SHOW_ARGS[shown].includes(key)));
  return insideCall(rest, at, own, around);
}

/** Between the brackets of a call. */
function insideCall(
  text: string,
  at: number,
  args: Record<string, ArgumentShape>,
  around: Surroundings,
): Suggestions | null {
  if (text.includes(')')) return null;
  const typed = /[^\s(,]*$/.exec(text)?.[0] ?? '';
  const value = /^([a-z]+)=(.*)$/.exec(typed);
  if (value !== null) return valuesFor(value[1] ?? '', value[2] ?? '', at, args, around);
  const given = new Set([...text.matchAll(/([a-z]+)=/g)].map((match) => match[1] ?? ''));
  return listed(at, typed, argumentKeys(args, given));
}

function argumentKeys(args: Record<string, ArgumentShape>, given: ReadonlySet<string>): Suggestion[] {
  return Object.entries(args)
    .filter(([key]) => !given.has(key))
    .map(([key, shape]) => ({
      label: `${key}=`,
      says: shape.need === 'required' ? shape.says : `${shape.says}, optional`,
      kind: 'key',
    }));
}

function modifierKeys(given: ReadonlySet<string>): Suggestion[] {
  const keys = MODIFIERS.filter((key) => !given.has(key)).map((key): Suggestion => {
    const { says, example } = MODIFIER_WORDS[key];
    return { label: example, says, kind: 'key' };
  });
  const flags = FLAGS.filter((flag) => !given.has(flag) && flag !== 'confirm');
  return [...keys, ...words('key', 'must pass before the next step opens', flags)];
}

function valuesFor(
  key: string,
  typed: string,
  at: number,
  args: Record<string, ArgumentShape>,
  around: Surroundings,
): Suggestions | null {
  const shape = args[key];
  if (shape === undefined) {
    return key === 'for' || key === 'timeout' || key === 'hold'
      ? listed(at, typed, words('value', 'a span', ['5m', '15m', '30m', '1h', '2h']))
      : null;
  }
  const inputs = (around.runbook?.inputs ?? [])
    .filter((input) => shape.names === null || input.type === shape.names || input.type === 'text')
    .map((input): Suggestion => ({ label: `\${${input.name}}`, says: 'input', kind: 'name' }));
  const named = shape.names === null ? [] : words('name', shape.names, namesOf(shape.names, around));
  return listed(at, typed, [...words('value', shape.says, shape.words), ...inputs, ...named]);
}

const MEASURE_NAMES: readonly Check['measure'][] = [
  'breaker',
  'running_tasks',
  'queued_tasks',
  'success_rate',
  'intake',
  'route',
  'alert',
];

function inCheck(check: string, at: number, around: Surroundings): Suggestions | null {
  const measure = MEASURE_NAMES.find((name) => new RegExp(`^${name}\\s*\\(`).test(check));
  if (measure === undefined) {
    const all = MEASURE_NAMES.map(
      (name): Suggestion => ({ label: name, says: MEASURES[name].example, kind: 'verb', insert: `${name}(` }),
    );
    return /^[a-z_]*$/.test(check) ? listed(at, check, all) : null;
  }
  const { args, compares } = MEASURES[measure];
  if (!check.includes(')')) return insideCall(check, at, args, around);
  const after = check.slice(check.indexOf(')') + 1);
  const typed = /\S*$/.exec(after)?.[0] ?? '';
  const ordered = compares === 'number' || compares === 'share' || compares === 'span';
  if (!/[=<>!]=?\s/.test(after)) {
    const operators = ordered ? ['==', '!=', '>=', '<=', '>', '<'] : ['==', '!='];
    return listed(at, typed, words('value', 'compared with', operators));
  }
  if (/[=<>!]=?\s+\S*$/.test(after)) {
    const values = compares === 'name' ? around.names.providers : ordered ? QUANTITIES[compares] : compares;
    return listed(at, typed, words('value', `${measure} is`, values));
  }
  const given = new Set([...after.matchAll(/\b(for|within|every)\b/g)].map((match) => match[1] ?? ''));
  given.delete(typed);
  const spans = [
    { label: 'for ', says: 'it must hold this long' },
    { label: 'within ', says: 'it must have held by then' },
    { label: 'every ', says: 'how often it is measured' },
  ].filter(({ label }) => !given.has(label.trim()));
  return listed(
    at,
    typed,
    spans.map((one) => ({ ...one, kind: 'key' as const })),
  );
}

function inList(before: string, at: number): Suggestions | null {
  const child = /^\s+[-*+]\s+([a-z]*)$/.exec(before);
  if (child !== null) {
    const keys = CHILD_KEYS.map(
      ({ key, says, insert }): Suggestion => ({ label: `${key}:`, says, kind: 'key', insert }),
    );
    return listed(at, child[1] ?? '', keys);
  }
  const step = /^(?:(?:[-*+]\s(?:\[ ?\]? ?)?)?)([a-z]*)$/.exec(before);
  if (step === null) return null;
  return {
    from: at - before.length,
    options: SNIPPETS.map(({ label, says, lines }) => ({ label, says, kind: 'step', insert: lines })),
  };
}
