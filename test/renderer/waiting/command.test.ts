import { describe, expect, it } from 'vitest';
import { answerCommand, resolveCommand } from '../../../renderer/waiting/command.ts';

describe('the command line that says the same', () => {
  it('answers with words and documents, quoted', () => {
    expect(answerCommand(8, { choice: 'accept' })).toBe('nightdesk answer 8 accept');
    expect(answerCommand(8, { choice: 'edit', value: { a: "it's" }, text: 'better so' })).toBe(
      `nightdesk answer 8 edit --value '{"a":"it'\\''s"}' --text 'better so'`,
    );
  });

  it('resolves in each of the three ways, and names the step where it has to', () => {
    expect(resolveCommand('t5', { as: 'not-landed' }, null)).toBe('nightdesk resolve t5 --not-landed');
    expect(resolveCommand('t5', { as: 'landed', result: 7 }, 'ledger.post')).toBe(
      'nightdesk resolve t5 --landed 7 --step ledger.post',
    );
    expect(resolveCommand('t5', { as: 'given-up', reason: 'bank closed' }, null)).toBe(
      "nightdesk resolve t5 --give-up 'bank closed'",
    );
  });
});
