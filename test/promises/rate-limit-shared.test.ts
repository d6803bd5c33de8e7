import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import type { TaskDetail } from '#contract/task.ts';
import { type GuardDesk, startGuarded } from '../support/guard.ts';
import { until } from '../support/until.ts';

const me: Actor = { name: 'ada', via: 'cli' };
let desk: GuardDesk;
afterEach(() => desk.close());

/** When the model calls of some tasks began and ended, the first first. */
function calls(tasks: TaskDetail[]): { from: number; to: number }[] {
  const steps = tasks.flatMap((task) => task.steps.filter((step) => step.kind === 'model'));
  return steps.map((step) => ({ from: step.startedAt, to: step.endedAt ?? 0 })).toSorted((a, b) => a.from - b.from);
}

const provider = (name: string) => desk.runner.snapshot().providers.find((each) => each.name === name);

describe('the limits of a provider', () => {
  it('hold its calls at once for all agents together: the rest waits at the gate, and none goes elsewhere', async () => {
    desk = startGuarded({ providers: { alpha: { concurrency: 2 } } });
    const ids = await Promise.all(
      ['spender', 'thrifty', 'spender', 'thrifty', 'spender', 'thrifty'].map((agent) =>
        desk.submit(agent, { turns: 1, latencyMs: 40 }),
      ),
    );
    await until(() => provider('alpha')?.inFlight === 2 && (provider('alpha')?.atGate ?? 0) > 0);
    const tasks = await Promise.all(ids.map((id) => desk.end(id)));
    expect(tasks.every((task) => task.state === 'succeeded' && task.model === 'alpha/a')).toBe(true);
    const all = calls(tasks);
    expect(all).toHaveLength(12);
    for (const call of all) {
      // A call that ended in the same ms is over: its place was given on.
      const beside = all.filter((other) => other.from <= call.from && other.to > call.from);
      expect(beside.length).toBeLessThanOrEqual(2);
    }
    expect(provider('alpha')).toMatchObject({ inFlight: 0, atGate: 0, concurrency: 2 });
  });

  it('hold its rate for all agents together, whatever their number', async () => {
    desk = startGuarded({ providers: { alpha: { rate: '3/s' } } });
    const from = Date.now();
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, index) => desk.submit(index % 2 === 0 ? 'spender' : 'thrifty', {})),
    );
    const tasks = await Promise.all(ids.map((id) => desk.end(id)));
    expect(tasks.every((task) => task.model === 'alpha/a')).toBe(true);
    // A full bucket of three, then one each third of a second: the eighth cannot start before.
    expect(Date.now() - from).toBeGreaterThanOrEqual(((8 - 3) * 1_000) / 3);
    expect(provider('alpha')).toMatchObject({ rate: { count: 3, perMs: 1_000 }, breaker: 'closed' });
  });

  it('of its own answer, a 429 with Retry-After, hold for everybody, on screen, and over a restart', async () => {
    desk = startGuarded();
    // The task that was refused does not wait: its route leads to another provider.
    expect(await desk.end(await desk.submit('spender', { retryAfter: 3_600 }))).toMatchObject({
      model: 'beta/b',
      state: 'succeeded',
      attempts: 2,
    });
    expect(provider('alpha')).toMatchObject({ breaker: 'closed' });
    expect(provider('alpha')?.cooldownUntil).toBeGreaterThan(Date.now() + 3_000_000);
    // Another agent goes to the next provider of its route without asking.
    expect(await desk.end(await desk.submit('thrifty', {}))).toMatchObject({ model: 'beta/b', state: 'succeeded' });
    // One without another provider waits until then.
    const alone = await desk.submit('patient', { amount: 1 });
    const deferred = await desk.when(alone, (task) => task.waitKind === 'deferred');
    expect(deferred.reason).toContain('alpha asked to wait until');
    expect(deferred.runAt).toBe(provider('alpha')?.cooldownUntil);
    expect(desk.runner.providerEvents('alpha', 10).map((event) => event.kind)).toEqual([
      'failover',
      'failover',
      'cooldown',
    ]);

    const { folder } = desk;
    const before = provider('alpha')?.cooldownUntil;
    await desk.close();
    desk = startGuarded({}, { folder });
    expect(provider('alpha')?.cooldownUntil).toBe(before);
    const reset = await desk.runner.execute({ verb: 'reset', breaker: 'alpha' }, 'reset-alpha', me);
    expect(reset).toMatchObject({ ok: true });
    expect(await desk.end(alone)).toMatchObject({ state: 'succeeded', model: 'alpha/a' });
  });
});
