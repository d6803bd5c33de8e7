import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '#contract/agent.ts';
import { nightdeskKeysSchema } from '#contract/agent.ts';
import { errorClassSchema, hasEnded } from '#contract/task.ts';
import type { Running } from '../../../electron/runner/engine/running.ts';
import { type AttemptEnd, settle } from '../../../electron/runner/engine/settle.ts';
import { marksOf } from '../../../electron/store/task.ts';

const NOW = 1_800_000_000_000;
const definition = {
  name: 'invoice-triage',
  model: ['anthropic/claude-sonnet', 'openai/gpt'],
  nightdesk: nightdeskKeysSchema.parse({ retry: { attempts: 3 }, objective: { p95: '30s' } }),
} as AgentDefinition;

function running(change: Partial<Running> = {}): Running {
  return {
    id: 7,
    agent: 'invoice-triage',
    key: null,
    per: null,
    priority: 0,
    epoch: 1,
    attempt: 1,
    worker: 'worker 1',
    acceptedAt: NOW - 10_000,
    startedAt: NOW - 9_000,
    claimedAt: NOW - 9_000,
    failures: 0,
    crashes: 0,
    costUsd: 0.02,
    tokensIn: 100,
    tokensOut: 10,
    marks: 0,
    model: 'anthropic/claude-sonnet',
    definition,
    failedCalls: new Map(),
    cancelling: false,
    limitUsd: null,
    childrenUsd: 0,
    parent: null,
    ...change,
  };
}
const transient = { kind: 'failed', error: { class: 'transient', message: '529' }, output: null } as const;
const deferred = {
  kind: 'deferred',
  reason: 'all down',
  model: null,
  waitKind: 'deferred',
  until: null,
  integration: null,
} as const;
const parked = {
  kind: 'parked',
  question: {
    step: 'pay?',
    kind: 'ask',
    text: 'Pay it?',
    choices: [{ value: 'yes', label: 'yes', takes: 'nothing' }],
    details: null,
    deadlineMs: null,
    onDeadline: null,
    fingerprint: null,
  },
} satisfies AttemptEnd;
const succeeded = { kind: 'succeeded', output: '"ok"', unverified: false } as const;

describe('the end of an attempt', () => {
  it('that succeeded ends the task, with how it was reached', () => {
    const verdict = settle(running({ failures: 1, model: 'openai/gpt', acceptedAt: NOW - 31_000 }), succeeded, NOW, 0);
    expect(verdict.settled).toMatchObject({ state: 'succeeded', endedAt: NOW, output: '"ok"', costUsd: 0.02 });
    expect(marksOf(verdict.settled.marks)).toEqual(['retried', 'slow', 'fallback']);
  });

  it('that failed in passing waits for its backoff', () => {
    expect(settle(running(), transient, NOW, 0.5)).toMatchObject({
      settled: { state: 'retrying', waitKind: 'backoff', failures: 1, runAt: NOW + 500, endedAt: null },
      backoffMs: 500,
    });
  });

  it('that failed for the last time, or in a way no attempt can mend, ends the task', () => {
    expect(settle(running({ failures: 2 }), transient, NOW, 0.5).settled).toMatchObject({
      state: 'failed',
      failures: 3,
    });
    const refused = { ...transient, error: { class: 'bad-request', message: 'no such model' } } as const;
    expect(settle(running(), refused, NOW, 0.5).settled).toMatchObject({ state: 'failed', reason: 'no such model' });
  });

  it('without a provider defers the task and spends no try', () => {
    const verdict = settle(running(), deferred, NOW, 0);
    expect(verdict.settled).toMatchObject({ state: 'waiting', waitKind: 'deferred', failures: 0, endedAt: null });
  });

  it('without a budget lets the task wait for the next day', () => {
    const until = NOW + 3_600_000;
    const verdict = settle(running(), { ...deferred, waitKind: 'budget', until }, NOW, 0);
    expect(verdict.settled).toMatchObject({ state: 'waiting', waitKind: 'budget', runAt: until, failures: 0 });
  });

  it('at a paused lane puts it back into the queue', () => {
    expect(settle(running(), { kind: 'paused' }, NOW, 0).settled).toMatchObject({ state: 'queued', failures: 0 });
  });

  it('with a question parks the task until a person answers, and spends no try', () => {
    expect(settle(running(), parked, NOW, 0)).toMatchObject({
      settled: { state: 'waiting', waitKind: 'person', reason: 'Pay it?', failures: 0, runAt: null, endedAt: null },
      outcome: 'parked',
    });
    expect(settle(running({ cancelling: true }), parked, NOW, 0).settled.state).toBe('cancelled');
  });

  it('by the death of its worker puts it back as a suspect; the second time it was alone, and is quarantined', () => {
    const lost = { kind: 'lost', blame: 'suspect', why: 'worker 1 died (SIGKILL)' } as const;
    expect(settle(running(), lost, NOW, 0).settled).toMatchObject({ state: 'queued', crashes: 1 });
    expect(settle(running({ crashes: 1 }), lost, NOW, 0).settled).toMatchObject({ state: 'queued', crashes: 2 });
    const verdict = settle(running({ crashes: 1 }), { ...lost, blame: 'cause' }, NOW, 0);
    expect(verdict.settled).toMatchObject({
      state: 'failed',
      crashes: 2,
      reason: expect.stringMatching(/^quarantined/),
    });
    expect(verdict.error).toEqual({ class: 'worker-lost', message: 'worker 1 died (SIGKILL)' });
  });

  it('by the death of its desk, or of a worker that was killed for another task, holds nothing against it', () => {
    const lost = { kind: 'lost', blame: 'none', why: 'the desk stopped while it ran' } as const;
    for (const crashes of [0, 1, 4]) {
      expect(settle(running({ crashes }), lost, NOW, 0).settled).toMatchObject({ state: 'queued', crashes });
    }
  });

  it('with a step that sleeps or a child waits for them, or goes on when they are over, and is no suspect any more', () => {
    const waits = { kind: 'waits', waitKind: 'sleep', runAt: NOW + 5_000, over: false, reason: 'sleeps: nap' } as const;
    expect(settle(running({ crashes: 1 }), waits, NOW, 0)).toMatchObject({
      settled: { state: 'waiting', waitKind: 'sleep', runAt: NOW + 5_000, reason: 'sleeps: nap', crashes: 0 },
      outcome: 'parked',
    });
    expect(settle(running(), { ...waits, over: true }, NOW, 0).settled).toMatchObject({
      state: 'queued',
      waitKind: null,
      runAt: null,
    });
  });

  it('of a cancelled task is a cancel, unless it had succeeded or is in doubt', () => {
    const cancelling = running({ cancelling: true });
    expect(settle(cancelling, transient, NOW, 0).settled.state).toBe('cancelled');
    expect(settle(cancelling, succeeded, NOW, 0).settled.state).toBe('succeeded');
    expect(settle(cancelling, { kind: 'in-doubt', reason: 'sent?' }, NOW, 0).settled.state).toBe('in-doubt');
  });

  it('always leaves a task that someone can see: ended, or with a reason to move again', () => {
    const end: fc.Arbitrary<AttemptEnd> = fc.oneof(
      fc.constant(succeeded),
      fc.record({
        kind: fc.constant('failed' as const),
        error: fc.record({ class: fc.constantFrom(...errorClassSchema.options), message: fc.string() }),
        output: fc.constant(null),
      }),
      fc.constant(deferred),
      fc.constant({ kind: 'paused' as const }),
      fc.constant({ kind: 'cancelled' as const }),
      fc.constant(parked),
      fc.constant({ kind: 'in-doubt' as const, reason: 'sent?' }),
      fc.record({
        kind: fc.constant('waits' as const),
        waitKind: fc.constant('child' as const),
        runAt: fc.option(fc.constant(NOW + 1)),
        over: fc.boolean(),
        reason: fc.string(),
      }),
      fc.record({
        kind: fc.constant('lost' as const),
        blame: fc.constantFrom('none' as const, 'suspect' as const, 'cause' as const),
        why: fc.string(),
      }),
    );
    const run = fc.record({ failures: fc.nat(5), crashes: fc.nat(6), cancelling: fc.boolean() });
    fc.assert(
      fc.property(run, end, fc.double({ min: 0, max: 0.999, noNaN: true }), (change, how, random) => {
        const { settled } = settle(running(change), how, NOW, random);
        expect(hasEnded(settled.state)).toBe(settled.endedAt !== null);
        if (!hasEnded(settled.state)) {
          const waits = ['deferred', 'person', 'child'].includes(settled.waitKind ?? '');
          expect(settled.state === 'queued' || waits || settled.runAt !== null).toBe(true);
        }
      }),
    );
  });
});
