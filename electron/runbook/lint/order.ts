// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import type { Runbook } from '#contract/runbook.ts';
import { VERBS } from '#contract/runbook-grammar.ts';
import { insertAt, type Report } from '../parse/text.ts';
import { actingOf, found, headRange, type Linted, stepsOf } from './rule.ts';

/** After this long a runbook should be read again. */
const REVIEW_DAYS = 90;
const DAY_MS = 86_400_000;
/** Steps that fit on two screens of the console. */
const TWO_SCREENS = 24;

/** Rules that look at the order of the steps and at the whole. */
export function lintWhole(linted: Linted, now: number): Report[] {
  return [...lintProof(linted), ...lintFirst(linted), ...lintLength(linted), ...lintReview(linted, now)];
}

function lintProof({ runbook, text }: Linted): Report[] {
  const proves = runbook.sections.some(
    (section) => section.kind === 'verify' && section.steps.some((step) => step.directive?.verb === 'verify'),
  );
  if (proves) return [];
  const said = {
    message: 'No step proves the recovery, so a run can never end as recovered.',
    fix: 'Add a Verify section with a verify step.',
  };
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = ['', '## Verify', `- [ ] **The objective holds** \`${VERBS.verify.example}\``, ''];
  const edit = insertAt(text.length, (text.endsWith('\n') ? '' : end) + lines.join(end));
  return [found('warning', 'no-final-verify', headRange(text, 'runbook'), said, edit)];
}

function lintFirst({ runbook, text }: Linted): Report[] {
  const acting = actingOf(runbook);
  const confirmed = acting.findIndex(({ directive }) => directive.verb === 'verify');
  const first = acting.findIndex(({ directive }) => VERBS[directive.verb].mutates);
  const early = acting[first];
  if (early === undefined || (confirmed >= 0 && confirmed < first)) return [];
  const said = { message: 'It acts before anything was confirmed.', fix: 'Put a verify step before it.' };
  const lineFrom = text.lastIndexOf('\n', early.step.places.step.from - 1) + 1;
  const lead = text.slice(lineFrom, early.step.places.step.from);
  const line = `${lead}- [ ] **It is so** \`${proofOf(runbook)}\`${text.includes('\r\n') ? '\r\n' : '\n'}`;
  // Only before an item that stands alone on its line, in a list of dashes: elsewhere it would break the list.
  const fits = lead.trim() === '' && text[early.step.places.step.from] === '-';
  const edit = fits ? insertAt(lineFrom, line) : null;
  return [found('warning', 'mutation-before-confirmation', early.range, said, edit)];
}

/** A check that the trouble is there, as far as the front matter says what it is. */
function proofOf(runbook: Runbook): string {
  const rule = runbook.matchAlerts[0];
  return rule === undefined
    ? 'verify success_rate(agent=${agent}) < 99% within 1m'
    : `verify alert(rule=${rule}) == firing within 1m`;
}

function lintLength({ runbook }: Linted): Report[] {
  const steps = stepsOf(runbook);
  const over = steps[TWO_SCREENS];
  if (over === undefined) return [];
  const said = {
    message: `There are ${steps.length} steps: more than two screens of them.`,
    fix: 'Split it, or link to a runbook of its own for a part of it.',
  };
  return [found('warning', 'too-many-steps', over.places.step, said)];
}

function lintReview({ runbook, text }: Linted, now: number): Report[] {
  const today = new Date(now).toISOString().slice(0, 10);
  const fix = 'Read it through and write reviewed: with the date of today.';
  if (runbook.reviewed === null) {
    const head = headRange(text, 'runbook');
    const end = text.includes('\r\n') ? '\r\n' : '\n';
    return [
      found(
        'warning',
        'review-due',
        head,
        { message: 'Nobody has reviewed it.', fix },
        insertAt(head.to, `${end}reviewed: ${today}`),
      ),
    ];
  }
  const range = headRange(text, 'reviewed');
  const edit = { range, text: `reviewed: ${today}` };
  const at = Date.parse(runbook.reviewed);
  if (Number.isNaN(at)) {
    return [found('warning', 'review-due', range, { message: `"${runbook.reviewed}" is not a date.`, fix }, edit)];
  }
  const days = Math.floor((now - at) / DAY_MS);
  if (days <= REVIEW_DAYS) return [];
  return [found('warning', 'review-due', range, { message: `It was last reviewed ${days} days ago.`, fix }, edit)];
}
