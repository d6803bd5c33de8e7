// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { describe, expect, it } from 'vitest';
import { lintRunbook } from '../../../electron/runbook/lint/lint.ts';
import { parseRunbook } from '../../../electron/runbook/parse/runbook.ts';
import { live } from '../harness.ts';

const NOW = Date.UTC(2026, 10, 24);
const KNOWN = { agents: ['triage'], providers: ['anthropic', 'openai'], alerts: ['provider-breaker-open'] };
const PROOF = ['## Verify', '- [ ] holds `verify queued_tasks(agent=${agent}) == 0 within 5m`'];
const CONFIRM = ['## Confirm', '- [ ] down `verify breaker(provider=openai) == open within 1m`'];

function lint(text: string) {
  return lintRunbook(parseRunbook('/r/x.md', text), text, KNOWN, NOW);
}
/** Rules found in a runbook that is otherwise without fault. */
function rulesOf(...lines: string[]): string[] {
  return lint(live(...CONFIRM, ...lines, ...PROOF)).map((problem) => `${problem.severity} ${problem.rule}`);
}

describe('the lint', () => {
  it('finds nothing in a good runbook', () => {
    expect(rulesOf('## Mitigate', '- [ ] stop `pause agent=${agent} for=5m confirm`')).toEqual([]);
  });

  it.each([
    ['a mutation that nobody confirms', ['- [ ] stop `pause agent=${agent} for=5m`'], 'error mutation-without-confirm'],
    ['a pause without an end', ['- [ ] stop `pause agent=${agent} confirm`'], 'error mitigation-without-end'],
    [
      'a reroute without an end',
      ['- [ ] go `reroute agent=${agent} to=openai confirm`'],
      'error mitigation-without-end',
    ],
    ['an agent that is not here', ['- [ ] stop `pause agent=triag for=5m confirm`'], 'error unknown-agent'],
    [
      'a provider that is not here',
      ['- [ ] go `reroute agent=${agent} to=mars for=5m confirm`'],
      'error unknown-provider',
    ],
    [
      'an alert that is not here',
      ['- [ ] off `verify alert(rule=storm) == resolved within 1m`'],
      'error unknown-alert',
    ],
    ['an input that nothing stands for', ['- [ ] stop `pause agent=${agnt} for=5m confirm`'], 'error unknown-input'],
    ['a jump to nowhere', ['- [ ] why `ask choice cause`', '  - `a`: [There](#there)'], 'error dead-anchor'],
    [
      'an else to nowhere',
      ['- [ ] x `verify intake(agent=triage) == open within 1m`', '  - else: [T](#there)'],
      'error dead-anchor',
    ],
    ['a question without choices', ['- [ ] why `ask choice cause`'], 'error ask-without-choices'],
    [
      'an undo that is no action',
      ['- [ ] s `pause agent=triage for=5m confirm`', '  - undo: `ask text why`'],
      'error undo-not-an-action',
    ],
    [
      'a check under a step without a deadline',
      ['- [ ] s `pause agent=triage for=5m confirm`', '  - verify: `running_tasks(agent=triage) == 0`'],
      'error verify-without-within',
    ],
    ['a box that was committed as done', ['- [x] look'], 'warning committed-check'],
    ['a placeholder', ['- [ ] tell `notify channel=ops text="call <name>"`'], 'warning literal-placeholder'],
  ])('finds %s', (_what, lines, found) => {
    expect(rulesOf('## Mitigate', ...lines)).toEqual([found]);
  });

  it('lets a mitigation end by its undo, and the way back to the file have none', () => {
    expect(rulesOf('## Mitigate', '- [ ] s `pause agent=triage confirm`', '  - undo: `resume agent=triage`')).toEqual(
      [],
    );
    expect(rulesOf('## Recover', '- [ ] back `reroute agent=triage to=default confirm`')).toEqual([]);
  });

  it('knows the answers of earlier steps, not of later ones', () => {
    const ask = '- [ ] where `ask text place id=where`';
    const tell = '- [ ] tell `notify channel=ops text="${place} ${steps.where.value}"`';
    expect(rulesOf('## Mitigate', ask, tell)).toEqual([]);
    expect(rulesOf('## Mitigate', tell, ask)).toEqual(['error unknown-input', 'error unknown-input']);
  });

  it('says line, column and what to do', () => {
    const text = live(...CONFIRM, '## Mitigate', '- [ ] stop `pause agent=triag for=5m confirm`', ...PROOF);
    const from = text.indexOf('triag for');
    expect(lint(text)).toEqual([
      {
        range: { from, to: from + 'triag'.length },
        edit: { range: { from, to: from + 'triag'.length }, text: 'triage' },
        file: '/r/x.md',
        line: 13,
        column: '- [ ] stop `pause agent='.length + 1,
        severity: 'error',
        rule: 'unknown-agent',
        message: 'No agent here is called triag.',
        fix: 'Write triage.',
      },
    ]);
  });

  it('warns when nothing proves the recovery', () => {
    expect(lint(live(...CONFIRM)).map((problem) => problem.rule)).toEqual(['no-final-verify']);
  });

  it('warns when it acts before anything was confirmed', () => {
    const text = live('## Mitigate', '- [ ] stop `pause agent=triage for=5m confirm`', ...PROOF);
    expect(lint(text).map((problem) => problem.rule)).toEqual(['mutation-before-confirmation']);
  });

  it('warns from the 91st day after the last review', () => {
    const rules = (reviewed: string) =>
      lint(live(...CONFIRM, ...PROOF).replace('2026-11-24', reviewed)).map((problem) => problem.rule);
    expect(rules('2026-08-26')).toEqual([]);
    expect(rules('2026-08-25')).toEqual(['review-due']);
    expect(rules('lately')).toEqual(['review-due']);
  });

  it('leaves Markdown that is no live runbook in peace', () => {
    expect(lint('## Mitigate\n- [x] `pause agent=a`\n')).toEqual([]);
  });

  it('leaves names out where no desk is there to know them', () => {
    const text = live(...CONFIRM, '## Mitigate', '- [ ] stop `pause agent=nobody for=5m confirm`', ...PROOF);
    expect(lintRunbook(parseRunbook('/r/x.md', text), text, null, NOW)).toEqual([]);
  });
});
