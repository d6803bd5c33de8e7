import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choice } from '#contract/question.ts';
import { fitAnswer } from '../../../electron/runner/guard/answer.ts';
import { answerOf, resolutionOf, startDraft } from '../../../renderer/waiting/draft.ts';
import { question } from './fixtures.ts';

const anyChoice: fc.Arbitrary<Choice> = fc.record({
  value: fc.constantFrom('yes', 'edit', 'raise'),
  label: fc.constant(''),
  takes: fc.constantFrom('nothing', 'text', 'json', 'usd'),
});
const anyDraft = fc.record({
  text: fc.oneof(fc.constant(''), fc.constant('  '), fc.string()),
  json: fc.oneof(fc.json(), fc.string()),
  usd: fc.oneof(
    fc.float({ noNaN: true }).map(String),
    fc.constantFrom('', '-1', '0', '2.50', 'x', 'Infinity', '1e400'),
  ),
});

describe('an answer as it is typed', () => {
  it('is one that the desk takes, whenever the form lets it go', () => {
    fc.assert(
      fc.property(anyChoice, anyDraft, (choice, draft) => {
        const read = answerOf(choice, draft);
        if (read.ok) expect(fitAnswer([choice], read.value)).toEqual({ ok: true });
        else expect(read.why).not.toBe('');
      }),
    );
  });

  it('takes words with every choice', () => {
    const choice: Choice = { value: 'reject', label: '', takes: 'nothing' };
    expect(answerOf(choice, { text: ' too dear ', json: '', usd: '' })).toEqual({
      ok: true,
      value: { choice: 'reject', text: 'too dear' },
    });
  });

  it('begins with the document as it was edited last, and with twice the limit', () => {
    const edited = { output: { total: 1 }, edited: { total: 2 }, why: 'total is too small' };
    expect(JSON.parse(startDraft(question({ kind: 'review', details: edited })).json)).toEqual({ total: 2 });
    const limit = { spentUsd: 0.21, limitUsd: 0.2, done: [], remaining: 'model 3' };
    expect(startDraft(question({ kind: 'limit', details: limit })).usd).toBe('0.4');
  });
});

describe('a resolution as it is typed', () => {
  it('needs the result of what landed, and a reason to give up', () => {
    expect(resolutionOf('landed', { json: '', text: '' }).ok).toBe(false);
    expect(resolutionOf('landed', { json: '{"entry":7}', text: '' })).toEqual({
      ok: true,
      value: { as: 'landed', result: { entry: 7 } },
    });
    expect(resolutionOf('not-landed', { json: '', text: '' })).toEqual({ ok: true, value: { as: 'not-landed' } });
    expect(resolutionOf('given-up', { json: '', text: 'no' }).ok).toBe(false);
    expect(resolutionOf('given-up', { json: '', text: 'the bank is closed' }).ok).toBe(true);
  });
});
