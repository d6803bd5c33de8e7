import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import { folderWithOpen, type GuardDesk, startGuarded } from '../support/guard.ts';
import { until } from '../support/until.ts';

const me: Actor = { name: 'ada', via: 'cli' };
let desk: GuardDesk;
afterEach(() => desk.close());

const lane = (agent: string) => desk.runner.snapshot().lanes.find((each) => each.agent === agent);
const ledger = () => desk.runner.snapshot().integrations.find((each) => each.name === 'ledger');
const down = (folder: string) => join(folder, 'ledger-down');

describe('an integration that is down', () => {
  it('opens its breaker; tasks that need it are deferred with the reason, and a critical one closes the intake', async () => {
    desk = startGuarded();
    writeFileSync(down(desk.folder), '');
    const id = await desk.submit('patient', { amount: 1 });
    const deferred = await desk.when(id, (task) => task.waitKind === 'deferred');
    expect(deferred.reason).toBe('ledger does not answer: ledger.post waits until it does');
    expect(ledger()).toMatchObject({
      breaker: 'open',
      lastError: { message: 'connect ECONNREFUSED (scripted)' },
      criticalTo: ['careful'],
    });
    await until(() => lane('careful')?.intake === 'draining');
    expect(lane('patient')?.intake).toBe('open');
    expect(desk.runner.snapshot().interventions).toMatchObject([
      { verb: 'drain', agent: 'careful', to: 'critical:ledger', by: { via: 'desk' } },
    ]);
    const waits = await desk.submit('careful', { amount: 2 });

    // A person who knows that it is back need not wait for the probe.
    rmSync(down(desk.folder));
    await desk.runner.execute({ verb: 'reset', breaker: 'ledger' }, 'reset-ledger', me);
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded' });
    expect(await desk.end(waits)).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(lane('careful')?.intake).toBe('open');
    expect(ledger()?.lastEffectAt).not.toBeNull();
  });

  it('found down after a restart is probed by one task through the closed intake, which opens when the probes hold', async () => {
    desk = startGuarded({}, { folder: folderWithOpen({ integration: 'ledger' }) });
    const texts: string[] = [];
    desk.runner.watch((events) => {
      for (const event of events) if (event.kind === 'intervention') texts.push(event.text);
    });
    await until(() => lane('careful')?.intake === 'draining');
    const ids = await Promise.all([1, 2, 3, 4].map((amount) => desk.submit('careful', { amount })));
    const tasks = await Promise.all(ids.map((id) => desk.end(id)));
    expect(tasks.every((task) => task.state === 'succeeded')).toBe(true);
    await until(() => lane('careful')?.intake === 'open');
    expect(ledger()?.breaker).toBe('closed');
    expect(texts).toEqual([
      'Nightdesk closed careful: ledger does not answer, and is critical to it',
      'Nightdesk opened careful: ledger answers again',
    ]);
  });

  it('is probed by one task at a time: a probe that fails keeps the others from it', async () => {
    const folder = folderWithOpen({ integration: 'ledger' });
    writeFileSync(down(folder), '');
    desk = startGuarded({}, { folder });
    const ids = await Promise.all([1, 2, 3].map((amount) => desk.submit('patient', { amount })));
    await until(() => ledger()?.breaker === 'open' && (ledger()?.errors ?? 0) === 1);
    const tasks = await Promise.all(
      ids.map((id) => desk.when(id, (task) => task.waitKind === 'deferred' && task.state === 'waiting')),
    );
    const called = tasks.filter((task) => task.steps.some((step) => step.kind === 'effect'));
    expect(called).toHaveLength(1);
  });
});
