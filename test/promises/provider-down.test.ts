import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import { folderWithOpen, type GuardDesk, startGuarded } from '../support/guard.ts';
import { until } from '../support/until.ts';

const me: Actor = { name: 'ada', via: 'cli' };
const DOWN = { down: true, errorRate: 0, latencyMs: 0 };
let desk: GuardDesk;
afterEach(() => desk.close());

const provider = (name: string) => desk.runner.snapshot().providers.find((each) => each.name === name);

describe('a provider that is down', () => {
  it('opens its breaker, and its traffic goes to the next of the route', async () => {
    desk = startGuarded();
    desk.runner.setFault('alpha', DOWN);
    const tasks = await Promise.all(
      (await Promise.all(Array.from({ length: 8 }, () => desk.submit('spender', {})))).map((id) => desk.end(id)),
    );
    expect(tasks.every((task) => task.state === 'succeeded' && task.model === 'beta/b')).toBe(true);
    expect(tasks.every((task) => task.marks.includes('fallback'))).toBe(true);
    expect(provider('alpha')).toMatchObject({ breaker: 'open' });
    const late = await desk.end(await desk.submit('spender', {}));
    expect(late).toMatchObject({ attempts: 1, model: 'beta/b' });
    const kinds = desk.runner.providerEvents('alpha', 10).map((event) => event.kind);
    expect(kinds).toContain('breaker');
    expect(kinds.filter((kind) => kind === 'failover')).toHaveLength(1);
    expect(desk.runner.routes().find((route) => route.agent === 'spender')?.hops[0]).toMatchObject({
      provider: 'alpha',
      state: 'breaker-open',
    });
  });

  it('with none left defers the tasks, fails none of them, and they come back by themselves when a probe holds', async () => {
    desk = startGuarded({}, { folder: folderWithOpen({ provider: 'alpha' }) });
    desk.runner.setFault('alpha', DOWN);
    const id = await desk.submit('patient', { amount: 5 });
    const deferred = await desk.when(id, (task) => task.waitKind === 'deferred');
    expect(deferred).toMatchObject({ state: 'waiting', reason: 'no provider of its route can serve (alpha)' });
    desk.runner.setFault('alpha', null);
    await desk.runner.execute({ verb: 'reset', breaker: 'alpha' }, 'reset-alpha', me);
    const done = await desk.end(id);
    expect(done).toMatchObject({ state: 'succeeded' });
    expect(done.marks).toContain('deferred');
  });

  it('found open after a restart is probed, and closes when two probes hold', async () => {
    desk = startGuarded({}, { folder: folderWithOpen({ provider: 'alpha' }) });
    const ids = await Promise.all([1, 2, 3].map((amount) => desk.submit('patient', { amount })));
    const tasks = await Promise.all(ids.map((id) => desk.end(id)));
    expect(tasks.every((task) => task.state === 'succeeded')).toBe(true);
    await until(() => provider('alpha')?.breaker === 'closed');
    const texts = desk.runner.providerEvents('alpha', 10).map((event) => event.text);
    expect(texts).toContain('the breaker of alpha closed: its traffic comes back in steps');
  });
});
