import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, type Choice, choiceSchema } from '#contract/question.ts';
import { fitAnswer } from '../../../electron/runner/guard/answer.ts';

const choice = (takes: Choice['takes']): Choice => ({ value: takes, label: takes, takes });
const choices = choiceSchema.shape.takes.options.map(choice);

describe('an answer', () => {
  it.each<[Answer, boolean]>([
    [{ choice: 'nothing' }, true],
    [{ choice: 'nothing', text: 'a remark' }, true],
    [{ choice: 'nothing', value: 1 }, false],
    [{ choice: 'text', text: 'because' }, true],
    [{ choice: 'text', text: '  ' }, false],
    [{ choice: 'text' }, false],
    [{ choice: 'json', value: null }, true],
    [{ choice: 'json' }, false],
    [{ choice: 'usd', value: 2.5 }, true],
    [{ choice: 'usd', value: 0 }, false],
    [{ choice: 'usd', value: '2.5' }, false],
    [{ choice: 'other' }, false],
  ])('%j fits its choices: %s', (given, fits) => {
    expect(fitAnswer(choices, given).ok).toBe(fits);
  });

  it('that does not fit says why, and where', () => {
    const given = fc.record(
      { choice: fc.constantFrom('nothing', 'text', 'json', 'usd', 'x'), text: fc.string(), value: fc.jsonValue() },
      { requiredKeys: ['choice'] },
    ) as fc.Arbitrary<Answer>;
    fc.assert(
      fc.property(given, (one) => {
        const fit = fitAnswer(choices, one);
        if (fit.ok) return;
        expect(fit.why).not.toBe('');
        expect(['choice', 'text', 'value']).toContain(fit.where);
      }),
    );
  });
});
