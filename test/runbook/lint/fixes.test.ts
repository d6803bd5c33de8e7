// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { describe, expect, it } from 'vitest';
import type { Finding } from '#contract/runbook-lint.ts';
import { lintLibrary, lintRunbook } from '../../../electron/runbook/lint/lint.ts';
import { applyEdits } from '../../../electron/runbook/parse/edit.ts';
import { parseRunbook } from '../../../electron/runbook/parse/runbook.ts';
import { live } from '../harness.ts';

const NOW = Date.UTC(2026, 10, 24);
const KNOWN = { agents: ['triage'], providers: ['anthropic', 'openai'], alerts: ['provider-breaker-open'] };
const CONFIRM = ['## Confirm', '- [ ] down `verify breaker(provider=openai) == open within 1m`'];
const PROOF = ['## Verify', '- [ ] holds `verify queued_tasks(agent=${agent}) == 0 within 5m`'];

function lint(text: string): Finding[] {
  return lintRunbook(parseRunbook('/r/x.md', text), text, KNOWN, NOW);
}

/** Text with each finding's edit put in, one after the other, until nothing has one. */
function mended(text: string): string {
  let now = text;
  for (let round = 0; round < 10; round += 1) {
    const edit = lint(now).find((found) => found.edit !== null)?.edit;
    if (edit == null) return now;
    now = applyEdits(now, [edit]);
  }
  return now;
}

/** A rule, a file that breaks it, and what the line is that its fix leaves; null for one that only a person can mend. */
const RULES: [string, string[], string | null][] = [
  ['unknown-verb', ['- [ ] s `paus agent=triage for=5m confirm`'], '- [ ] s `pause agent=triage for=5m confirm`'],
  ['unknown-argument', ['- [ ] s `pause agnt=triage for=5m confirm`'], '- [ ] s `pause agent=triage for=5m confirm`'],
  ['unknown-argument', ['- [ ] s `pause agent=triage for=5m confrm`'], '- [ ] s `pause agent=triage for=5m confirm`'],
  ['missing-argument', ['- [ ] s `pause for=5m confirm`'], '- [ ] s `pause agent=${agent} for=5m confirm`'],
  ['bad-value', ['- [ ] s `pause agent=triage for=5 confirm`'], '- [ ] s `pause agent=triage for=5m confirm`'],
  [
    'bad-value',
    ['- [ ] s `requeue agent=triage state=faild confirm`'],
    '- [ ] s `requeue agent=triage state=failed confirm`',
  ],
  ['syntax', ['- [ ] s `notify channel=ops text="a b`'], '- [ ] s `notify channel=ops text="a b"`'],
  ['unknown-input', ['- [ ] s `pause agent=${agnt} for=5m confirm`'], '- [ ] s `pause agent=${agent} for=5m confirm`'],
  [
    'unknown-input',
    ['- [ ] s `notify channel=ops text="${whereabouts}"`'],
    '  whereabouts: { type: text, required: true }',
  ],
  ['unknown-agent', ['- [ ] s `pause agent=triag for=5m confirm`'], '- [ ] s `pause agent=triage for=5m confirm`'],
  [
    'unknown-provider',
    ['- [ ] s `reroute agent=triage to=openia for=1h confirm`'],
    '- [ ] s `reroute agent=triage to=openai for=1h confirm`',
  ],
  [
    'unknown-alert',
    ['- [ ] s `verify alert(rule=provider-breaker) == firing within 1m`'],
    '- [ ] s `verify alert(rule=provider-breaker-open) == firing within 1m`',
  ],
  [
    'unknown-measure',
    ['- [ ] s `verify runing_tasks(agent=triage) == 0 within 1m`'],
    '- [ ] s `verify running_tasks(agent=triage) == 0 within 1m`',
  ],
  [
    'dead-anchor',
    ['- [ ] s `verify intake(agent=triage) == open within 1m`', '  - else: [V](#verfy)'],
    '  - else: [V](#verify)',
  ],
  ['dead-anchor', ['- [ ] s `ask choice cause`', '  - `a`: [V](#nowhere)'], '  - `a`: [V](#verify)'],
  ['duplicate-id', ['- [ ] s `wait 5m`', '- [ ] s `wait 6m`'], '- [ ] s `wait 6m id=mitigate-s-1`'],
  ['mutation-without-confirm', ['- [ ] s `pause agent=triage for=5m`'], '- [ ] s `pause agent=triage for=5m confirm`'],
  ['mutation-without-confirm', ['- [ ] s `shell`', '  ```sh', '  ls', '  ```'], '- [ ] s `shell confirm`'],
  ['mitigation-without-end', ['- [ ] s `pause agent=triage confirm`'], '- [ ] s `pause agent=triage confirm for=30m`'],
  [
    'verify-without-within',
    ['- [ ] s `verify intake(agent=triage) == open`'],
    '- [ ] s `verify intake(agent=triage) == open within 5m`',
  ],
  [
    'verify-without-within',
    ['- [ ] s `wait 5m`', '  - verify: `intake(agent=triage) == open`'],
    '  - verify: `intake(agent=triage) == open within 5m`',
  ],
  [
    'directive-not-last',
    ['- [ ] s `pause agent=triage for=5m confirm` now'],
    '- [ ] s now `pause agent=triage for=5m confirm`',
  ],
  ['missing-fence', ['- [ ] s `shell confirm`'], '  ```sh'],
  ['missing-fence', ['- [ ] s `http method=POST url=https://example.com confirm`'], '  ```json'],
  ['ask-without-choices', ['- [ ] s `ask choice cause`'], '  - `yes`: [Verify](#verify)'],
  [
    'undo-not-an-action',
    ['- [ ] s `pause agent=triage for=5m confirm`', '  - undo: `wait 5m`'],
    '  - undo: `resume agent=triage`',
  ],
  ['committed-check', ['- [x] s'], '- [ ] s'],
  [
    'literal-placeholder',
    ['- [ ] s `notify channel=ops text="call <agent>"`'],
    '- [ ] s `notify channel=ops text="call ${agent}"`',
  ],
  ['too-many-steps', Array.from({ length: 30 }, (_, at) => `- [ ] step ${at}`), null],
];

describe('a rule', () => {
  it.each(RULES)('%s says where, in %j, and what would mend it', (rule, lines, becomes) => {
    const text = live(...CONFIRM, '## Mitigate', ...lines, ...PROOF);
    const found = lint(text).filter((one) => one.rule === rule);
    expect(found.length).toBeGreaterThan(0);
    const first = found[0];
    if (first === undefined) return;
    expect(text.split('\n')[first.line - 1]?.length).toBeGreaterThanOrEqual(first.column - 1);
    expect(first.message).not.toBe('');
    expect(first.fix).not.toBe('');
    if (becomes === null) {
      expect(first.edit).toBeNull();
      return;
    }
    const after = mended(text);
    expect(after.split('\n')).toContain(becomes);
    expect(lint(after).map((one) => one.rule)).not.toContain(rule);
  });

  it.each([
    ['review-due', (text: string) => text.replace('2026-11-24', '2025-01-01'), 'reviewed: 2026-11-24'],
    ['no-final-verify', (text: string) => text.slice(0, text.indexOf('## Verify')), '## Verify'],
    [
      'mutation-before-confirmation',
      (text: string) => text.replace(CONFIRM.join('\n'), ''),
      '- [ ] **It is so** `verify alert(rule=provider-breaker-open) == firing within 1m`',
    ],
    [
      'front-matter',
      (text: string) => text.replace('type: agent', 'type: agnt'),
      '  agent: { type: agent, from: alert.labels.agent, default: triage }',
    ],
    ['unknown-key', (text: string) => text.replace('reviewed:', 'owne: ops\nreviewed:'), 'owner: ops'],
  ])('%s is about the whole file', (rule, spoil, becomes) => {
    const good = live(...CONFIRM, '## Mitigate', '- [ ] s `pause agent=triage for=5m confirm`', ...PROOF);
    expect(lint(good)).toEqual([]);
    const text = spoil(good);
    expect(lint(text).map((one) => one.rule)).toContain(rule);
    const after = mended(text);
    expect(after.split('\n')).toContain(becomes);
    expect(lint(after).map((one) => one.rule)).not.toContain(rule);
  });

  it('mends a file of Windows in its own line ends', () => {
    const text = live(...CONFIRM, '## Mitigate', '- [ ] s `shell`', ...PROOF).replaceAll('\n', '\r\n');
    expect(mended(text).replaceAll('\r\n', '')).not.toContain('\n');
    expect(lint(mended(text))).toEqual([]);
  });

  it('unanswered-alert names the alerts that no live runbook answers, and drafts one', () => {
    const book = parseRunbook('/r/x.md', live(...CONFIRM, ...PROOF));
    const found = lintLibrary([book], ['provider-breaker-open', 'queue-backlog'], '/r');
    expect(found.map(({ file, rule }) => [file, rule])).toEqual([['/r/queue-backlog.md', 'unanswered-alert']]);
    const draft = applyEdits(
      '',
      found.flatMap(({ edit }) => (edit === null ? [] : [edit])),
    );
    const known = { ...KNOWN, alerts: ['queue-backlog'] };
    const rules = lintRunbook(parseRunbook('/r/queue-backlog.md', draft), draft, known, NOW).map((one) => one.rule);
    expect(rules).toEqual(['review-due']);
  });
});
