import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionSchema, REQUEUE_MAX } from '#contract/action.ts';
import { taskStateSchema, waitKindSchema } from '#contract/task.ts';
import { canDo, deadLettersOf, readLimit } from '../../../renderer/tasks/dead-letters.ts';

describe('the dead letters of a filter', () => {
  it('are what the list shows: failed, cancelled, or both', () => {
    expect(deadLettersOf({ state: ['failed'], agent: 'a', text: 'INV' })).toEqual({
      state: 'failed',
      agent: 'a',
      text: 'INV',
    });
    expect(deadLettersOf({ state: ['failed', 'cancelled'] })).toEqual({});
  });

  it('leave out tasks in doubt, and are none in a list of others', () => {
    expect(deadLettersOf({ state: ['failed', 'in-doubt'] })).toEqual({ state: 'failed' });
    expect(deadLettersOf({ state: ['in-doubt'] })).toBeNull();
    expect(deadLettersOf({})).toBeNull();
    expect(deadLettersOf({ state: ['failed'], waitKind: ['person'] })).toBeNull();
  });

  it('make a requeue that the desk takes', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...taskStateSchema.options)),
        fc.oneof(fc.integer().map(String), fc.string()),
        (state, typed) => {
          const letters = deadLettersOf({ state });
          const limit = readLimit(typed);
          if (letters === null || limit === null) return;
          expect(actionSchema.safeParse({ verb: 'requeue', ...letters, limit }).success).toBe(true);
        },
      ),
    );
    expect(readLimit(String(REQUEUE_MAX))).toBe(REQUEUE_MAX);
    expect([readLimit('0'), readLimit(''), readLimit('1.5'), readLimit(String(REQUEUE_MAX + 1))]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('what can be done with a task', () => {
  it('is never to cancel what has ended, nor to requeue what has not', () => {
    for (const state of taskStateSchema.options) {
      for (const waitKind of [null, ...waitKindSchema.options]) {
        const can = canDo({ state, waitKind });
        expect(can.cancel && (can.requeue || can.resubmit)).toBe(false);
      }
    }
  });

  it('is to try now what backs off or is deferred, and nothing of the kind while it waits for a person', () => {
    expect(canDo({ state: 'retrying', waitKind: 'backoff' }).retry).toBe(true);
    expect(canDo({ state: 'waiting', waitKind: 'deferred' }).retry).toBe(true);
    expect(canDo({ state: 'waiting', waitKind: 'person' }).retry).toBe(false);
  });

  it('is neither to requeue nor to resubmit what is in doubt', () => {
    expect(canDo({ state: 'in-doubt', waitKind: null })).toEqual({
      requeue: false,
      resubmit: false,
      retry: false,
      cancel: false,
    });
  });
});
