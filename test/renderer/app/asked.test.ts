import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionSchema } from '#contract/action.ts';
import {
  type ActionAsked,
  actionOf,
  type Chosen,
  faultOfFields,
  fieldsOf,
  hasLease,
} from '../../../renderer/app/asked.ts';

const HALF_HOUR_MS = 30 * 60_000;
const own = { inForce: { concurrency: 6, budgetUsd: 10, until: null } };
const before = fieldsOf(own);
const chosen = (given: Partial<Chosen> = {}): Chosen => ({ lease: HALF_HOUR_MS, to: null, set: before, ...given });
const set: ActionAsked = { verb: 'set', agent: 'invoice-triage' };

describe('what a person asked for, as an action', () => {
  it('is one that the desk takes, whatever stands in the fields', () => {
    const field = fc.oneof(fc.constantFrom('', ' ', '3', '0', '-1', '1.5', '10001', 'x', '1e9'), fc.string());
    fc.assert(
      fc.property(field, field, fc.option(fc.nat()), (concurrency, budget, lease) => {
        const action = actionOf(set, chosen({ lease, set: { concurrency, budget } }), before);
        if (action !== null) expect(actionSchema.safeParse(action).success).toBe(true);
        else expect(faultOfFields({ concurrency, budget }) !== null || isSame(concurrency, budget)).toBe(true);
      }),
    );
  });

  function isSame(concurrency: string, budget: string): boolean {
    return concurrency.trim() === before.concurrency && budget.trim() === before.budget;
  }

  it('changes only what was changed, for as long as was said', () => {
    expect(actionOf(set, chosen({ set: { concurrency: '2', budget: '10' } }), before)).toEqual({
      verb: 'set',
      agent: 'invoice-triage',
      concurrency: 2,
      forMs: HALF_HOUR_MS,
    });
  });

  it('goes back to what the file says with an empty field, and then needs no end', () => {
    const cleared = chosen({ set: { concurrency: '', budget: '' } });
    expect(actionOf(set, cleared, before)).toEqual({
      verb: 'set',
      agent: 'invoice-triage',
      concurrency: null,
      budgetUsd: null,
    });
    expect(hasLease(set, cleared)).toBe(false);
  });

  it('waits until what is in force is known, and until there is somewhere to reroute to', () => {
    expect(actionOf(set, chosen(), null)).toBeNull();
    expect(actionOf({ verb: 'reroute', agent: 'a' }, chosen(), null)).toBeNull();
    expect(actionOf({ verb: 'reroute', agent: 'a' }, chosen({ to: 'default' }), null)).toEqual({
      verb: 'reroute',
      agent: 'a',
      to: 'default',
    });
  });

  it('is the action itself where nothing is left to choose', () => {
    const action = { verb: 'reset', breaker: 'anthropic' } as const;
    expect(actionOf({ verb: 'reset', action }, chosen(), null)).toEqual(action);
  });
});
