import type { Runbook } from '#contract/runbook.ts';
import type { Finding } from '#contract/runbook-lint.ts';
import { oneLineEnd, openFindings } from '../parse/text.ts';
import type { Known } from '../types.ts';
import { lintNames } from './names.ts';
import { lintWhole } from './order.ts';
import { lintSteps } from './steps.ts';

/**
 * Everything that is wrong with a runbook: the faults its parse found, and those that need the whole file or the desk.
 * @param text the file it was parsed from
 * @param known what exists on this desk; null to leave those rules out, as in a repository without a desk
 */
export function lintRunbook(runbook: Runbook, text: string, known: Known | null, now: number): Finding[] {
  if (!runbook.live) return runbook.problems;
  const linted = { runbook, text };
  const findings = openFindings(runbook.file, oneLineEnd(text));
  for (const report of [...lintSteps(linted), ...lintWhole(linted, now), ...lintNames(linted, known)]) {
    findings.add(report);
  }
  return [...runbook.problems, ...findings.all()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** A runbook of the library, as far as the rules across files look at it. */
type Answering = Pick<Runbook, 'live' | 'matchAlerts'>;

/**
 * Rules across files: an alert that no runbook answers. Each finding names the file that would, and its edit makes it.
 * @param alerts every rule that may fire here
 * @param folder where a new runbook would lie
 */
export function lintLibrary(runbooks: readonly Answering[], alerts: readonly string[], folder: string): Finding[] {
  const answered = new Set(runbooks.filter((one) => one.live).flatMap((one) => one.matchAlerts));
  return alerts
    .filter((rule) => !answered.has(rule))
    .map((rule) => ({
      ...{ file: `${folder}/${rule}.md`, line: 1, column: 1, range: { from: 0, to: 0 } },
      ...{ severity: 'warning', rule: 'unanswered-alert' },
      message: `No runbook answers the alert ${rule}.`,
      fix: `Write one with match: { alert: ${rule} } in its front matter.`,
      edit: { range: { from: 0, to: 0 }, text: draftFor(rule) },
    }));
}

/** The least that a runbook for an alert says. */
function draftFor(rule: string): string {
  return `---
runbook: 1
title: ${rule}
match: { alert: ${rule} }
---
# ${rule}

## Confirm
- [ ] **It is so** \`verify alert(rule=${rule}) == firing within 1m\`

## Verify
- [ ] **It is over** \`verify alert(rule=${rule}) == resolved within 30m every 30s\`
`;
}
