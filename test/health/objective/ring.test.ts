import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRing, type Tally } from '../../../electron/health/objective/ring.ts';

const WINDOWS = { short: 3, middle: 7, long: 20 };
const NOTHING: Tally = { good: 0, bad: 0, within: 0, late: 0 };
const count = fc.nat({ max: 50 });
const tally = fc.record({ good: count, bad: count, within: count, late: count });
const command = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), by: fc.integer({ min: -3, max: 30 }) }),
  fc.record({ kind: fc.constant('set' as const), back: fc.nat({ max: 25 }), tally }),
);

describe('the ring of window sums', () => {
  it('gives what a plain sum over the steps of each window gives, whatever comes late or is counted again', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const ring = createRing(WINDOWS);
        const model = new Map<number, Tally>();
        let head = 1_000;
        ring.moveTo(head);
        for (const each of commands) {
          if (each.kind === 'move') {
            ring.moveTo(head + each.by);
            head = Math.max(head, head + each.by);
          } else {
            ring.set(head - each.back, each.tally);
            if (each.back < WINDOWS.long) model.set(head - each.back, each.tally);
          }
          for (const name of ['short', 'middle', 'long'] as const) {
            const steps = Array.from({ length: WINDOWS[name] }, (_, back) => model.get(head - back) ?? NOTHING);
            const sum = steps.reduce(
              (total, step) => ({
                good: total.good + step.good,
                bad: total.bad + step.bad,
                within: total.within + step.within,
                late: total.late + step.late,
              }),
              NOTHING,
            );
            expect(ring.sums[name]).toEqual(sum);
          }
        }
      }),
    );
  });
});
