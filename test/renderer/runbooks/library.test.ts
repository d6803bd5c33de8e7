import { describe, expect, it } from 'vitest';
import type { RunbookSummary } from '#contract/runbook.ts';
import type { RunbookMetrics } from '#contract/runbook-metrics.ts';
import {
  EVERY_RUNBOOK,
  freeName,
  freshness,
  inOrder,
  isShown,
  LIBRARY_ORDERS,
  type LibraryFilter,
  type Row,
  stepUse,
} from '../../../renderer/runbooks/library.ts';

const runbook = (changes: Partial<RunbookSummary>): RunbookSummary => ({
  ...{ name: 'provider-down', file: '/r/provider-down.md', title: 'LLM provider unavailable', live: true, steps: 9 },
  ...{ failure: 'provider-down', matchAlerts: ['provider-breaker-open'], owner: 'platform', reviewed: '2026-11-01' },
  ...{ errors: 0, warnings: 0, lastRunAt: null, lastOutcome: null },
  ...changes,
});
const use = (changes: Partial<RunbookMetrics>): RunbookMetrics => ({
  ...{ runbook: 'provider-down', freshness: 'unproven', runs: 0, recovered: 0, ended: 0, open: 0, lastUsedAt: null },
  ...{ lastProven: null, reviewDueAt: 1, recoveryMs: null, skipped: 0, failed: 0 },
  ...changes,
});
const row = (runbookChanges: Partial<RunbookSummary>, useChanges: Partial<RunbookMetrics> = {}): Row => ({
  runbook: runbook(runbookChanges),
  use: use(useChanges),
});
const proof = (changes: Partial<NonNullable<RunbookMetrics['lastProven']>> = {}) => ({
  lastProven: { run: 1, at: 5, rehearsal: true, sameText: true, ...changes },
});

describe('the library shows', () => {
  const down = row({});
  const shown = (changes: Partial<LibraryFilter>, of = down) => isShown(of, { ...EVERY_RUNBOOK, ...changes });

  it.each([
    '',
    'unavailable',
    'LLM platform',
    'breaker-open',
    'provider-down',
    'owner:plat',
    'failure:provider',
    'owner:',
  ])('what has every word: "%s"', (text) => expect(shown({ text })).toBe(true));

  it.each(['queue', 'llm queue', 'owner:unavailable', 'alert:platform', 'failure:breaker'])(
    'nothing that has not: "%s"',
    (text) => expect(shown({ text })).toBe(false),
  );

  it('stale ones, faulty ones, and those that are done by hand', () => {
    const proven = row({ warnings: 1, live: false }, { freshness: 'proven', ...proof() });
    expect([shown({ stale: true }), shown({ stale: true }, proven)]).toEqual([true, false]);
    expect([shown({ faulty: true }), shown({ faulty: true }, proven)]).toEqual([false, true]);
    expect([shown({ how: 'by-hand' }), shown({ how: 'by-hand' }, proven)]).toEqual([false, true]);
    expect([shown({ how: 'live' }), shown({ how: 'live' }, proven)]).toEqual([true, false]);
    expect(shown({ stale: true }, { runbook: down.runbook, use: null }), 'not known yet').toBe(false);
  });
});

describe('a state says', () => {
  it.each([
    [use({}), 'unknown', 'Never used'],
    [use({ runs: 1 }), 'unknown', 'Not proven'],
    [use({ runs: 1, ...proof({ sameText: false }) }), 'unknown', 'Changed since proven'],
    [use({ runs: 1, ...proof() }), 'unknown', 'Proof is old'],
    [use({ freshness: 'proven', ...proof() }), 'met', 'Proven'],
    [use({ freshness: 'due' }), 'soon', 'Review due'],
    [use({ freshness: 'due', reviewDueAt: null }), 'soon', 'Never reviewed'],
  ])('%#: %s', (metrics, tone, word) => expect(freshness(metrics)).toEqual({ tone, word }));
});

describe('the order', () => {
  const fine = row(
    { title: 'Fine', warnings: 1 },
    { freshness: 'proven', lastUsedAt: 9, recoveryMs: 1_000, ...proof({ at: 9 }) },
  );
  const due = row({ title: 'Due' }, { freshness: 'due', lastUsedAt: 4, recoveryMs: 9_000, ...proof({ at: 4 }) });
  const fresh = row({ title: 'Unused', errors: 1 });

  it.each([
    ['title', ['Due', 'Fine', 'Unused']],
    ['state', ['Due', 'Unused', 'Fine']],
    ['faults', ['Unused', 'Fine', 'Due']],
    ['used', ['Unused', 'Due', 'Fine']],
    ['proven', ['Unused', 'Due', 'Fine']],
    ['recovery', ['Due', 'Fine', 'Unused']],
  ] as const)('by %s has what most needs a look first', (order, titles) => {
    expect(inOrder([fine, fresh, due], order).map(({ runbook: { title } }) => title)).toEqual(titles);
  });

  it('is one of those tested', () => expect(LIBRARY_ORDERS).toHaveLength(6));
});

describe('a step of a runbook', () => {
  const step = { step: 's', section: 'Verify', title: 'It holds', inFile: true };
  const used = (counts: { passed: number; skipped: number; failed: number; medianMs: number | null }) =>
    stepUse({ steps: [{ ...step, ...counts }] }, 's');

  it('says what its runs made of it, and nothing where there was none', () => {
    expect(used({ passed: 3, skipped: 1, failed: 2, medianMs: 61_000 })).toBe(
      'takes 1 min 1 s · passed 3 · skipped 1 · failed 2',
    );
    expect(used({ passed: 1, skipped: 0, failed: 0, medianMs: 900 })).toBe('takes 0.9 s · passed 1');
    expect(used({ passed: 0, skipped: 0, failed: 0, medianMs: null })).toBeNull();
    expect(stepUse(null, 's')).toBeNull();
  });
});

describe('a new runbook', () => {
  it('has a name of its own', () => {
    expect(freeName([])).toBe('new-runbook');
    expect(freeName(['new-runbook', 'a', 'new-runbook-2'])).toBe('new-runbook-3');
  });
});
