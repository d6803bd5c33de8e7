import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACKNOWLEDGED_MS, FLAP_STILL_MS } from '../../../electron/health/alert/life.ts';
import { ANA, alarmBed, MINUTE, signal } from './harness.ts';

type Step =
  | { do: 'hear'; event: 'holds' | 'cleared' | 'uncertain' | 'no-data'; severity: 'page' | 'ticket'; afterMs: number }
  | { do: 'acknowledge' }
  | { do: 'silence'; forMs: number }
  | { do: 'restart' }
  | { do: 'die' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hear' as const),
      event: fc.constantFrom(
        'holds' as const,
        'holds' as const,
        'cleared' as const,
        'uncertain' as const,
        'no-data' as const,
      ),
      severity: fc.constantFrom('page' as const, 'ticket' as const),
      afterMs: fc.constantFrom(0, 1_000, MINUTE, 4 * MINUTE, 20 * MINUTE, 31 * MINUTE),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'acknowledge' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('silence' as const), forMs: fc.constantFrom(MINUTE, 25 * MINUTE) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'die' as const }) },
);

const HOLDS_MS = 5 * MINUTE;

/** The alert as a person would keep it on paper: since when it holds, whether it fires, who has it until when. */
type Paper = {
  since: number | null;
  fires: boolean;
  severity: string;
  taken: { until: number; severity: string } | null;
};

function onPaper(paper: Paper, step: Extract<Step, { do: 'hear' }>, now: number): void {
  if (paper.taken && now >= paper.taken.until) paper.taken = null;
  if (step.event === 'cleared') {
    paper.since = null;
    paper.fires = false;
    paper.taken = null;
  } else if (step.event === 'holds') {
    paper.since ??= now;
    const ripe = now - paper.since >= HOLDS_MS;
    if (!ripe) return;
    paper.fires = true;
    paper.severity = step.severity;
    if (paper.taken?.severity === 'ticket' && step.severity === 'page') paper.taken = null;
  }
}

describe('alerts against a plain model', () => {
  it('stand as it says after any history of rules, people, restarts and deaths, and the routes know it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const bed = alarmBed();
        const paper: Paper = { since: null, fires: false, severity: '', taken: null };
        const say = (one: Extract<Step, { do: 'hear' }>) =>
          bed.hear([signal('no-success', { event: one.event, severity: one.severity, forMs: HOLDS_MS })], one.afterMs);
        const hear = (one: Extract<Step, { do: 'hear' }>) => {
          say(one);
          onPaper(paper, one, bed.clock.now);
        };
        try {
          let last: Extract<Step, { do: 'hear' }> = { do: 'hear', event: 'uncertain', severity: 'page', afterMs: 0 };
          for (const one of steps) {
            switch (one.do) {
              case 'hear':
                last = one;
                hear(one);
                break;
              case 'acknowledge': {
                const [alert] = bed.alarm.kept();
                const answer = await bed.people.acknowledge(alert?.key ?? 'none', ANA);
                expect(answer.ok).toBe(paper.fires);
                if (paper.fires) paper.taken = { until: bed.clock.now + ACKNOWLEDGED_MS, severity: paper.severity };
                break;
              }
              case 'silence':
                await bed.people.silence({ matcher: { rule: '*' }, forMs: one.forMs, reason: 'a test' }, ANA);
                break;
              case 'restart':
                bed.restart();
                break;
              case 'die':
                // The commit of the next look is lost with the process; the look after it sees the same.
                bed.failAfter(0);
                say({ ...last, afterMs: 0 });
                bed.failAfter(Number.POSITIVE_INFINITY);
                bed.restart();
                hear({ ...last, afterMs: 0 });
                break;
            }
            const standing = bed.alarm.kept()[0]?.standing;
            const live = paper.fires ? (paper.taken ? 'acknowledged' : 'firing') : undefined;
            expect(
              standing?.state === 'firing' || standing?.state === 'acknowledged' ? standing.state : undefined,
            ).toBe(live);
          }
          // Silences and acknowledgements end, and so does flapping: now what was told last is what is true.
          for (let quiet = 0; quiet < 4; quiet += 1) {
            hear({ do: 'hear', event: 'no-data', severity: 'page', afterMs: FLAP_STILL_MS });
          }
          const kind = bed.notices.at(-1)?.kind;
          if (paper.fires) expect(kind).toBe('trigger');
          else expect([undefined, 'resolve']).toContain(kind);
          const triggers = bed.notices.filter((notice) => notice.kind === 'trigger').length;
          const ends = bed.notices.filter((notice) => notice.kind === 'resolve').length;
          expect(ends).toBeLessThanOrEqual(triggers);
        } finally {
          bed.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});
