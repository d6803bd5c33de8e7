import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

const me: Actor = { name: 'ada', via: 'cli' };
let desk: TestRunner;
beforeEach(() => {
  desk = startRunner();
});
afterEach(() => desk.close());

const lane = (agent: string) => desk.runner.snapshot().lanes.find((each) => each.agent === agent);
const moody = (mood: string, key?: string) => desk.submit('moody', { mood, mark: join(desk.folder, mood) }, key);

describe('a task of the embedded runner', () => {
  it('runs, journals its step and succeeds', async () => {
    const task = await desk.end(await desk.submit('one-step', { n: 21 }));
    expect(task).toMatchObject({ state: 'succeeded', output: { doubled: 42 }, attempts: 1 });
    expect(task.steps).toMatchObject([{ name: 'double', kind: 'step', state: 'done', attempt: 1 }]);
    expect(task.attemptList).toMatchObject([{ number: 1, outcome: 'succeeded' }]);
  });

  it('submitted twice is done once', async () => {
    const first = await desk.submit('one-step', { n: 1 }, 'INV-1');
    const [second] = await desk.runner.submit([{ agent: 'one-step', input: { n: 1 }, key: 'INV-1' }]);
    expect(second).toEqual({ ok: true, value: { id: first, duplicate: true } });
    expect((await desk.end(first)).output).toEqual({ doubled: 2 });
  });

  it('that fails once is retried, and its finished step is not run again', async () => {
    const task = await desk.end(await moody('fails-once'));
    expect(task).toMatchObject({ state: 'succeeded', output: 'done at last' });
    expect(task.marks).toContain('retried');
    expect(task.attemptList.map((attempt) => attempt.outcome)).toEqual(['retried', 'succeeded']);
    expect(task.attemptList[0]?.backoffMs).not.toBeNull();
    expect(task.steps).toMatchObject([{ name: 'begin', attempt: 1, replayedBy: [2] }]);
  });

  it('that always fails ends as failed after its attempts, with its error', async () => {
    const task = await desk.end(await moody('fails'));
    expect(task).toMatchObject({ state: 'failed', attempts: 3, error: { message: 'it always fails' } });
  });

  it('outlives the death of its worker', async () => {
    const task = await desk.end(await moody('dies-once'));
    expect(task).toMatchObject({ state: 'succeeded', output: 'survived' });
    expect(task.attemptList[0]).toMatchObject({ outcome: 'lost' });
  });

  it('is parked in doubt when its worker died inside an effect that nothing can check', async () => {
    const task = await desk.end(await moody('doubtful'));
    expect(task.state).toBe('in-doubt');
    expect(task.reason).toContain('send');
    expect(task.steps.find((step) => step.name === 'send')).toMatchObject({ state: 'in-doubt', kind: 'effect' });
  });

  it('stops when it is cancelled, queued or running', async () => {
    const running = await moody('hangs');
    await until(() => lane('moody')?.running === 1);
    await desk.runner.execute({ verb: 'cancel', task: running }, 'cancel-running', me);
    const stopped = await desk.end(running);
    expect(stopped.state).toBe('cancelled');
    // By the cancel, though it came while the worker still loaded the agent's code, and not by its limit of 5 s.
    expect((stopped.endedAt ?? 0) - (stopped.startedAt ?? 0)).toBeLessThan(5_000);

    await desk.runner.execute({ verb: 'pause', agent: 'moody' }, 'pause-moody', me);
    const queued = await moody('fine');
    await desk.runner.execute({ verb: 'cancel', task: queued }, 'cancel-queued', me);
    expect(await desk.end(queued)).toMatchObject({ state: 'cancelled', attempts: 0 });
    expect(lane('moody')).toMatchObject({ queued: 0, running: 0, waiting: 0 });
  });

  it('is refused with what would be right when agent, queue or time do not fit', async () => {
    const [unknown] = await desk.runner.submit([{ agent: 'nobody', input: {} }]);
    expect(unknown).toMatchObject({ ok: false, error: { code: 'NOT_FOUND', todo: expect.stringContaining('moody') } });

    await desk.runner.execute({ verb: 'pause', agent: 'moody' }, 'pause-moody', me);
    const results = await desk.runner.submit(
      Array.from({ length: 21 }, () => ({ agent: 'moody', input: { mood: 'fine' } })),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(20);
    expect(results.at(-1)).toMatchObject({ ok: false, error: { code: 'QUEUE_FULL' } });
  });

  it('submitted for later waits until then', async () => {
    const at = Date.now() + 300;
    const [result] = await desk.runner.submit([{ agent: 'one-step', input: { n: 1 }, runAt: at }]);
    if (!result?.ok) throw new Error('refused');
    const task = await desk.end(result.value.id);
    expect(task.startedAt).toBeGreaterThanOrEqual(at);
  });
});

describe('an agent’s lane', () => {
  it('starts nothing while paused, accepts meanwhile, and goes on when resumed', async () => {
    const paused = await desk.runner.execute({ verb: 'pause', agent: 'one-step' }, 'pause-key', me);
    if (!paused.ok) throw new Error(paused.error.message);
    const id = await desk.submit('one-step', { n: 5 });
    expect(desk.runner.verify(paused.value)).toMatchObject({ state: 'applied' });
    expect(lane('one-step')).toMatchObject({ intake: 'paused', queued: 1, running: 0 });
    await desk.runner.execute({ verb: 'resume', agent: 'one-step' }, 'resume-key', me);
    expect((await desk.end(id)).state).toBe('succeeded');
  });

  it('does an action once for one key, and refuses a stale plan', async () => {
    const plan = desk.runner.plan({ verb: 'pause', agent: 'moody' });
    if (!plan.ok) throw new Error(plan.error.message);
    const first = await desk.runner.execute(plan.value.action, 'the-same-key', me, plan.value.hash);
    const again = await desk.runner.execute(plan.value.action, 'the-same-key', me, plan.value.hash);
    expect([first, again]).toMatchObject([{ value: { repeated: false } }, { value: { repeated: true } }]);
    const stale = await desk.runner.execute(plan.value.action, 'another-key', me, plan.value.hash);
    expect(stale).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });

  it('ends a lease by itself and says so', async () => {
    const texts: string[] = [];
    desk.runner.watch((events) => {
      for (const event of events) if (event.kind === 'intervention') texts.push(event.text);
    });
    await desk.runner.execute({ verb: 'pause', agent: 'moody', forMs: 50 }, 'lease-key', me);
    expect(desk.runner.snapshot().interventions).toMatchObject([{ verb: 'pause', agent: 'moody', by: me }]);
    await until(() => lane('moody')?.intake === 'open');
    expect(texts).toEqual(['ada paused moody', 'Nightdesk resumed moody']);
  });
});

describe('a desk that starts again', () => {
  it('finds its tasks, its lanes and its finished steps', async () => {
    await desk.runner.execute({ verb: 'pause', agent: 'one-step' }, 'pause-key', me);
    const waiting = await desk.submit('one-step', { n: 3 });
    const done = await desk.end(await moody('fine'));
    await desk.close();

    desk = startRunner(desk.folder);
    expect(lane('one-step')).toMatchObject({ intake: 'paused', queued: 1 });
    expect((await desk.end(done.id)).output).toBe('done');
    await desk.runner.execute({ verb: 'resume', agent: 'one-step' }, 'resume-key', me);
    expect((await desk.end(waiting)).output).toEqual({ doubled: 6 });
  });
});
