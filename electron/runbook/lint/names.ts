import type { Check, Directive, Runbook, RunbookStep } from '#contract/runbook.ts';
import { MEASURES, VERBS } from '#contract/runbook-grammar.ts';
import type { Range } from '#contract/runbook-lint.ts';
import { parseDirective } from '../parse/directive.ts';
import { variablesOf } from '../parse/fill.ts';
import { addInput } from '../parse/front-matter.ts';
import { nearest } from '../parse/grammar.ts';
import type { Report } from '../parse/text.ts';
import type { Known } from '../types.ts';
import { found, headRange, type Linted, stepsOf, within } from './rule.ts';

/** Values of an alert that a runbook may use beside its labels. */
const ALERT_FIELDS = ['rule', 'subject', 'summary', 'value'];

/** Rules on names: variables that nothing stands for; agents, providers and alerts that do not exist here. */
export function lintNames(linted: Linted, known: Known | null): Report[] {
  const { runbook } = linted;
  const findings: Report[] = [];
  const earlier = new Set<string>();
  for (const step of stepsOf(runbook)) {
    for (const use of usesIn(step)) {
      for (const name of new Set(variablesOf(use.text))) {
        if (!stands(name, runbook, earlier)) findings.push(unknownVariable(use, name, linted, earlier));
      }
      if (known !== null) findings.push(...unknownNames(use, known, linted));
    }
    earlier.add(`steps.${step.id}.value`);
    const answer = step.directive?.verb === 'ask' ? step.directive.positional[1] : undefined;
    if (answer !== undefined) earlier.add(answer);
  }
  if (known !== null) findings.push(...lintFrontMatter(linted, known));
  return findings;
}

/** A directive or check of a step, with its values and where it stands. `names` says what each value names. */
type Use = {
  text: string;
  args: Record<string, string>;
  names: Record<string, { names: Naming | null }>;
  range: Range;
};
type Naming = 'agent' | 'provider' | 'alert';

function usesIn(step: RunbookStep): Use[] {
  const undo = step.undo === null ? null : parseDirective(step.undo).directive;
  return [
    ofDirective(step.directive, step.places.directive),
    ofDirective(undo, step.places.undo),
    ofCheck(step.verifyText ?? '', step.verify, step.places.verify),
  ].filter((use) => use !== null);
}

function ofDirective(directive: Directive | null, range: Range | null): Use | null {
  if (directive === null || range === null) return null;
  if (directive.check !== null) return ofCheck(directive.text, directive.check, range);
  return { text: directive.text, args: directive.args, names: VERBS[directive.verb].args, range };
}

function ofCheck(text: string, check: Check | null, range: Range | null): Use | null {
  return check === null || range === null
    ? null
    : { text, args: check.args, names: MEASURES[check.measure].args, range };
}

function stands(name: string, runbook: Runbook, earlier: Set<string>): boolean {
  if (runbook.inputs.some((input) => input.name === name) || earlier.has(name)) return true;
  if (name.startsWith('alert.labels.')) return true;
  const field = /^alert\.([a-z_]+)$/.exec(name)?.[1];
  return field !== undefined && field !== 'labels' && (ALERT_FIELDS.includes(field) || runbook.matchAlerts.length > 0);
}

function unknownVariable({ range }: Use, name: string, { runbook, text }: Linted, earlier: Set<string>): Report {
  const near = nearest(name, [...runbook.inputs.map((input) => input.name), ...earlier]);
  const said = {
    message: `Nothing stands for \${${name}} here.`,
    fix: near === null ? 'Add it under inputs:.' : `Write \${${near}}.`,
  };
  const place = within(text, range, `\${${name}}`);
  const isName = /^[a-z][a-z0-9_]*$/.test(name);
  const edit = near === null ? (isName ? addInput(text, name) : null) : { range: place, text: `\${${near}}` };
  return found('error', 'unknown-input', place, said, edit);
}

function unknownNames({ args, names, range }: Use, known: Known, { text }: Linted): Report[] {
  return Object.entries(args).flatMap(([key, value]) => {
    const naming = Object.hasOwn(names, key) ? (names[key]?.names ?? null) : null;
    if (naming === null || variablesOf(value).length > 0) return [];
    const { kind } = KINDS[naming];
    if (known[kind].includes(value) || (key === 'to' && value === 'default')) return [];
    const pair = within(text, range, `${key}=${value}`);
    const place = pair === range ? within(text, range, value) : { from: pair.from + key.length + 1, to: pair.to };
    return [doesNotExist(naming, value, known, place)];
  });
}

const KINDS = {
  agent: { kind: 'agents', rule: 'unknown-agent' },
  provider: { kind: 'providers', rule: 'unknown-provider' },
  alert: { kind: 'alerts', rule: 'unknown-alert' },
} as const;

function doesNotExist(naming: Naming, value: string, known: Known, range: Range): Report {
  const { kind, rule } = KINDS[naming];
  const near = nearest(value, known[kind]);
  const only = known[kind].length === 1 ? (known[kind][0] ?? null) : null;
  const meant = near ?? only;
  const said = {
    message: `No ${naming} here is called ${value}.`,
    fix: near === null ? `Here are: ${known[kind].join(', ') || 'none'}.` : `Write ${near}.`,
  };
  return found('error', rule, range, said, meant === null ? null : { range, text: meant });
}

function lintFrontMatter({ runbook, text }: Linted, known: Known): Report[] {
  const findings: Report[] = [];
  const check = (naming: Naming, value: string | null, near: Range): void => {
    if (value === null || known[KINDS[naming].kind].includes(value)) return;
    findings.push(doesNotExist(naming, value, known, within(text, near, value)));
  };
  const match = headRange(text, 'match');
  const head = { from: 0, to: Math.max(0, text.indexOf('\n---', 3)) };
  for (const rule of runbook.matchAlerts) check('alert', rule, { from: match.from, to: head.to });
  for (const input of runbook.inputs) {
    const line = within(text, head, `  ${input.name}:`);
    const near = { from: line.from, to: head.to };
    if (input.type === 'agent') check('agent', input.default, near);
    if (input.type === 'provider') check('provider', input.default, near);
  }
  return findings;
}
