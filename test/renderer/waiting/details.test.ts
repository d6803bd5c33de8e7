import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { questionKindSchema } from '#contract/question.ts';
import { detailsOf } from '../../../renderer/waiting/details.ts';

describe('what a question is about', () => {
  it('is shown as it is when it is nothing that is known', () => {
    const anyJson = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.constantFrom(...questionKindSchema.options), anyJson, (kind, details) => {
        const read = detailsOf({ kind, details });
        if (read.kind === 'plain') expect(read.value).toEqual(details);
        if (read.kind === 'nothing') expect(details).toBeNull();
      }),
    );
  });

  it('reads the call of an approval with an edit that did not fit', () => {
    const details = { tool: 'mail.send', input: { to: 'x' }, edited: { to: 'y' }, why: 'to is no address' };
    expect(detailsOf({ kind: 'approval', details })).toEqual({
      kind: 'document',
      title: 'Input of mail.send',
      tool: 'mail.send',
      value: { to: 'x' },
      edited: { to: 'y' },
      why: 'to is no address',
    });
  });

  it('reads the calls of a loop, and what was spent of a limit', () => {
    const loop = { kind: 'same call', repeats: 5, period: 1, text: '', calls: [] };
    expect(detailsOf({ kind: 'loop', details: loop })).toMatchObject({ kind: 'loop', repeats: 5 });
    const limit = { spentUsd: 1, limitUsd: 1, done: ['a'], remaining: 'b' };
    expect(detailsOf({ kind: 'limit', details: limit })).toMatchObject({ kind: 'limit', remaining: 'b' });
  });
});
