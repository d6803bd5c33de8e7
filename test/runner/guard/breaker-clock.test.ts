import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  admit,
  type Breaker,
  closedBreaker,
  onFailure,
  onSuccess,
  onTime,
  setBack,
} from '../../../electron/runner/guard/breaker.ts';

const NOW = 1_800_000_000_000;
const BACK_MS = 7_200_000;

type Event = { kind: 'success' | 'failure' | 'admit' | 'time'; afterMs: number };
const event: fc.Arbitrary<Event> = fc.record({
  kind: fc.constantFrom('success', 'failure', 'admit', 'time'),
  afterMs: fc.integer({ min: 0, max: 40_000 }),
});

function apply(breaker: Breaker, kind: Event['kind'], now: number): Breaker {
  switch (kind) {
    case 'success':
      return onSuccess(breaker, now);
    case 'failure':
      return onFailure(breaker, now);
    case 'admit':
      return admit(breaker, now).breaker;
    case 'time':
      return onTime(breaker, now);
  }
}

it('a clock that is set back in the middle changes nothing of what a breaker does, but its moments', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.nat(60), (events, jumpAt) => {
      let now = NOW;
      let steady = closedBreaker(NOW);
      let jumped = closedBreaker(NOW);
      let offset = 0;
      for (const [index, { kind, afterMs }] of events.entries()) {
        if (index === jumpAt) {
          jumped = setBack(jumped, BACK_MS);
          offset = BACK_MS;
        }
        now += afterMs;
        steady = apply(steady, kind, now);
        jumped = apply(jumped, kind, now - offset);
        expect(setBack(steady, offset)).toEqual(jumped);
      }
    }),
  );
});
