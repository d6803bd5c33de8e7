import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  impactOf,
  type Minute,
  minuteState,
  RECOVERED_MINUTES,
  spansOf,
  statOf,
  worstOf,
} from '../../../electron/health/incident/times.ts';

const MINUTE = 60_000;
const AT = 1_000 * MINUTE;

/** Minutes that begin at AT: `b` bad, `g` good, `-` nothing ended. */
function minutes(text: string): Minute[] {
  const states = { b: 'bad', g: 'good', '-': 'quiet' } as const;
  return [...text].map((letter, index) => ({
    start: AT + index * MINUTE,
    state: states[letter as keyof typeof states],
  }));
}
const at = (minute: number): number => AT + minute * MINUTE;

describe('a minute', () => {
  it('is bad when it failed more than the objective allows, and says nothing when nothing ended', () => {
    expect(minuteState(0, 0, 0.99)).toBe('quiet');
    expect(minuteState(99, 1, 0.99)).toBe('good');
    expect(minuteState(98, 2, 0.99)).toBe('bad');
    expect(worstOf(['good', 'quiet', 'bad'])).toBe('bad');
    expect(worstOf(['quiet', 'good'])).toBe('good');
    expect(worstOf(['quiet', 'quiet'])).toBe('quiet');
  });
});

describe('the impact', () => {
  it('begins with the first bad minute of the run that was going on when it was detected', () => {
    expect(impactOf(minutes('gggggbbbb'), at(8))).toEqual({ impactAt: at(5), mitigatedAt: null });
  });

  it('holds through a good minute now and then, and through quiet ones', () => {
    expect(impactOf(minutes('ggggggbgb---gbb'), at(14)).impactAt).toBe(at(6));
  });

  it('does not reach back over a recovery', () => {
    const recovery = 'g'.repeat(RECOVERED_MINUTES);
    expect(impactOf(minutes(`bb${recovery}bb`), at(8)).impactAt).toBe(at(7));
  });

  it('comes after detection when the alert was first', () => {
    expect(impactOf(minutes('ggggbbb'), at(2) + 30_000).impactAt).toBe(at(4));
  });

  it('is not there when nothing failed', () => {
    expect(impactOf(minutes('gg-gg'), at(3))).toEqual({ impactAt: null, mitigatedAt: null });
    expect(impactOf([], AT)).toEqual({ impactAt: null, mitigatedAt: null });
  });

  it('is mitigated at the end of its last bad minute, once enough good ones were measured', () => {
    expect(impactOf(minutes('bbggggg'), at(1)).mitigatedAt).toBe(at(2));
    expect(impactOf(minutes('bbgggg'), at(1)).mitigatedAt).toBeNull();
    expect(impactOf(minutes('bbgggg---'), at(1)).mitigatedAt).toBeNull();
    expect(impactOf(minutes('bbgggggb'), at(1)).mitigatedAt).toBeNull();
  });

  it('never ends before it began', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('b', 'g', '-'), maxLength: 40 }), fc.nat(40), (text, detected) => {
        const { impactAt, mitigatedAt } = impactOf(minutes(text), at(detected));
        if (!text.includes('b')) expect(impactAt).toBeNull();
        if (mitigatedAt !== null) expect(mitigatedAt).toBeGreaterThan(impactAt ?? Number.POSITIVE_INFINITY);
        if (impactAt !== null) expect(minutes(text).find(({ start }) => start === impactAt)?.state).toBe('bad');
      }),
    );
  });
});

describe('the spans of one incident', () => {
  const times = { impactAt: AT, detectedAt: AT + 120_000, mitigatedAt: null, resolvedAt: null };

  it('count from impact, and last until now while it does', () => {
    expect(spansOf(times, AT + 600_000)).toEqual({
      detect: { ms: 120_000, lasting: false },
      mitigate: { ms: 600_000, lasting: true },
      resolve: { ms: 600_000, lasting: true },
    });
  });

  it('count from detection where nothing failed; then detection and mitigation are not measured', () => {
    const quiet = { ...times, impactAt: null, resolvedAt: AT + 180_000 };
    expect(spansOf(quiet, AT + 600_000)).toEqual({
      detect: null,
      mitigate: null,
      resolve: { ms: 60_000, lasting: false },
    });
  });

  it('took no time to detect when the alert came before the first bad minute', () => {
    const early = { ...times, impactAt: AT + 180_000, mitigatedAt: AT + 240_000 };
    expect(spansOf(early, AT + 600_000)).toMatchObject({
      detect: { ms: 0 },
      mitigate: { ms: 120_000, lasting: false },
    });
  });
});

describe('the times of many incidents', () => {
  const ended = (ms: number) => ({ ms, lasting: false });

  it('are a median and a nearest-rank 90th percentile of n', () => {
    expect(statOf([30, 10, 20].map(ended))).toMatchObject({ n: 3, medianMs: 20, p90Ms: 30, medianAtLeast: false });
    expect(statOf([10, 20].map(ended)).medianMs).toBe(15);
    expect(statOf(Array.from({ length: 10 }, (_, index) => ended(index + 1))).p90Ms).toBe(9);
  });

  it('are nothing for none, and say how many were not measured', () => {
    expect(statOf([null, null])).toEqual({
      n: 0,
      lasting: 0,
      unmeasured: 2,
      medianMs: null,
      medianAtLeast: false,
      p90Ms: null,
      p90AtLeast: false,
    });
  });

  it('are lower bounds only where an open incident may still move them', () => {
    const stat = statOf([ended(10), ended(20), ended(30), { ms: 40, lasting: true }]);
    expect(stat).toMatchObject({ n: 4, lasting: 1, medianMs: 25, medianAtLeast: false, p90Ms: 40, p90AtLeast: true });
  });

  it('whatever becomes of the open ones: never less than said, and exactly what was said without "at least"', () => {
    const span = fc.record({ ms: fc.nat(1_000), lasting: fc.boolean(), more: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 12 }), (spans) => {
        const now = statOf(spans.map(({ ms, lasting }) => ({ ms, lasting })));
        const later = statOf(spans.map(({ ms, lasting, more }) => ended(lasting ? ms + more : ms)));
        for (const [said, came, atLeast] of [
          [now.medianMs, later.medianMs, now.medianAtLeast],
          [now.p90Ms, later.p90Ms, now.p90AtLeast],
        ] as const) {
          expect(came).toBeGreaterThanOrEqual(said ?? 0);
          if (!atLeast) expect(came).toBe(said);
        }
      }),
    );
  });
});
