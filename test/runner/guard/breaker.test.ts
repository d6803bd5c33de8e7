import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BreakerState } from '#contract/provider.ts';
import {
  admit,
  type Breaker,
  closedBreaker,
  onFailure,
  onInconclusive,
  onSuccess,
  onTime,
  PROBE_TIMEOUT_MS,
  tally,
  WINDOW_MS,
} from '../../../electron/runner/guard/breaker.ts';

const T0 = 1_800_000_000_000;

function failTimes(breaker: Breaker, times: number, at: number): Breaker {
  return Array.from({ length: times }).reduce<Breaker>((next) => onFailure(next, at), breaker);
}

describe('the breaker of a provider', () => {
  it('stays closed while errors are few', () => {
    let breaker = closedBreaker(T0);
    for (let i = 0; i < 20; i += 1) breaker = i % 4 === 0 ? onFailure(breaker, T0) : onSuccess(breaker, T0);
    expect(breaker.state).toBe('closed');
  });

  it('opens at once after five failures in a row', () => {
    expect(failTimes(closedBreaker(T0), 4, T0).state).toBe('closed');
    expect(failTimes(closedBreaker(T0), 5, T0)).toMatchObject({ state: 'open', probeAt: T0 + 15_000 });
  });

  it('opens when half of at least ten calls in the window failed', () => {
    let breaker = closedBreaker(T0);
    for (let i = 0; i < 9; i += 1) breaker = i % 2 === 0 ? onSuccess(breaker, T0) : onFailure(breaker, T0);
    expect(breaker.state).toBe('closed');
    expect(onFailure(breaker, T0).state).toBe('open');
  });

  it('forgets calls that left the window', () => {
    const old = failTimes(closedBreaker(T0), 4, T0);
    expect(tally(old, T0 + WINDOW_MS + 1_000)).toEqual({ calls: 0, errors: 0 });
  });

  it('lets one probe through when the cool-down is over, and no second beside it', () => {
    const open = failTimes(closedBreaker(T0), 5, T0);
    expect(admit(open, T0 + 14_999).admitted).toBe(false);
    const first = admit(open, T0 + 15_000);
    expect(first).toMatchObject({ admitted: true, breaker: { state: 'half-open' } });
    expect(admit(first.breaker, T0 + 15_001).admitted).toBe(false);
  });

  it('closes after two probes that held', () => {
    const probe = admit(failTimes(closedBreaker(T0), 5, T0), T0 + 15_000).breaker;
    const once = onSuccess(probe, T0 + 15_100);
    expect(once.state).toBe('half-open');
    const second = admit(once, T0 + 15_200);
    expect(second.admitted).toBe(true);
    expect(onSuccess(second.breaker, T0 + 15_300).state).toBe('closed');
  });

  it('opens for twice as long when a probe fails, two minutes at most', () => {
    let breaker = failTimes(closedBreaker(T0), 5, T0);
    let at = T0;
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      waits.push((breaker.probeAt ?? 0) - at);
      at = breaker.probeAt ?? 0;
      breaker = onFailure(admit(breaker, at).breaker, at);
    }
    expect(waits).toEqual([15_000, 30_000, 60_000, 120_000, 120_000, 120_000]);
  });

  it('gives a probe up that never answers, and takes one back that proved nothing', () => {
    const probe = admit(failTimes(closedBreaker(T0), 5, T0), T0 + 15_000).breaker;
    expect(admit(probe, T0 + 15_000 + PROBE_TIMEOUT_MS).admitted).toBe(true);
    expect(admit(onInconclusive(probe), T0 + 15_001).admitted).toBe(true);
  });

  it('never admits a call while open, and always knows when to probe (any sequence of events)', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('ok' as const), ms: fc.nat(5_000) }),
      fc.record({ kind: fc.constant('error' as const), ms: fc.nat(5_000) }),
      fc.record({ kind: fc.constant('ask' as const), ms: fc.nat(40_000) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let breaker = closedBreaker(T0);
        let at = T0;
        for (const { kind, ms } of events) {
          at += ms;
          if (kind === 'ok') breaker = onSuccess(breaker, at);
          else if (kind === 'error') breaker = onFailure(breaker, at);
          else {
            const wasOpen = onTime(breaker, at).state === 'open';
            const answer = admit(breaker, at);
            if (wasOpen && answer.admitted) return false;
            breaker = answer.breaker;
          }
          if ((breaker.state === 'open') !== (breaker.probeAt !== null)) return false;
          const { calls, errors } = tally(breaker, at);
          if (errors > calls) return false;
        }
        return true;
      }),
    );
  });

  it('does what a simple model does: a list of calls, and three states (any sequence of events)', () => {
    const event = fc.record({
      kind: fc.constantFrom('ok' as const, 'error' as const, 'ask' as const),
      ms: fc.nat(20_000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        let breaker = closedBreaker(T0);
        // The model keeps every call, and counts them anew each time.
        let calls: { second: number; failed: boolean }[] = [];
        const model: { state: BreakerState } = { state: 'closed' };
        let [inRow, held, cooldown, probeAt] = [0, 0, 15_000, 0];
        let asked: number | null = null;
        let at = T0;
        const open = (ms: number): void => {
          model.state = 'open';
          [cooldown, probeAt, held, asked] = [ms, at + ms, 0, null];
        };
        for (const { kind, ms } of events) {
          at += ms;
          const second = Math.floor(at / 1_000);
          if (kind === 'ask') {
            const answer = admit(breaker, at);
            breaker = answer.breaker;
            if (model.state === 'open' && at >= probeAt) {
              model.state = 'half-open';
              [held, asked] = [0, null];
            }
            const free: boolean = asked === null || at - asked >= PROBE_TIMEOUT_MS;
            const expected: boolean = model.state === 'closed' || (model.state === 'half-open' && free);
            if (expected && model.state === 'half-open') asked = at;
            expect(answer.admitted).toBe(expected);
          } else {
            const failed = kind === 'error';
            breaker = failed ? onFailure(breaker, at) : onSuccess(breaker, at);
            calls = [...calls.filter((call) => call.second > second - 60), { second, failed }];
            inRow = failed ? inRow + 1 : 0;
            const errors = calls.filter((call) => call.failed).length;
            if (model.state === 'half-open') {
              asked = null;
              held += 1;
              if (failed) open(Math.min(cooldown * 2, 120_000));
              else if (held === 2) {
                model.state = 'closed';
                [cooldown, inRow] = [15_000, 0];
              }
            } else if (model.state === 'closed' && failed) {
              if (inRow >= 5 || (calls.length >= 10 && errors >= calls.length / 2)) open(15_000);
            }
          }
          expect(breaker.state).toBe(model.state);
          expect(breaker.probeAt).toBe(model.state === 'open' ? probeAt : null);
        }
      }),
    );
  });
});
