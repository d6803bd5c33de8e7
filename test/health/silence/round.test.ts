import { expect, it } from 'vitest';
import { createRound } from '../../../electron/health/silence/round.ts';

it('looks at every agent about every ten seconds, and never at many in one', () => {
  const agents = Array.from({ length: 1_000 }, (_, n) => `agent-${n}`);
  const round = createRound(10_000, 100);
  const looks = new Map<string, number[]>();
  for (let second = 0; second < 60; second += 1) {
    const due = round.due(agents, second * 1_000);
    expect(due.length).toBeLessThanOrEqual(125);
    for (const agent of due) looks.set(agent, [...(looks.get(agent) ?? []), second]);
  }
  for (const agent of agents) {
    const seconds = looks.get(agent) ?? [];
    expect(seconds.length).toBeGreaterThanOrEqual(5);
    for (const [index, second] of seconds.slice(1).entries()) {
      expect(second - (seconds[index] ?? 0)).toBeGreaterThanOrEqual(10);
      expect(second - (seconds[index] ?? 0)).toBeLessThanOrEqual(11);
    }
  }
});

it('looks at a few all at once, and again when the clock was set back', () => {
  const round = createRound(10_000, 100);
  expect(round.due(['a', 'b'], 20_000)).toEqual(['a', 'b']);
  expect(round.due(['a', 'b', 'c'], 21_000)).toEqual(['c']);
  expect(round.due(['a', 'b'], 5_000)).toEqual(['a', 'b']);
});
