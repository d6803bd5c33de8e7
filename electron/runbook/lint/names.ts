import type { Check, Directive, Runbook, RunbookStep } from '#contract/runbook.ts';
import { parseDirective } from '../parse/directive.ts';
import { variablesOf } from '../parse/fill.ts';
import { nearest } from '../parse/grammar.ts';
import type { Known } from '../types.ts';
import type { Finding } from './lint.ts';

/** Values of an alert that a runbook may use beside its labels. */
const ALERT_FIELDS = ['rule', 'summary', 'value'];

/** Rules on names: variables that nothing stands for; agents, providers and alerts that do not exist here. */
export function lintNames(runbook: Runbook, known: Known | null): Finding[] {
  const findings: Finding[] = [];
  const earlier = new Set<string>();
  for (const step of runbook.sections.flatMap((section) => section.steps)) {
    for (const use of valuesIn(step)) {
      for (const name of variablesOf(use.text)) {
        if (!stands(name, runbook, earlier)) findings.push(unknownVariable(step, name, runbook, earlier));
      }
      if (known !== null) findings.push(...unknownNames(step, use, known));
    }
    earlier.add(`steps.${step.id}.value`);
    const answer = step.directive?.verb === 'ask' ? step.directive.positional[1] : undefined;
    if (answer !== undefined) earlier.add(answer);
  }
  if (known !== null) findings.push(...lintFrontMatter(runbook, known));
  return findings;
}

type Use = { text: string; args: Record<string, string> };

/** Each directive and check of a step, with its values. */
function valuesIn(step: RunbookStep): Use[] {
  const undo = step.undo === null ? null : parseDirective(step.undo).directive;
  return [namesIn(step.directive), namesIn(undo), checkedNames(step.verifyText ?? '', step.verify)].filter(
    (use) => use !== null,
  );
}

function namesIn(directive: Directive | null): Use | null {
  if (directive === null) return null;
  return directive.check === null
    ? { text: directive.text, args: directive.args }
    : checkedNames(directive.text, directive.check);
}

function checkedNames(text: string, check: Check | null): Use | null {
  return check === null ? null : { text, args: check.args };
}

function stands(name: string, runbook: Runbook, earlier: Set<string>): boolean {
  if (runbook.inputs.some((input) => input.name === name) || earlier.has(name)) return true;
  if (name.startsWith('alert.labels.')) return true;
  const field = /^alert\.([a-z_]+)$/.exec(name)?.[1];
  return field !== undefined && field !== 'labels' && (ALERT_FIELDS.includes(field) || runbook.matchAlerts.length > 0);
}

function unknownVariable(step: RunbookStep, name: string, runbook: Runbook, earlier: Set<string>): Finding {
  const near = nearest(name, [...runbook.inputs.map((input) => input.name), ...earlier]);
  return {
    step,
    text: `\${${name}}`,
    severity: 'error',
    rule: 'unknown-input',
    message: `Nothing stands for \${${name}} here.`,
    fix: near === null ? 'Add it under inputs:.' : `Write \${${near}}.`,
  };
}

/** Arguments that name something on this desk. */
const NAMES: Record<string, keyof Known> = { agent: 'agents', provider: 'providers', to: 'providers', rule: 'alerts' };

function unknownNames(step: RunbookStep, use: Use, known: Known): Finding[] {
  return Object.entries(use.args).flatMap(([key, value]) => {
    const kind = NAMES[key];
    if (kind === undefined || variablesOf(value).length > 0) return [];
    if (known[kind].includes(value) || (key === 'to' && value === 'default')) return [];
    return [{ step, text: value, severity: 'error', rule: RULES[kind], ...doesNotExist(kind, value, known) } as const];
  });
}

const RULES = { agents: 'unknown-agent', providers: 'unknown-provider', alerts: 'unknown-alert' } as const;

function doesNotExist(kind: keyof Known, value: string, known: Known): { message: string; fix: string } {
  const near = nearest(value, known[kind]);
  return {
    message: `No ${kind.slice(0, -1)} here is called ${value}.`,
    fix: near === null ? `Here are: ${known[kind].join(', ') || 'none'}.` : `Write ${near}.`,
  };
}

function lintFrontMatter(runbook: Runbook, known: Known): Finding[] {
  const findings: Finding[] = [];
  const check = (kind: keyof Known, value: string | null): void => {
    if (value === null || known[kind].includes(value)) return;
    findings.push({
      step: null,
      text: value,
      severity: 'error',
      rule: RULES[kind],
      ...doesNotExist(kind, value, known),
    });
  };
  for (const rule of runbook.matchAlerts) check('alerts', rule);
  for (const input of runbook.inputs) {
    if (input.type === 'agent') check('agents', input.default);
    if (input.type === 'provider') check('providers', input.default);
  }
  return findings;
}
