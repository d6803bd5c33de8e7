import type { Directive, RunbookStep } from '#contract/runbook.ts';
import { VERBS, WITH_BODY } from '#contract/runbook-grammar.ts';
import { parseDirective } from '../parse/directive.ts';
import { nearest } from '../parse/grammar.ts';
import { insertAt, type Report } from '../parse/text.ts';
import { type Acting, actingOf, found, type Linted, stepsOf, within } from './rule.ts';

/** Rules that look at one step. */
export function lintSteps(linted: Linted): Report[] {
  const acting = actingOf(linted.runbook).flatMap((one) => [
    ...lintConfirm(one),
    ...lintEnd(one),
    ...lintChoices(one, linted),
    ...lintFence(one, linted),
    ...lintPlaceholders(one, linted),
  ]);
  const rest = stepsOf(linted.runbook).flatMap((step) => [
    ...lintAnchors(step, linted),
    ...lintUndo(step),
    ...lintBox(step, linted),
  ]);
  return [...acting, ...rest];
}

function isConfirmed(directive: Directive): boolean {
  return directive.confirm !== 'none' || directive.approvals > 1;
}

function lintConfirm({ directive, range }: Acting): Report[] {
  if (!VERBS[directive.verb].mutates || isConfirmed(directive)) return [];
  const said = { message: `${directive.verb} acts without a confirmation.`, fix: 'Add confirm.' };
  return [found('error', 'mutation-without-confirm', range, said, insertAt(range.to, ' confirm'))];
}

function lintEnd({ step, directive, range }: Acting): Report[] {
  const restores = ['to', 'concurrency', 'budget'].some((name) => directive.args[name] === 'default');
  if (!VERBS[directive.verb].leased || restores || directive.forMs !== null || step.undo !== null) return [];
  const said = { message: `${directive.verb} would never end.`, fix: 'Add for=30m, or an undo: under the step.' };
  return [found('error', 'mitigation-without-end', range, said, insertAt(range.to, ' for=30m'))];
}

function lintChoices({ step, directive, range }: Acting, { runbook, text }: Linted): Report[] {
  if (directive.verb !== 'ask' || directive.positional[0] !== 'choice' || step.choices.length > 0) return [];
  const section = runbook.sections.at(-1);
  const goto = section === undefined ? '' : `: [${section.title}](#${section.id})`;
  const said = { message: 'The question has no choices.', fix: 'Add items like `value`: [Section](#section).' };
  const edit = insertAt(endOfLine(text, range.to), under(step, text, [`- \`yes\`${goto}`, '- `no`']));
  return [found('error', 'ask-without-choices', range, said, edit)];
}

function lintFence({ step, directive, range }: Acting, { text }: Linted): Report[] {
  const { fence } = VERBS[directive.verb];
  const needed = fence === 'required' || (directive.verb === 'http' && WITH_BODY.includes(directive.args.method ?? ''));
  if (!needed || step.body !== null) return [];
  const language = directive.verb === 'shell' ? 'sh' : 'json';
  const said = {
    message: `${directive.verb} takes its body from a fence, and the step has none.`,
    fix: 'Add a fence.',
  };
  const edit = insertAt(endOfLine(text, range.to), under(step, text, [`\`\`\`${language}`, '', '```']));
  return [found('error', 'missing-fence', range, said, edit)];
}

/** Lines under a step, at the indent of its content. */
function under(step: RunbookStep, text: string, lines: string[]): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const marker = /^(?:[-*+]|\d{1,9}[.)])[ \t]+/.exec(text.slice(step.places.step.from, step.places.step.from + 20));
  const lineFrom = text.lastIndexOf('\n', step.places.step.from - 1) + 1;
  const indent = ' '.repeat(step.places.step.from - lineFrom + (marker?.[0].length ?? 2));
  return lines.map((line) => (line === '' ? end : `${end}${indent}${line}`)).join('');
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

const PLACEHOLDER = /<([a-z][a-z0-9 _-]{0,60})>/i;

function lintPlaceholders({ directive, range }: Acting, { text }: Linted): Report[] {
  const match = PLACEHOLDER.exec(directive.text);
  if (match === null) return [];
  const name = (match[1] ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const said = {
    message: `${match[0]} would be sent as it stands.`,
    fix: `Make it an input and write \${${name}}.`,
  };
  const place = within(text, range, match[0]);
  return [found('warning', 'literal-placeholder', place, said, { range: place, text: `\${${name}}` })];
}

function lintAnchors(step: RunbookStep, { runbook, text }: Linted): Report[] {
  const anchors = runbook.sections.map((section) => section.id);
  return [step.else, ...step.choices.map((choice) => choice.goto)].flatMap((anchor) => {
    if (anchor === null || anchors.includes(anchor)) return [];
    const near = nearest(anchor, anchors);
    const said = {
      message: `No section has the anchor #${anchor}.`,
      fix: near === null ? `Use one of ${anchors.map((one) => `#${one}`).join(', ')}.` : `Write #${near}.`,
    };
    const linked = within(text, step.places.step, `(#${anchor})`);
    if (linked === step.places.step) return [found('error', 'dead-anchor', step.places.else ?? linked, said)];
    const range = { from: linked.from + 2, to: linked.to - 1 };
    return [found('error', 'dead-anchor', range, said, { range, text: near ?? newSectionOr(anchors, anchor) })];
  });
}

/** Where nothing is near, the last section: what stands at the end is entered from elsewhere most often. */
function newSectionOr(anchors: string[], anchor: string): string {
  return anchors.at(-1) ?? anchor;
}

function lintUndo(step: RunbookStep): Report[] {
  const range = step.places.undo;
  if (step.undo === null || range === null) return [];
  const verb = parseDirective(step.undo).directive?.verb;
  if (verb === undefined || VERBS[verb].mutates) return [];
  const inverse = inverseOf(step.directive);
  const said = { message: `${verb} undoes nothing.`, fix: `Write for example ${inverse ?? 'resume agent=…'}.` };
  const edit = inverse === null ? null : { range, text: inverse };
  return [found('error', 'undo-not-an-action', range, said, edit)];
}

/** The directive that undoes another one. */
function inverseOf(directive: Directive | null): string | null {
  const agent = directive?.args.agent;
  if (directive === null || agent === undefined) return null;
  switch (directive.verb) {
    case 'pause':
    case 'drain':
      return `resume agent=${agent}`;
    case 'reroute':
      return `reroute agent=${agent} to=default`;
    case 'scale':
      return `scale agent=${agent} to=default`;
    case 'set':
      return `set agent=${agent} ${Object.keys(directive.args)
        .filter((name) => name !== 'agent')
        .map((name) => `${name}=default`)
        .join(' ')}`;
    default:
      return null;
  }
}

/** A box that was committed as checked: runs keep their own state, the file stays blank. */
function lintBox(step: RunbookStep, { text }: Linted): Report[] {
  const { from } = step.places.step;
  const match = /^(?:[-*+]|\d{1,9}[.)])\s+(\[[xX]\])/.exec(text.slice(from, from + 40));
  if (match === null) return [];
  const range = { from: from + match[0].length - 3, to: from + match[0].length };
  const said = { message: 'The step is committed as done.', fix: 'Write [ ].' };
  return [found('warning', 'committed-check', range, said, { range, text: '[ ]' })];
}
