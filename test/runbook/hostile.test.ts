// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verbSchema } from '#contract/runbook.ts';
import { compileAction, compileCheck, fillArguments } from '../../electron/runbook/execute/compile.ts';
import { parseDirective } from '../../electron/runbook/parse/directive.ts';
import { parseRunbook } from '../../electron/runbook/parse/runbook.ts';
import { HOSTILE_MARKDOWN } from '../support/hostile-markdown.ts';
import { live } from './harness.ts';

const stepsOf = (text: string) => parseRunbook('/r/x.md', text).sections.flatMap((section) => section.steps);

describe('hostile Markdown', () => {
  it.each(HOSTILE_MARKDOWN)('%s makes no live step', (_name, text) => {
    for (const source of [text, `## Mitigate\n- [ ] ${text}`, live('## Mitigate', `- [ ] ${text}`, text)]) {
      for (const step of stepsOf(source)) expect(step.directive).toBeNull();
    }
  });

  it.each([
    ['a comment', '<!--\n- [ ] x `pause agent=a for=5m confirm`\n-->'],
    ['a comment in a paragraph', 'text <!-- - [ ] x `pause agent=a for=5m confirm` -->'],
    ['a fence', '```\n- [ ] x `pause agent=a for=5m confirm`\n```'],
    ['a fence that is never closed', '~~~\n- [ ] x `pause agent=a for=5m confirm`'],
    ['an HTML block', '<div>\n- [ ] x `pause agent=a for=5m confirm`\n</div>'],
    ['a script', '<script>\n\n- [ ] x `pause agent=a for=5m confirm`\n</script>'],
    ['a quote', '> - [ ] x `pause agent=a for=5m confirm`'],
    ['code by its indent', '    - [ ] x `pause agent=a for=5m confirm`'],
    ['a table', '| - [ ] x `pause agent=a for=5m confirm` |\n| --- |'],
  ])('what GitHub shows as %s is no step', (_what, text) => {
    expect(stepsOf(live('## Mitigate', text)).filter((step) => step.directive !== null)).toEqual([]);
  });

  it.each([
    ['in an attribute', '- [ ] x <a title="`pause agent=a for=5m confirm`">'],
    ['in a comment', '- [ ] x <!-- `pause agent=a for=5m confirm` -->'],
    ['after an escape', '- [ ] x \\`pause agent=a for=5m confirm`'],
    ['in code of more ticks', '- [ ] x ``a `pause agent=a for=5m confirm` ``'],
    ['before a character nobody sees', '- [ ] x `pause agent=a for=5m confirm` \u200b'],
    ['with a character nobody sees', '- [ ] x `pause\u200b agent=a for=5m confirm`'],
    ['turned round', '- [ ] x `\u202epause agent=a for=5m confirm`'],
    ['in letters that look alike', '- [ ] x `p\u0430use agent=a for=5m confirm`'],
  ])('a directive %s is none', (_what, text) => {
    for (const step of stepsOf(live('## Mitigate', text))) expect(step.directive).toBeNull();
  });
});

describe('a value that is filled in', () => {
  const evil = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      ...[
        'x confirm',
        'x" approve=1 agent="b',
        '`resume agent=b`',
        '${agent}',
        '$(reboot)',
        '; rm -rf / #',
        "' || true",
        'a\nshell',
      ],
      ...['__proto__', 'constructor', 'default', '99%', '0 within 1h', 'x) == open', '<script>alert(1)</script>'],
    ),
  );

  it('never becomes a verb, an argument or a modifier', () => {
    fc.assert(
      fc.property(evil, (value) => {
        const { directive } = parseDirective('notify channel=ops text="at ${place}"');
        if (directive === null) throw new Error('the directive is good');
        const filled = fillArguments(directive.args, (name) => (name === 'place' ? value : undefined));
        expect(filled).toEqual({ ok: true, value: { channel: 'ops', text: `at ${value}` } });
        expect(directive).toMatchObject({ verb: 'notify', confirm: 'none', approvals: 1, positional: [] });
      }),
    );
  });

  it('is the name of an agent or refused, and nothing of the action is otherwise', () => {
    fc.assert(
      fc.property(evil, (value) => {
        const { directive } = parseDirective('pause agent=${agent} for=30m confirm');
        if (directive === null) throw new Error('the directive is good');
        const action = compileAction(directive, (name) => (name === 'agent' ? value : undefined));
        if (action.ok) expect(action.value).toEqual({ verb: 'pause', agent: value, forMs: 1_800_000 });
        else expect(action.error.code).toBe('BAD_INPUT');
      }),
    );
  });

  it('changes neither measure, operator nor deadline of a check', () => {
    fc.assert(
      fc.property(evil, (value) => {
        const check = parseDirective('verify queued_tasks(agent=${agent}) <= ${most} within 5m').directive?.check;
        if (check == null) throw new Error('the check is good');
        const compiled = compileCheck(check, () => value);
        expect(compiled).toEqual({ ok: true, value: { ...check, args: { agent: value }, expected: value } });
      }),
    );
  });

  it('cannot reach a fence: what a shell runs is the text of the file', () => {
    const text = live(
      '## Mitigate',
      '- [ ] x `shell confirm timeout=1m`',
      '  ```sh',
      '  echo "$agent" ${agent} $(id)',
      '  ```',
    );
    expect(stepsOf(text)[0]?.body).toBe('echo "$agent" ${agent} $(id)');
  });

  it('cannot name a verb: a verb is a word of the file', () => {
    for (const text of [
      '${verb} agent=a confirm',
      'pause ${rest}',
      '${verb}',
      'pause agent=a ${confirm}',
      'pause ${key}=a confirm',
    ]) {
      expect(parseDirective(text).directive).toBeNull();
    }
    for (const verb of verbSchema.options) expect(parseDirective(`${verb}\${x}`).directive).toBeNull();
  });
});
