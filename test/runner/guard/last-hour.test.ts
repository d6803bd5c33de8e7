import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorClassSchema } from '#contract/task.ts';
import { countCall, NO_CALLS, sumHour } from '../../../electron/runner/guard/last-hour.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('the last hour of a provider', () => {
  it('counts what a plain list of its calls would, to the minute', () => {
    const call = fc.record({
      afterMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }),
      error: fc.option(fc.constantFrom(...errorClassSchema.options)),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        let now = 1_700_000_000_000;
        let hour = NO_CALLS;
        const all: { at: number; error: string | null }[] = [];
        for (const { afterMs, error } of calls) {
          now += afterMs;
          hour = countCall(hour, error, now);
          all.push({ at: now, error });
        }
        const oldest = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS - HOUR_MS;
        const within = all.filter((one) => one.at >= oldest);
        const sum = sumHour(hour, now);
        expect(sum.calls).toBe(within.length);
        for (const name of errorClassSchema.options) {
          const count = sum.errors.find((one) => one.class === name)?.count ?? 0;
          expect(count).toBe(within.filter((one) => one.error === name).length);
        }
      }),
    );
  });

  it('forgets what is older, though no call comes', () => {
    const hour = countCall(NO_CALLS, 'transient', 1_700_000_000_000);
    expect(sumHour(hour, 1_700_000_000_000).calls).toBe(1);
    expect(sumHour(hour, 1_700_000_000_000 + HOUR_MS)).toEqual({ calls: 0, errors: [] });
  });

  it('names the most frequent class first', () => {
    const at = 1_700_000_000_000;
    const hour = [null, 'timeout', 'transient', 'transient'] as const;
    const counted = hour.reduce((before, error) => countCall(before, error, at), NO_CALLS);
    expect(sumHour(counted, at)).toEqual({
      calls: 4,
      errors: [
        { class: 'transient', count: 2 },
        { class: 'timeout', count: 1 },
      ],
    });
  });
});
