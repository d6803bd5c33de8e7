import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRunner } from '../support/runner.ts';
import { called, startWithServers } from '../support/tools.ts';

/* Promise: one tool call takes no longer than limits.tool, whether the tool heeds its signal or not. */

let runner: TestRunner;
beforeAll(() => {
  runner = startWithServers({});
});
afterAll(() => runner.close());

describe('a tool that does not end', () => {
  it.each(['deaf.wait', 'keen.wait'])('%s: the attempt ends with a timeout, and is retried', async (tool) => {
    const task = await called(runner, 'sender', tool);
    expect(task).toMatchObject({ state: 'failed', attempts: 2, error: { class: 'timeout', source: tool } });
    expect(task.error?.message).toBe(`${tool} took longer than its limit of 0.3 s`);
    expect(task.steps.map(({ state }) => state)).toEqual(['failed', 'failed']);
  });

  it('as an effect may have landed: the task is in doubt, for a person', async () => {
    const task = await called(runner, 'sender', 'deaf.pay');
    expect(task).toMatchObject({ state: 'in-doubt', attempts: 2 });
    expect(task.attemptList[0]).toMatchObject({ outcome: 'retried', error: { class: 'timeout', source: 'deaf.pay' } });
  });

  it('holds no slot: its worker goes on with other tasks', async () => {
    const narrow = startWithServers({}, { slots: 1 });
    const [deaf, keen] = await Promise.all([
      called(narrow, 'sender', 'deaf.wait'),
      called(narrow, 'sender', 'keen.wait'),
    ]);
    const workers = [deaf, keen].flatMap(({ attemptList }) => attemptList.map(({ worker }) => worker));
    expect(workers).toEqual(['worker 1', 'worker 1', 'worker 1', 'worker 1']);
    await narrow.close();
  });
});
