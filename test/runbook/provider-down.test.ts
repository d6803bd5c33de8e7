import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANA, driver, type Harness, must, openHarness } from './harness.ts';

const TEXT = readFileSync(new URL('../../runbooks/provider-down.md', import.meta.url), 'utf8');

describe('the shipped runbook provider-down', () => {
  let desk: Harness;
  beforeEach(async () => {
    desk = await openHarness({ 'provider-down.md': TEXT });
  });
  afterEach(() => desk.close());

  it('has no fault', () => {
    expect(desk.runbooks.lint()).toEqual([]);
  });

  it('answers the alert of an open breaker', () => {
    expect(desk.runbooks.forAlert('provider-breaker-open')).toEqual([
      { name: 'provider-down', title: 'LLM provider unavailable' },
    ]);
  });

  it('leads from the alert to a proven recovery while the provider is still down', async () => {
    desk.runtime.setBreaker('anthropic', 'open');
    const started = must(await desk.runbooks.start({ runbook: 'provider-down', incident: 7, inputs: {} }, ANA));
    expect(started.inputs).toEqual({ agent: 'triage', provider: 'anthropic', fallback: 'openai' });
    const run = driver(desk, started);

    must(await run.confirm());
    expect(run.step(0)).toMatchObject({ state: 'passed', title: '**anthropic is really down**' });

    expect(run.next().plan?.willChange).toBe('pause triage');
    must(await run.confirm());
    expect(run.step(1)).toMatchObject({ state: 'checking', seen: '2 running' });
    desk.runtime.setLane('triage', { running: 0 });
    await desk.clock.pass(2_000);
    expect(run.step(1).state).toBe('passed');
    expect(run.step(1).seen).toMatch(/^accepted in 0 ms, 0 running after 2 s, ends by itself at \d\d:30$/);

    must(await run.confirm());
    expect(run.step(2).state).toBe('passed');
    expect(desk.runtime.lane('triage').route).toEqual(['openai', 'anthropic']);

    must(await run.confirm());
    const sent = readFileSync(`${desk.data}/notify.log`, 'utf8');
    expect(JSON.parse(sent)).toMatchObject({
      channel: 'ops',
      text: 'anthropic is down. triage is paused and moves to openai.',
    });

    must(await run.answer('provider-outage'));
    expect(run.next().section).toBe('Recover');
    must(await run.confirm());
    expect(desk.runtime.lane('triage').intake).toBe('open');

    must(await run.confirm());
    desk.runtime.setLane('triage', { running: 4, queued: 3 });
    await desk.clock.pass(5_000);
    expect(run.next().section).toBe('Verify');

    desk.rate.total = 40;
    desk.rate.good = 39;
    must(await run.confirm());
    await desk.clock.pass(20_000);
    expect(run.read().outcome).toBeNull();
    must(await run.checkOff());

    expect(run.read()).toMatchObject({ outcome: 'recovered', current: null, endReason: null });
    expect(desk.runtime.snapshot().providers.find((one) => one.name === 'anthropic')?.breaker).toBe('open');
    expect(desk.entries.at(-1)?.text).toBe('Recovered, proven by "LLM provider unavailable"');
  });

  it('goes by way of the key when the key is the cause', async () => {
    desk.runtime.setBreaker('anthropic', 'open');
    const run = driver(
      desk,
      must(await desk.runbooks.start({ runbook: 'provider-down', incident: 7, inputs: {} }, ANA)),
    );
    must(await run.confirm());
    for (const _ of ['pause', 'reroute', 'notify']) must(await run.skip());
    must(await run.answer('our-key-or-quota'));
    expect(run.next().section).toBe('Mend the key or quota');
    must(await run.checkOff());
    must(await run.checkOff());
    expect(run.next().section).toBe('Recover');
  });

  it('closes as noise when the provider is up, and that is no recovery', async () => {
    const run = driver(
      desk,
      must(await desk.runbooks.start({ runbook: 'provider-down', incident: 7, inputs: {} }, ANA)),
    );
    must(await run.confirm());
    await desk.clock.pass(30_000);
    expect(run.next()).toMatchObject({ state: 'failed', else: 'close-as-noise' });
    must(await run.answer('else'));
    expect(run.next().section).toBe('Close as noise');
    must(await run.checkOff());
    expect(run.read()).toMatchObject({ current: null, endedAt: null });
    const refused = await run.tell({ do: 'end' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    must(await run.tell({ do: 'end', reason: 'the probe was at fault' }));
    expect(run.read()).toMatchObject({ outcome: 'ended', endReason: 'the probe was at fault' });
  });
});
