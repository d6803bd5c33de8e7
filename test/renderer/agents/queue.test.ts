import { describe, expect, it } from 'vitest';
import { handText } from '../../../renderer/agents/intake.ts';
import { countQueue, newestInFlight } from '../../../renderer/agents/queue.ts';
import { task } from '../tasks/fixtures.ts';

const tasks = [
  task({ id: 't1', state: 'running' }),
  task({ id: 't2', state: 'queued' }),
  task({ id: 't3', state: 'waiting', waitKind: 'person' }),
  task({ id: 't4', state: 'retrying', waitKind: 'backoff' }),
  task({ id: 't5', state: 'waiting', waitKind: 'person' }),
];

describe('the live queue of an agent', () => {
  it('counts each task once, those that wait by what for, people first', () => {
    expect(countQueue(tasks)).toEqual({
      queued: 1,
      running: 1,
      waiting: [
        { kind: 'person', count: 2 },
        { kind: 'backoff', count: 1 },
      ],
    });
  });

  it('shows what runs first, then the newest', () => {
    expect(newestInFlight(tasks, 3).map((one) => one.id)).toEqual(['t1', 't5', 't4']);
  });
});

describe('whose hand is on an intake', () => {
  it('is a person, or the desk with its reason', () => {
    const hand = { since: 1, until: null, by: { name: 'ada', via: 'console' as const }, reason: null };
    expect(handText(hand)).toBe('ada, through console');
    expect(handText({ ...hand, reason: 'critical:ledger' })).toContain('ledger');
    expect(handText({ ...hand, reason: 'budget' })).toContain('budget');
  });
});
