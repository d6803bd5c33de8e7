// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verbSchema } from '#contract/runbook.ts';
import { parseCheck } from '../../../electron/runbook/parse/check.ts';
import { parseDirective } from '../../../electron/runbook/parse/directive.ts';
import { fill, variablesOf } from '../../../electron/runbook/parse/fill.ts';
import { tokenize } from '../../../electron/runbook/parse/tokens.ts';

const rules = (text: string): string[] => parseDirective(text).faults.map((fault) => fault.rule);

describe('a directive', () => {
  it('is a verb, arguments and modifiers', () => {
    expect(parseDirective('pause agent=${agent} for=30m confirm').directive).toEqual({
      verb: 'pause',
      text: 'pause agent=${agent} for=30m confirm',
      args: { agent: '${agent}' },
      positional: [],
      check: null,
      confirm: 'press',
      approvals: 1,
      forMs: 1_800_000,
      timeoutMs: null,
      required: false,
      when: null,
      ramp: [],
      holdMs: null,
    });
  });

  it('takes quotes around a value with spaces, and escapes in them', () => {
    const { directive } = parseDirective(String.raw`notify channel=ops text="${'${agent}'} says \"down\" (a=b)"`);
    expect(directive?.args).toEqual({ channel: 'ops', text: '${agent} says "down" (a=b)' });
  });

  it('knows every modifier', () => {
    const parsed = parseDirective('reroute agent=a to=b for=2h confirm=type approve=2 timeout=90s id=shift required');
    expect(parsed.id).toBe('shift');
    expect(parsed.directive).toMatchObject({ confirm: 'type', approvals: 2, timeoutMs: 90_000, required: true });
  });

  it('takes a condition, of values or of a measure', () => {
    const whenOf = (text: string) => parseDirective(text).directive?.when;
    expect(whenOf('pause agent=a when=${cause}==vendor')).toBe('${cause}==vendor');
    expect(whenOf('pause agent=a when="breaker(provider=b) == open"')).toBe('breaker(provider=b) == open');
    expect(parseDirective('reroute agent=a to=b ramp=10%,50%,100% hold=2m').directive).toMatchObject({
      ramp: [0.1, 0.5, 1],
      holdMs: 120_000,
    });
  });

  it('asks by a kind and a name', () => {
    expect(parseDirective('ask choice cause').directive?.positional).toEqual(['choice', 'cause']);
    expect(rules('ask cause')).toEqual(['syntax']);
  });

  it('holds a check after verify, with modifiers behind it', () => {
    const { directive } = parseDirective('verify queued_tasks(agent=a) <= 10 for 10s within 2m every 1s required');
    expect(directive).toMatchObject({
      required: true,
      check: {
        measure: 'queued_tasks',
        operator: '<=',
        expected: '10',
        holdMs: 10_000,
        withinMs: 120_000,
        everyMs: 1_000,
      },
    });
  });

  it('shows tasks and the like, with arguments in brackets', () => {
    expect(parseDirective('show tasks(agent=a, state=failed, within=15m)')).toMatchObject({
      directive: { verb: 'show' },
      faults: [],
    });
  });

  it.each([
    ['', 'unknown-verb'],
    ['paus agent=a', 'unknown-verb'],
    ['pause', 'missing-argument'],
    ['pause agent=a agent=b', 'syntax'],
    ['pause agnt=a', 'unknown-argument'],
    ['pause agent=a confrm', 'unknown-argument'],
    ['pause agent=a for=soon', 'bad-value'],
    ['pause agent=a approve=none', 'bad-value'],
    ['pause agent=a confirm=twice', 'bad-value'],
    ['pause agent= confirm', 'syntax'],
    ['pause agent=a when=always', 'bad-value'],
    ['pause agent=a when="speed(agent=a) == 0"', 'bad-value'],
    ['reroute agent=a to=b ramp=50%,10%', 'bad-value'],
    ['wait soon', 'syntax'],
    ['show moon', 'syntax'],
    ['http method=FETCH url=https://example.com', 'bad-value'],
    ['http method=GET url=javascript:alert(1)', 'bad-value'],
    ['requeue agent=a limit=0', 'bad-value'],
    ['notify channel=ops text="never closed', 'syntax'],
    ['verify', 'unknown-measure'],
    ['verify breaker(provider=a) == open', 'verify-without-within'],
    ['verify breaker(provider=a) == ajar within 1m', 'bad-value'],
    ['verify breaker(provider=a) > open within 1m', 'bad-value'],
    ['verify breaker() == open within 1m', 'missing-argument'],
    ['verify success_rate(agent=a) >= 300% within 1m', 'bad-value'],
    ['verify running_tasks(agent=a) == none within 1m', 'bad-value'],
    ['verify running_tasks(agent=a) == 0 for 5m within 1m', 'bad-value'],
    ['verify running_tasks agent=a == 0 within 1m', 'syntax'],
    ['verify running_tasks(agent=a within 1m', 'syntax'],
    ['verify speed(agent=a) == 0 within 1m', 'unknown-measure'],
  ])('refuses %j: %s', (text, rule) => {
    expect(parseDirective(text).directive).toBeNull();
    expect(rules(text)).toEqual([rule]);
  });

  it('offers the name that was meant', () => {
    expect(parseDirective('paus agent=a').faults[0]?.fix).toBe('Write pause.');
    expect(parseDirective('pause agnt=a').faults[0]?.fix).toBe('Write agent=.');
  });

  it('never throws, and its tokens lie in order inside the text', () => {
    const alphabet = fc.constantFrom(
      ...verbSchema.options,
      ' ',
      '=',
      '"',
      '\\',
      '(',
      ')',
      ',',
      '${',
      '}',
      '==',
      'for',
      '5m',
      'a',
      '!',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(alphabet).map((parts) => parts.join('')),
        ),
        (text) => {
          parseDirective(text);
          parseCheck(text);
          const starts = tokenize(text).map((token) => token.at);
          expect(starts).toEqual([...starts].sort((a, b) => a - b));
          for (const at of starts) expect(at).toBeLessThan(text.length);
        },
      ),
    );
  });
});

describe('values', () => {
  it('are filled into parsed arguments only: a value is never read as a directive', () => {
    const evil = 'x" confirm agent=other ${agent}';
    const args = parseDirective('notify channel=ops text="at ${place}"').directive?.args ?? {};
    expect(fill(args.text ?? '', (name) => (name === 'place' ? evil : undefined)).text).toBe(`at ${evil}`);
  });

  it('that are missing are named and left', () => {
    expect(fill('${a} and ${b.c}', (name) => (name === 'a' ? '1' : undefined))).toEqual({
      text: '1 and ${b.c}',
      missing: ['b.c'],
    });
    expect(variablesOf('${a}${b.c} $d {e}')).toEqual(['a', 'b.c']);
  });
});
