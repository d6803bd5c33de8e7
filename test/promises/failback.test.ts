import { afterEach, describe, expect, it } from 'vitest';
import { folderWithOpen, type GuardDesk, startGuarded } from '../support/guard.ts';
import { until } from '../support/until.ts';

let desk: GuardDesk;
afterEach(() => desk.close());

const provider = (name: string) => desk.runner.snapshot().providers.find((each) => each.name === name);

describe('a provider that comes back', () => {
  it('gets a tenth of its traffic at first, the rest stays where it went', async () => {
    desk = startGuarded({}, { folder: folderWithOpen({ provider: 'alpha' }) });
    await until(() => provider('alpha')?.breaker === 'half-open');
    // Two probes, one after the other.
    await desk.end(await desk.submit('spender', {}));
    await desk.end(await desk.submit('spender', {}));
    await until(() => provider('alpha')?.breaker === 'closed');
    expect(provider('alpha')).toMatchObject({ share: 0.1 });

    const ids = await Promise.all(Array.from({ length: 20 }, () => desk.submit('spender', {})));
    const tasks = await Promise.all(ids.map((id) => desk.end(id)));
    // The first call and then every tenth: two or three of twenty, however they are interleaved.
    const back = tasks.filter((task) => task.model === 'alpha/a').length;
    expect(back).toBeGreaterThanOrEqual(2);
    expect(back).toBeLessThanOrEqual(3);
    expect(tasks.every((task) => task.state === 'succeeded')).toBe(true);
    expect(desk.runner.routes().find((route) => route.agent === 'spender')?.hops[0]).toMatchObject({
      state: 'returning',
      share: 0.1,
    });
  });

  it('gets all of the traffic of an agent that has no other', async () => {
    desk = startGuarded({}, { folder: folderWithOpen({ provider: 'alpha' }) });
    const ids = await Promise.all(Array.from({ length: 6 }, (_, amount) => desk.submit('patient', { amount })));
    const tasks = await Promise.all(ids.map((id) => desk.end(id)));
    expect(tasks.every((task) => task.state === 'succeeded' && task.model === 'alpha/a')).toBe(true);
  });

  it('goes on coming back in steps after a restart of the desk', async () => {
    desk = startGuarded({}, { folder: folderWithOpen({ provider: 'alpha' }) });
    await desk.end(await desk.submit('spender', {}));
    await desk.end(await desk.submit('spender', {}));
    await desk.end(await desk.submit('spender', {}));
    await until(() => provider('alpha')?.share === 0.1);
    const { folder } = desk;
    await desk.close();
    desk = startGuarded({}, { folder });
    expect(provider('alpha')).toMatchObject({ breaker: 'closed', share: 0.1 });
  });
});
