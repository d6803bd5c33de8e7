import { describe, expect, it } from 'vitest';
import {
  afterSuccess,
  fastAndEmpty,
  LEARN,
  type Success,
  type Usual,
  unknownUsual,
} from '../../../electron/health/silence/usual.ts';
import { randomFrom } from '../../support/storm/schedule.ts';

/** Seconds and tokens as models give them: log-normal, with a tool call. */
function successes(seed: number): (change?: Partial<Success>) => Success {
  const random = randomFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return (change = {}) => ({
    runMs: 8_000 * Math.exp(0.5 * normal()),
    tokensOut: Math.round(400 * Math.exp(0.4 * normal())),
    toolless: false,
    ...change,
  });
}

function following(usual: Usual, count: number, next: () => Success): Usual {
  let last = usual;
  for (let n = 0; n < count; n += 1) last = afterSuccess(last, next());
  return last;
}

/** How many successes until it rings; `most` when it does not. */
function untilRing(usual: Usual, next: () => Success, most: number): number {
  let last = usual;
  for (let n = 1; n <= most; n += 1) {
    last = afterSuccess(last, next());
    if (fastAndEmpty('invoice-triage', last).state === 'holds') return n;
  }
  return most;
}

describe('success that is fast and empty', () => {
  const success = successes(7);
  const known = following(unknownUsual(), 1_000, success);

  it('is seen within a handful when every one is such', () => {
    expect(fastAndEmpty('invoice-triage', known)).toMatchObject({ state: 'quiet' });
    expect(untilRing(known, () => success({ toolless: true }), 50)).toBe(4);
    expect(untilRing(known, () => success({ runMs: 40 }), 50)).toBe(4);
    expect(untilRing(known, () => success({ tokensOut: 3 }), 50)).toBe(4);
    const rung = following(known, 6, () => success({ toolless: true, runMs: 40 }));
    expect(fastAndEmpty('invoice-triage', rung).says).toBe('successes without a tool call, far faster than usual');
  });

  it('is seen in about 62 tasks when one in ten is such', () => {
    const delays = Array.from({ length: 200 }, (_, seed) => {
      const random = randomFrom(seed);
      return untilRing(known, () => success({ toolless: random() < 0.1 }), 2_000);
    });
    const mean = delays.reduce((sum, each) => sum + each, 0) / delays.length;
    expect(mean).toBeGreaterThan(40);
    expect(mean).toBeLessThan(95);
  });

  it('is over when successes are as usual again, and what rang was not learnt', () => {
    const rung = following(known, 300, () => success({ toolless: true }));
    expect(fastAndEmpty('invoice-triage', rung).state).toBe('holds');
    expect(rung.toolless.share).toBeLessThan(0.01);
    const mended = following(rung, 200, success);
    expect(fastAndEmpty('invoice-triage', mended).state).toBe('quiet');
  });

  it('is never cried of an agent that needs no tool, varies widely, or of which little is known', () => {
    const toolless = following(unknownUsual(), 3_000, () => success({ toolless: true }));
    expect(fastAndEmpty('notes', toolless).state).toBe('quiet');
    const random = randomFrom(3);
    const mixed = following(unknownUsual(), 3_000, () =>
      success({ toolless: random() < 0.3, runMs: random() < 0.3 ? 20 : 60_000 }),
    );
    expect(fastAndEmpty('mixed', mixed).state).toBe('quiet');
    const few = following(unknownUsual(), LEARN - 1, success);
    expect(
      fastAndEmpty(
        'new',
        following(few, 1, () => success({ toolless: true, runMs: 1 })),
      ).state,
    ).not.toBe('holds');
  });

  it('is seen of an agent that is usually at the edge of what is watched, too', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const random = randomFrom(seed);
      const edge = following(unknownUsual(), 4_000, () => success({ toolless: random() < 0.008 }));
      expect(untilRing(edge, () => success({ toolless: true }), 50)).toBeLessThan(8);
    }
  });

  it('is cried falsely less than once in 50,000 tasks where one in a hundred always was such', () => {
    let rings = 0;
    for (let run = 0; run < 4; run += 1) {
      const random = randomFrom(100 + run);
      const each = successes(run);
      let usual = following(unknownUsual(), 1_000, each);
      let ringing = false;
      for (let n = 0; n < 50_000; n += 1) {
        usual = afterSuccess(usual, each({ toolless: random() < 0.01 }));
        const holds = fastAndEmpty('invoice-triage', usual).state === 'holds';
        if (holds && !ringing) rings += 1;
        ringing = holds;
      }
    }
    expect(rings).toBeLessThanOrEqual(4);
  });
});
