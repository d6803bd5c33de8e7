import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BreakerState } from '#contract/provider.ts';
import {
  ACKNOWLEDGED_MS,
  type AlertEvent,
  advance,
  breakerEvent,
  type Effect,
  FLAP_STILL_MS,
  FLAP_TURNS,
  isLive,
  isPast,
  LIFE,
  type LifeEvent,
  type LifeState,
  NEW,
  newestMoment,
  REMEMBERED_MS,
  type Standing,
  setBack,
  settleFlapping,
} from '../../../electron/health/alert/life.ts';

const NOW = 1_800_000_000_000;
const ANA = { name: 'ana', via: 'console' } as const;
const EVENTS: LifeEvent[] = [
  'holds',
  'ripe',
  'uncertain',
  'no-data',
  'cleared',
  'rose',
  'acknowledge',
  'expired',
  'closed',
];
const STATES: LifeState[] = ['inactive', 'pending', 'firing', 'acknowledged', 'resolved'];

describe('the life of an alert', () => {
  /** What the design says, line by line; everything else changes nothing. */
  const WRITTEN: Record<string, [LifeState, Effect]> = {
    'inactive holds': ['pending', 'wait'],
    'inactive ripe': ['firing', 'open'],
    'pending ripe': ['firing', 'open'],
    'pending cleared': ['inactive', 'forget'],
    'firing cleared': ['resolved', 'resolve'],
    'firing acknowledge': ['acknowledged', 'take'],
    'firing closed': ['resolved', 'close'],
    'acknowledged cleared': ['resolved', 'resolve'],
    'acknowledged acknowledge': ['acknowledged', 'renew'],
    'acknowledged expired': ['firing', 'release'],
    'acknowledged rose': ['firing', 'break'],
    'acknowledged closed': ['resolved', 'close'],
    'resolved holds': ['pending', 'wait'],
    'resolved ripe': ['firing', 'open'],
  };

  it.each(STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const)))('%s, %s', (state, event) => {
    const before: Standing = { ...NEW, state };
    const { standing, effect } = advance(before, event, NOW, ANA);
    const written = WRITTEN[`${state} ${event}`];
    expect([standing.state, effect]).toEqual(written ?? [state, null]);
    if (written === undefined) expect(standing).toBe(before);
  });

  it('has no line that the design does not have', () => {
    const lines = Object.entries(LIFE).flatMap(([state, events]) =>
      Object.keys(events).map((one) => `${state} ${one}`),
    );
    expect(lines.toSorted()).toEqual(Object.keys(WRITTEN).toSorted());
  });

  it('never resolves, and never forgets, without a rule or a person that says it is over', () => {
    const silent = fc.constantFrom<LifeEvent>(
      'holds',
      'ripe',
      'uncertain',
      'no-data',
      'rose',
      'acknowledge',
      'expired',
    );
    fc.assert(
      fc.property(fc.array(silent, { maxLength: 60 }), (events) => {
        let standing = advance(NEW, 'ripe', NOW).standing;
        for (const [index, event] of events.entries()) standing = advance(standing, event, NOW + index, ANA).standing;
        expect(isLive(standing)).toBe(true);
      }),
    );
  });

  it('keeps who acknowledged, until when and how bad it was then, exactly as long as it is acknowledged', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 }), (events) => {
        let standing = NEW;
        let givenAt = 0;
        for (const [index, event] of events.entries()) {
          const before = standing.state;
          standing = advance(standing, event, NOW + index * 1_000, ANA).standing;
          if (event === 'acknowledge' && isLive({ ...standing, state: before })) givenAt = NOW + index * 1_000;
          if (standing.state === 'acknowledged') {
            expect(standing.acknowledged).toEqual({
              by: ANA,
              at: givenAt,
              until: givenAt + ACKNOWLEDGED_MS,
              severity: 'ticket',
            });
          }
          if (standing.state === 'firing') expect(standing.acknowledged).toBeNull();
        }
      }),
    );
  });
});

describe('an alert that comes and goes', () => {
  /** Begins or ends so often, so far apart. */
  function turns(count: number, apartMs: number): Standing {
    let standing = NEW;
    for (let turn = 0; turn < count; turn += 1) {
      standing = advance(standing, turn % 2 === 0 ? 'ripe' : 'cleared', NOW + turn * apartMs).standing;
    }
    return standing;
  }

  it(`flaps from the ${FLAP_TURNS}th change on, and not when they are far apart`, () => {
    expect(turns(FLAP_TURNS - 1, 60_000).flappingSince).toBeNull();
    expect(turns(FLAP_TURNS, 60_000).flappingSince).toBe(NOW + (FLAP_TURNS - 1) * 60_000);
    expect(turns(50, 10 * 60_000).flappingSince).toBeNull();
  });

  it('flaps no more when it stood still', () => {
    const flapping = turns(FLAP_TURNS, 60_000);
    const last = flapping.turns.at(-1) ?? 0;
    expect(settleFlapping(flapping, last + FLAP_STILL_MS - 1)).toBe(flapping);
    expect(settleFlapping(flapping, last + FLAP_STILL_MS)).toMatchObject({ flappingSince: null, turns: [] });
  });
});

describe('an alert that is over', () => {
  const over: Standing = { ...NEW, state: 'resolved', firedAt: NOW - 60_000, resolvedAt: NOW };
  const later = NOW + REMEMBERED_MS;

  it('is past a day later, when nothing more can come of it', () => {
    expect(isPast(over, later - 1)).toBe(false);
    expect(isPast(over, later)).toBe(true);
    expect(isPast({ ...over, told: { as: 'trigger', severity: 'page', routes: ['pager'] } }, later)).toBe(false);
    expect(isPast({ ...over, flappingSince: NOW }, later)).toBe(false);
    expect(isPast({ ...over, snoozed: { by: ANA, until: later + 1 } }, later)).toBe(false);
    expect(isPast({ ...over, closedUntil: later + 1 }, later)).toBe(false);
    for (const state of ['pending', 'firing', 'acknowledged'] as const) {
      expect(isPast({ ...over, state }, later)).toBe(false);
    }
  });
});

describe('a clock that is set back', () => {
  it('moves every moment of a standing alike, and the spans between them stay', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 }), fc.nat(), (events, ms) => {
        const run = (start: number): Standing => {
          let standing = NEW;
          for (const [index, event] of events.entries()) {
            standing = advance(standing, event, start + index * 1_000, ANA).standing;
          }
          return standing;
        };
        expect(setBack(run(NOW), ms)).toEqual(run(NOW - ms));
        expect(newestMoment(setBack(run(NOW), ms))).toBe(newestMoment(run(NOW)) - ms);
      }),
    );
  });
});

describe('the rules on breakers', () => {
  it.each<[BreakerState, AlertEvent]>([
    ['open', 'holds'],
    ['half-open', 'uncertain'],
    ['closed', 'cleared'],
  ])('hear from a breaker that is %s that it is %s', (state, event) => {
    expect(breakerEvent(state)).toBe(event);
  });
});
