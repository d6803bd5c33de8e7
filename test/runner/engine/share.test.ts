import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopsOf, newLane, openControl, routeAfter } from '../../../electron/runner/engine/lane.ts';

const DEFINITION = { model: ['anthropic/a', 'openai/b'] };

function routed(share: number, task: number): boolean {
  const lane = newLane('triage', { ...openControl('triage'), route_to: 'openai', route_share: share }, 0);
  return hopsOf(lane, DEFINITION, task)[0]?.provider === 'openai';
}

describe('a route that takes a share of the tasks', () => {
  it('takes about that share of any tasks in a row, and all of them at 100 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 100 }), (first, percent) => {
        const tasks = Array.from({ length: 1_000 }, (_, index) => first + index);
        const taken = tasks.filter((task) => routed(percent / 100, task)).length;
        expect(Math.abs(taken - percent * 10)).toBeLessThanOrEqual(5);
        if (percent === 100) expect(taken).toBe(1_000);
      }),
      { numRuns: 30 },
    );
  });

  it('never takes a task back as it grows', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.double({ min: 0.01, max: 1, noNaN: true }), (task, share) => {
        if (routed(share, task)) expect(routed(Math.min(1, share + 0.3), task)).toBe(true);
      }),
    );
  });

  it('goes back a share at a time', () => {
    const away = { route_to: 'openai', route_share: 1 };
    const back = (share: number) => routeAfter(away, { verb: 'reroute', agent: 'triage', to: 'default', share });
    expect(back(0.25)).toEqual({ to: 'openai', share: 0.75 });
    expect(back(1)).toEqual({ to: null, share: 1 });
    expect(
      routeAfter({ route_to: null, route_share: 1 }, { verb: 'reroute', agent: 'triage', to: 'openai', share: 0.5 }),
    ).toEqual({
      to: 'openai',
      share: 0.5,
    });
  });
});
