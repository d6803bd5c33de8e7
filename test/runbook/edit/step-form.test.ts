// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verbSchema } from '#contract/runbook.ts';
import { type StepChangeOfForm, stepChangeOfFormSchema } from '#contract/runbook-edit.ts';
import { VERBS } from '#contract/runbook-grammar.ts';
import { readDirectiveWords, withVerb, withWord } from '../../../electron/runbook/edit/directive-words.ts';
import { editStepByForm } from '../../../electron/runbook/edit/step-form.ts';
import { lintRunbook } from '../../../electron/runbook/lint/lint.ts';
import { parseDirective } from '../../../electron/runbook/parse/directive.ts';
import { parseRunbook } from '../../../electron/runbook/parse/runbook.ts';
import { live } from '../harness.ts';

const KNOWN = { agents: ['triage'], providers: ['anthropic', 'openai'], alerts: ['provider-breaker-open'] };
const TEXT = live(
  '## Mitigate',
  '',
  '- [ ] **Stop intake** `pause  agent=${agent}   for=30m confirm`',
  '  - undo: `resume agent=${agent} confirm`',
  '',
  '  Mind the tail.',
  '- [ ] Look',
  '',
  '## Verify',
  '',
  '- [ ] It holds `verify queued_tasks(agent=${agent}) == 0 for 2m within 5m`',
);
const check = (text: string) => {
  const parsed = parseRunbook('/r/x.md', text);
  return { ...parsed, problems: lintRunbook(parsed, text, KNOWN, Date.UTC(2026, 10, 25)) };
};
function edited(step: string, change: Partial<StepChangeOfForm> = {}, text = TEXT) {
  const result = editStepByForm(text, step, stepChangeOfFormSchema.parse(change), KNOWN, check);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
const fieldValue = (form: ReturnType<typeof edited>['form'], key: string) =>
  [...form.fields, ...form.keys].find((field) => field.key === key)?.value;

describe('a step as a form', () => {
  it('asks what its verb takes, in plain words, with what there is to choose from', () => {
    const { form, text } = edited('mitigate-stop-intake');
    expect(text).toBe(TEXT);
    expect(form).toMatchObject({ title: '**Stop intake**', prose: 'Mind the tail.', verb: 'pause' });
    expect(form.problems.map(({ rule }) => rule)).toEqual(['mutation-before-confirmation']);
    expect(form.fields.filter(({ seldom }) => !seldom).map(({ key, title, value }) => [key, title, value])).toEqual([
      ['agent', 'Agent', '${agent}'],
      ['for', 'Ends by itself after', '30m'],
      ['confirm', 'Confirmed by', 'press'],
    ]);
    expect(form.fields[0]?.options.map(({ value }) => value)).toEqual(['${agent}', 'triage']);
    expect(fieldValue(form, 'undo')).toBe('resume agent=${agent} confirm');
  });

  it('changes only what was changed, and leaves the rest as it was written', () => {
    const { text, form } = edited('mitigate-stop-intake', { fields: { for: '1h' }, title: '**Close the door**' });
    expect(text).toBe(TEXT.replace('for=30m', 'for=1h').replace('**Stop intake**', '**Close the door**'));
    // Its id follows its title: the form goes on with the same step.
    expect(form.step).toBe('mitigate-close-the-door');
    expect(edited('mitigate-stop-intake', { fields: { for: '30m' }, keys: {} }).text).toBe(TEXT);
  });

  it('asks a check for its parts', () => {
    const { form } = edited('verify-it-holds');
    expect(form.fields.slice(0, 3).map(({ key, value }) => [key, value])).toEqual([
      ['check', 'queued_tasks(agent=${agent}) == 0'],
      ['within', '5m'],
      ['for', '2m'],
    ]);
    const change = { fields: { check: 'success_rate(agent=${agent}) >= 99%', for: '', every: '10s' } };
    expect(edited('verify-it-holds', change).text).toContain(
      '`verify success_rate(agent=${agent}) >= 99% within 5m every 10s`',
    );
  });

  it('takes another verb, with what both have, and the way back to a step by hand', () => {
    const drained = edited('mitigate-stop-intake', { verb: 'drain' });
    expect(drained.text).toContain('**Stop intake** `drain agent=${agent} for=30m confirm`');
    expect(edited('mitigate-stop-intake', { verb: null }).text).toContain('- [ ] **Stop intake**\n  - undo');
    expect(edited('mitigate-look', { verb: 'wait', fields: { span: '10m' } }).text).toContain(
      '- [ ] Look `wait 10m`\n',
    );
  });

  it('says what is wrong at the field that has it, also at one that is missing', () => {
    const wrong = edited('mitigate-stop-intake', { fields: { agent: 'triaeg', for: 'soon', confirm: '' } }).form;
    const at = (key: string) => wrong.fields.find((field) => field.key === key)?.problems.map(({ rule }) => rule);
    expect(at('for')).toEqual(['bad-value']);
    expect(wrong.verb).toBe('pause');
    expect(wrong.title).toBe('**Stop intake**');
    const named = edited('mitigate-stop-intake', { fields: { agent: 'triaeg', confirm: '' } }).form;
    expect(named.fields.map(({ key, problems }) => [key, problems.map(({ rule }) => rule)]).slice(0, 3)).toEqual([
      ['agent', ['unknown-agent']],
      ['for', []],
      ['confirm', ['mutation-without-confirm']],
    ]);
  });

  it('goes on with a directive that has faults, and mends it', () => {
    const broken = TEXT.replace('for=30m', 'for=soon');
    const id = check(broken).sections[0]?.steps[0]?.id ?? '';
    const { form } = edited(id, {}, broken);
    expect([form.title, fieldValue(form, 'for')]).toEqual(['**Stop intake**', 'soon']);
    expect(edited(id, { fields: { for: '30m' } }, broken).text).toBe(TEXT);
  });

  it('says what a change breaks elsewhere in the file', () => {
    const text = live(
      '## Diagnose',
      '- [ ] Queue `show queue(agent=${agent}) id=queue`',
      '- [ ] Tell `notify channel=ops text="${steps.queue.value} wait"`',
    );
    expect(edited('queue', {}, text).form.elsewhere).toEqual([]);
    const [problem] = edited('queue', { fields: { id: 'line' } }, text).form.elsewhere;
    expect(problem).toMatchObject({ rule: 'unknown-input', message: expect.stringContaining('steps.queue.value') });
  });
});

describe('the words of a directive', () => {
  const verbs = verbSchema.options;
  const values = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 })
    .filter((text) => text.trim() === text);

  it.each(verbs)('of %s: each can be read, and written again as it was', (verb) => {
    const { example } = VERBS[verb];
    const { words } = readDirectiveWords(example);
    for (const { key, value, range } of words) {
      expect(example.slice(range.from, range.to)).toContain(key === 'confirm' ? 'confirm' : value.slice(0, 3));
      expect(withWord(example, key, value)).toBe(example);
    }
    expect(parseDirective(example).faults).toEqual([]);
  });

  it('hold any value that is put in, and no other changes', () => {
    const named = verbs.filter((verb) => Object.keys(VERBS[verb].args).length > 0 && verb !== 'show');
    fc.assert(
      fc.property(fc.constantFrom(...named), fc.nat(), values, (verb, pick, value) => {
        const keys = [...Object.keys(VERBS[verb].args), 'id', 'when'];
        const key = keys[pick % keys.length] ?? 'id';
        const before = VERBS[verb].example;
        const after = withWord(before, key, value);
        const read = (text: string) => new Map(readDirectiveWords(text).words.map((word) => [word.key, word.value]));
        const wanted = new Map([...read(before), [key, value]]);
        expect(read(after)).toEqual(wanted);
        expect(new Set(read(withWord(after, key, '')).keys())).toEqual(
          new Set([...wanted.keys()].filter((one) => one !== key)),
        );
      }),
    );
  });

  it('of another verb are sound, whatever the first was', () => {
    for (const from of verbs) {
      for (const to of verbs) {
        expect([from, to, parseDirective(withVerb(VERBS[from].example, to)).faults]).toEqual([from, to, []]);
      }
    }
  });
});
