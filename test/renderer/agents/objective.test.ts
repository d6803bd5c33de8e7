import { describe, expect, it } from 'vitest';
import { draftOf, isSame, previewText, readDraft, setCommand } from '../../../renderer/agents/objective.ts';

const DAY = 86_400_000;
const IN_FORCE = {
  success: 0.995,
  p95Ms: 90_000,
  windowMs: 28 * DAY,
  failure: ['failed' as const, 'incorrect' as const],
};

describe('an objective that is edited', () => {
  it('reads back as what it was, and that is no change', () => {
    const read = readDraft('invoice-triage', draftOf(IN_FORCE));
    if (!read.ok) throw new Error(read.why);
    expect(read.change).toEqual({ agent: 'invoice-triage', ...IN_FORCE });
    expect(isSame(read.change, IN_FORCE)).toBe(true);
    expect(setCommand(read.change)).toBe(
      'nightdesk objective set invoice-triage --success 99.5% --p95 90s --window 28d --failure failed,incorrect',
    );
  });

  it.each([
    ['success', { success: '100' }],
    ['success', { success: '' }],
    ['p95', { p95: 'soon' }],
    ['window', { window: '28' }],
    ['slow', { p95: '', failure: ['slow' as const] }],
  ])('says what is wrong with its %s', (_, change) => {
    expect(readDraft('a', { ...draftOf(IN_FORCE), ...change }).ok).toBe(false);
  });

  it('has no bound where the field is empty', () => {
    expect(readDraft('a', { ...draftOf(IN_FORCE), p95: '' })).toMatchObject({ ok: true, change: { p95Ms: null } });
  });
});

describe('a preview in a sentence', () => {
  const page = { at: 0, untilAt: null, rule: 'success-burn-fast', value: '' };
  const preview = (pages: number, tickets: number, ms: number): string =>
    previewText({ pages: Array.from({ length: pages }, () => page), tickets, from: 0, to: ms });
  it('says how often, over how long a past', () => {
    expect(preview(3, 0, 30 * DAY)).toBe('With this you would have been paged 3 times in the last 30 d.');
    expect(preview(0, 1, DAY)).toBe('With this you would not have been paged in the last 1 d, and got 1 ticket.');
    expect(preview(0, 0, 0)).toMatch(/nothing can be said/);
  });
});
