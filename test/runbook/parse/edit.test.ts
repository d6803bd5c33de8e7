// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepEdit } from '#contract/runbook-lint.ts';
import { applyEdits, editStep } from '../../../electron/runbook/parse/edit.ts';
import { parseRunbook } from '../../../electron/runbook/parse/runbook.ts';
import { live } from '../harness.ts';

const TEXT = live(
  '## Mitigate',
  '',
  '- [ ] **Stop intake** `pause agent=${agent} for=30m confirm`',
  '  - undo: `resume agent=${agent} confirm`',
  '  - note: mind the tail',
  '  some prose',
  '* [x] Look',
  '',
  '1. [ ] Third',
  '   - [ ] under it',
  '',
  '## Verify',
  '- [ ] holds `verify queued_tasks(agent=${agent}) == 0 within 5m`',
);
const stepsOf = (text: string) => parseRunbook('/r/x.md', text).sections.flatMap((section) => section.steps);
const edited = (id: string, change: StepEdit, text = TEXT): string => {
  const result = editStep(text, id, change);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

describe('an edit of one step', () => {
  it('changes its title, and leaves directive, keys and prose', () => {
    const text = edited('mitigate-stop-intake', { title: '**Close the door**' });
    expect(text).toBe(TEXT.replace('**Stop intake**', '**Close the door**'));
  });

  it('changes, adds and takes away its directive', () => {
    expect(edited('mitigate-stop-intake', { directive: 'drain agent=a for=1h confirm' })).toContain(
      '- [ ] **Stop intake** `drain agent=a for=1h confirm`\n  - undo',
    );
    expect(edited('mitigate-look', { directive: 'wait 5m' })).toContain('* [x] Look `wait 5m`\n');
    expect(edited('mitigate-stop-intake', { directive: null })).toContain('- [ ] **Stop intake**\n  - undo');
  });

  it('changes, adds and takes away what stands under it', () => {
    const text = edited('mitigate-stop-intake', {
      undo: 'resume agent=b confirm',
      note: null,
      verify: 'running_tasks(agent=a) == 0 within 2m',
    });
    expect(text).toContain(
      [
        '- [ ] **Stop intake** `pause agent=${agent} for=30m confirm`',
        '  - verify: `running_tasks(agent=a) == 0 within 2m`',
        '  - undo: `resume agent=b confirm`',
        '  some prose',
      ].join('\n'),
    );
    expect(edited('mitigate-third', { else: 'verify' })).toContain(
      '1. [ ] Third\n   - else: [verify](#verify)\n   - [ ] under it',
    );
  });

  it('keeps the line ends of the file, and its byte order mark', () => {
    const windows = `\ufeff${TEXT.replaceAll('\n', '\r\n')}`;
    const text = edited('mitigate-look', { note: 'twice' }, windows);
    expect(text).toBe(windows.replace('* [x] Look', '* [x] Look\r\n  - note: twice'));
  });

  it('changes, adds and takes away the text under it', () => {
    const stop = '- [ ] **Stop intake** `pause agent=${agent} for=30m confirm`\n';
    const keys = '  - undo: `resume agent=${agent} confirm`\n';
    const text = live('## Mitigate', '', `${stop}\n  One line.\n\n  - and a list\n\n${keys}- [ ] Next`);
    const id = 'mitigate-stop-intake';
    expect(edited(id, { prose: 'Other.\n\nTwo.' }, text)).toBe(
      text.replace('  One line.\n\n  - and a list\n', '\n  Other.\n\n  Two.\n'.slice(1)),
    );
    expect(edited(id, { prose: '' }, text)).toBe(text.replace('\n\n  One line.\n\n  - and a list', ''));
    expect(edited('mitigate-next', { prose: 'See <b>there</b>.\n```\nls\n```' }, text)).toBe(
      text.replace('- [ ] Next', '- [ ] Next\n\n  See <b>there</b>.\n  ```\n  ls\n  ```'),
    );
    for (const prose of ['- [ ] another step', '- undo: `resume agent=b`', '## A heading']) {
      expect(editStep(text, 'mitigate-next', { prose })).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    }
  });

  it('is refused where it would be more than one step, or the step is gone', () => {
    expect(editStep(TEXT, 'mitigate-look', { title: 'a\n- [ ] b' })).toMatchObject({ ok: false });
    expect(editStep(TEXT, 'mitigate-look', { title: 'a\r- [ ] b' })).toMatchObject({ ok: false });
    expect(editStep(TEXT, 'no-such-step', { title: 'a' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  const words = fc.string({ maxLength: 20 }).filter((text) => !/[\r\n]/.test(text));
  const change: fc.Arbitrary<StepEdit> = fc.record(
    {
      title: words,
      directive: fc.option(words),
      verify: fc.option(words),
      undo: fc.option(words),
      else: fc.option(words),
      note: fc.option(words),
      prose: fc.option(fc.string({ maxLength: 40 })),
    },
    { requiredKeys: [] },
  );

  it('never touches a line of another step', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 }), change, fc.constantFrom('\n', '\r\n'), (index, wanted, end) => {
        const text = TEXT.replaceAll('\n', end);
        const step = stepsOf(text)[index];
        if (step === undefined) throw new Error('there are five steps');
        const result = editStep(text, step.id, wanted);
        if (!result.ok) return;
        const { from, to } = step.places.step;
        expect(result.value.startsWith(text.slice(0, from))).toBe(true);
        expect(result.value.endsWith(text.slice(to))).toBe(true);
        const others = (source: string) =>
          stepsOf(source)
            .filter((_, at) => at !== index && at !== index + 1)
            .map(({ title, directive }) => [title, directive]);
        expect(others(result.value)).toEqual(others(text));
      }),
    );
  });

  it('of nothing gives the file back, byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (noise) => {
        const text = live('## Mitigate', '- [ ] Look', noise);
        expect(applyEdits(text, [])).toBe(text);
        const step = stepsOf(text)[0];
        if (step !== undefined) expect(editStep(text, step.id, {})).toEqual({ ok: true, value: text });
      }),
    );
  });
});
