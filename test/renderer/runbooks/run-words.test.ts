import { describe, expect, it } from 'vitest';
import type { RunStep } from '#contract/runbook.ts';
import { primaryOf } from '../../../renderer/runbooks/run/primary.ts';
import { seenLine } from '../../../renderer/runbooks/run/said.ts';
import { wordOf } from '../../../renderer/runbooks/run/word.ts';

const NOW = Date.UTC(2026, 10, 25, 3, 0, 0);
const step = (changes: Partial<RunStep> = {}): RunStep => ({
  ...{ id: 's', index: 0, section: 'Mitigate', sectionKind: 'mitigate', title: '**Stop it**' },
  ...{ directive: 'pause agent=a for=30m confirm', verb: 'pause', live: true, confirm: 'press', approvals: 1 },
  ...{ required: false, prose: '', note: null, choices: [], else: null, state: 'passed', startedAt: NOW, endedAt: NOW },
  ...{ by: null, plan: null, needs: null, approvedBy: [], receipt: null, seen: null, checks: 0, holdsUntil: null },
  ...{ inDoubt: false, answer: null, output: null, reason: null, dueAt: null, renewable: false, until: null },
  ...{ undo: null, before: null, after: null },
  ...changes,
});
const run = { steps: [], runbook: 'r' };

describe('what a step of a run says of itself', () => {
  it('of a check: whether it holds, and what comes of it when', () => {
    const checking = step({ verb: 'verify', state: 'checking', seen: 'queue 12', dueAt: NOW + 90_000, checks: 3 });
    expect(wordOf(checking, true, NOW).word).toBe('Measuring');
    expect(seenLine(checking, NOW)).toContain('queue 12 · does not hold yet: fails in 1:30');
    const holding = { ...checking, holdsUntil: NOW + 25_000 };
    expect(wordOf(holding, true, NOW).word).toBe('Holding');
    expect(primaryOf(holding, run)).toEqual({ kind: 'wait', label: 'Holding' });
    expect(seenLine(holding, NOW)).toContain('queue 12 · holds: proven in 0:25 if it goes on');
  });

  it('of a mitigation: how long it is in force, and that it no longer is', () => {
    const seen = 'accepted in 5 ms, intake paused after 10 ms, ends by itself at 03:30';
    const inForce = step({ seen, until: NOW + 60_000, renewable: true });
    expect(wordOf(inForce, false, NOW)).toEqual({ tone: 'met', word: 'Seen' });
    expect(seenLine(inForce, NOW)).toContain(`${seen} · that is in 1:00`);
    const over = seenLine(inForce, NOW + 60_000);
    expect(wordOf(inForce, false, NOW + 60_000)).toEqual({ tone: 'quiet', word: 'No longer in force' });
    expect(over).toContain('intake paused after 10 ms · ended by itself at');
    expect(over).not.toContain('ends by itself');
    expect(seenLine({ ...inForce, renewable: false }, NOW)).toContain('ended or replaced before its time');
  });

  it('of what may have landed: that nobody knows, not that it failed', () => {
    expect(wordOf(step({ state: 'failed', inDoubt: true }), true, NOW)).toEqual({ tone: 'soon', word: 'In doubt' });
    expect(wordOf(step({ state: 'failed' }), true, NOW)).toEqual({ tone: 'now', word: 'Failed' });
  });

  it('of a ramp: that a share of it is watched', () => {
    const action = { verb: 'reroute', agent: 'a', to: 'openai', share: 0.1 } as const;
    const receipt = { key: 'k', action, acceptedAt: NOW, repeated: false };
    expect(primaryOf(step({ state: 'acting', receipt }), run)).toMatchObject({ label: 'Waiting for its effect' });
    expect(primaryOf(step({ state: 'acting', receipt, dueAt: NOW + 1 }), run)).toMatchObject({
      label: 'Watching this share',
    });
  });
});
