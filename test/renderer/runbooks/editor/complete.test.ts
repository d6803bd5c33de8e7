import { describe, expect, it } from 'vitest';
import { VERBS } from '../../../../electron/contract/runbook-grammar.ts';
import { parseRunbook } from '../../../../electron/runbook/parse/runbook.ts';
import { type Suggestions, suggestionsAt } from '../../../../renderer/runbooks/editor/complete.ts';

const NAMES = {
  agents: ['invoice-triage', 'support-reply'],
  providers: ['anthropic', 'openai'],
  alerts: ['provider-breaker-open', 'queue-backlog'],
};
const HEAD = `---
runbook: 1
title: Provider down
inputs:
  agent: { type: agent, required: true }
  fallback: { type: provider, default: openai }
---
# Provider down

## Mitigate

`;
const TAIL = '\n\n## Close as noise\n\n- [ ] Say why\n';

/** Suggestions at the bar in a text that stands under a heading of a whole runbook. */
function at(line: string): Suggestions | null {
  const text = HEAD + line.replace('|', '') + TAIL;
  const runbook = parseRunbook('provider-down.md', text);
  return suggestionsAt(text, HEAD.length + line.indexOf('|'), { names: NAMES, runbook });
}
const labels = (found: Suggestions | null): string[] => (found?.options ?? []).map((option) => option.label);

describe('in a directive', () => {
  it('every verb can be written, and what it does is said', () => {
    const found = at('- [ ] **Stop** `pa|`');
    expect(labels(found)).toEqual(Object.keys(VERBS));
    expect(found?.options.find((one) => one.label === 'pause')).toMatchObject({
      says: VERBS.pause.says,
      insert: 'pause ',
    });
    expect(found?.from).toBe(HEAD.length + '- [ ] **Stop** `'.length);
  });
  it('the arguments of the verb come first, then what every directive may have; what is there is left out', () => {
    expect(labels(at('- [ ] x `reroute |`')).slice(0, 2)).toEqual(['agent=', 'to=']);
    const rest = labels(at('- [ ] x `reroute agent=a for=2h |`'));
    expect(rest[0]).toBe('to=');
    expect(rest).not.toContain('for=30m');
    expect(rest).toContain('confirm');
    expect(rest).toContain('required');
  });
  it('values are what this desk has, and inputs of the fitting kind', () => {
    expect(labels(at('- [ ] x `pause agent=|`'))).toEqual([`\${agent}`, 'invoice-triage', 'support-reply']);
    expect(labels(at('- [ ] x `reroute agent=a to=o|`'))).toEqual([`\${fallback}`, 'anthropic', 'openai']);
    expect(labels(at('- [ ] x `requeue agent=a state=|`'))).toEqual([
      'failed',
      'cancelled',
      `\${agent}`,
      `\${fallback}`,
    ]);
  });
  it('what can be shown, and of that its own arguments', () => {
    expect(labels(at('- [ ] x `show |`'))).toContain('tasks');
    expect(labels(at('- [ ] x `show queue(|`'))).toEqual(['agent=']);
    expect(labels(at('- [ ] x `show tasks(agent=a, |`'))).toEqual(['state=', 'class=', 'within=', 'limit=']);
  });
  it('is not what stands in other code', () => {
    expect(at('Some `code pa|` in a paragraph')).toBeNull();
    expect(at('- [ ] x `deploy |`')).toBeNull();
    expect(at('- [ ] x `pause agent=a` and |')).toBeNull();
  });
});

describe('in a check', () => {
  it('what is measured, its arguments, the comparison, and the spans follow each other', () => {
    expect(labels(at('- [ ] x `verify |`'))).toContain('success_rate');
    expect(labels(at('  - verify: `|`'))).toContain('success_rate');
    expect(labels(at('- [ ] x `verify breaker(provider=|`'))).toEqual([`\${fallback}`, 'anthropic', 'openai']);
    expect(labels(at('- [ ] x `verify alert(rule=|`'))).toEqual(NAMES.alerts);
    expect(labels(at('- [ ] x `verify breaker(provider=a) |`'))).toEqual(['==', '!=']);
    expect(labels(at('- [ ] x `verify breaker(provider=a) == |`'))).toEqual(['closed', 'open', 'half-open']);
    expect(labels(at('- [ ] x `verify breaker(provider=a) == open for 1m |`'))).toEqual(['within ', 'every ']);
  });
});

describe('elsewhere', () => {
  it('a value that stands for something is closed with its brace', () => {
    const found = at(`- [ ] **Stop \${|**`);
    expect(labels(found).slice(0, 2)).toEqual(['agent', 'fallback']);
    expect(found?.options[0]?.insert).toBe('agent}');
  });
  it('sections for a jump', () => {
    expect(labels(at('  - else: [x](#|)'))).toEqual(['mitigate', 'close-as-noise']);
  });
  it('child keys under a step, whole steps on a line of their own', () => {
    expect(labels(at('  - |'))).toEqual(['verify:', 'undo:', 'else:', 'note:']);
    expect(labels(at('|'))).toEqual([...Object.keys(VERBS).map((verb) => `${verb} step`), 'step by hand']);
    expect(labels(at('- [ ] pa|'))).toContain('pause step');
  });
  it('in the front matter its keys, the alerts of this desk, kinds of inputs', () => {
    const front = (line: string): string[] => {
      const text = `---\n${line.replace('|', '')}\n---\n# x\n`;
      return labels(suggestionsAt(text, 4 + line.indexOf('|'), { names: NAMES, runbook: null }));
    };
    expect(front('ti|')).toContain('title: ');
    expect(front('match: { alert: |')).toEqual(NAMES.alerts);
    expect(front('match: { alert: [a, q|')).toEqual(NAMES.alerts);
    expect(front('  agent: { type: |')).toContain('agent');
    expect(front('  agent: { |')).toContain('from: ');
    expect(front('  agent: { from: |')).toContain('alert.labels.agent');
    expect(front('  p: { type: provider, default: |')).toEqual(NAMES.providers);
  });
});
