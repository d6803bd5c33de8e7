import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import { fail, succeed } from '#contract/errors.ts';
import type { Sample } from '#contract/sample.ts';
import type { TaskDetail } from '#contract/task.ts';
import { endedTask } from '../../support/ended.ts';
import { startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

const AGENT = 'invoice-triage';
const ADA: Actor = { name: 'ada', via: 'console' };

let desk: TestHealth;
beforeEach(() => {
  const sample = { rate: 1, minimum: 0, most: 1_000, objective: 0.95, judge: null };
  desk = startHealth({ [AGENT]: { sample } }, undefined, { task: detail });
});
afterEach(() => desk.close());

function detail(id: string) {
  const task = desk.ended.find((each) => each.task.id === id)?.task;
  if (task === undefined) return fail('NOT_FOUND', 'gone', { kept: '', todo: '' });
  const rest = { input: { of: id }, output: {}, error: null, definition: 'd', origin: null, offspring: [] };
  const limits = { attempts: 1, timeoutMs: 1, costUsd: null };
  return succeed<TaskDetail>({ ...task, ...rest, limits, doubts: [], attemptList: [], steps: [] });
}

const drawn = (count: number): Promise<Sample[]> =>
  until(() => {
    const samples = desk.health.samples.list({ open: true, limit: 100 });
    return samples.length === count && samples;
  });
const success = (window: '1h' | '24h' | '7d') => desk.health.board(window).agents[AGENT]?.success;

it('an output that a person found incorrect is no success on the board, in every window, once, until it is taken back', async () => {
  for (let n = 1; n <= 30; n += 1) {
    desk.clock.now += 1_000;
    desk.emit(endedTask({ id: `t${n}`, endedAt: desk.clock.now }));
  }
  const [first, second] = await drawn(30);
  expect(success('1h')).toMatchObject({ good: 30, total: 30 });
  await desk.health.samples.judge(first?.id ?? 0, 'incorrect', null, ADA);
  await desk.health.samples.judge(second?.id ?? 0, 'correct', null, ADA);
  for (const window of ['1h', '24h', '7d'] as const) expect(success(window)).toMatchObject({ good: 29, total: 30 });
  // Two hours on, that minute and hour are closed, and come from the disk.
  await desk.restart(() => {
    desk.clock.now += 2 * 3_600_000;
    // As the runner would give it again: with its mark.
    const [ended] = desk.ended;
    if (ended) desk.ended[0] = { ...ended, task: { ...ended.task, marks: ['incorrect'] } };
  });
  expect(success('24h')).toMatchObject({ good: 29, total: 30 });
  await desk.health.samples.undo(first?.id ?? 0, ADA);
  expect(success('24h')).toMatchObject({ good: 30, total: 30 });
});
