// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { runDetailSchema } from '#contract/runbook.ts';
import { ANA, BEN, driver, type Harness, live, must, openHarness } from '../harness.ts';

let desk: Harness;
afterEach(() => desk.close());

/** A run of a runbook with these lines. */
async function runOf(...lines: string[]) {
  desk = await openHarness({ 'test.md': live(...lines) });
  return driver(desk, must(await desk.runbooks.start({ runbook: 'test', incident: 7, inputs: {} }, ANA)));
}

const PAUSE = '- [ ] Stop `pause agent=${agent} for=30m confirm`';
const PROOF = ['## Verify', '- [ ] Holds `verify queued_tasks(agent=${agent}) == 0 within 1m every 1s`'];

describe('starting a run', () => {
  it('fills inputs from what was given, then the alert, then the default', async () => {
    desk = await openHarness({ 'test.md': live('## Mitigate', PAUSE) });
    const inputs = async (incident: number | undefined, given: Record<string, string>) =>
      must(await desk.runbooks.start({ runbook: 'test', incident, inputs: given }, ANA)).inputs.agent;
    desk.alerts.set(8, { ...(desk.alerts.get(7) ?? expect.fail()), labels: { agent: 'drafts' } });
    expect(await inputs(undefined, {})).toBe('triage');
    expect(await inputs(8, {})).toBe('drafts');
    expect(await inputs(8, { agent: 'triage' })).toBe('triage');
  });

  it.each([
    ['an agent that is not here', { agent: 'nobody' }],
    ['an input the file does not have', { agnt: 'triage' }],
  ])('refuses %s and starts nothing', async (_what, inputs) => {
    desk = await openHarness({ 'test.md': live('## Mitigate', PAUSE) });
    expect(await desk.runbooks.start({ runbook: 'test', inputs }, ANA)).toMatchObject({
      ok: false,
      error: { code: 'BAD_INPUT', kept: 'No run was started.' },
    });
    expect(desk.runbooks.listRuns()).toEqual([]);
  });

  it('starts without a default that does not exist here; the step that needs it says so', async () => {
    const text = live('## Mitigate', '- [ ] Go `reroute agent=triage to=${fallback} for=1h confirm`');
    desk = await openHarness({
      'test.md': text.replace('inputs:', 'inputs:\n  fallback: { type: provider, default: mars }'),
    });
    const run = driver(desk, must(await desk.runbooks.start({ runbook: 'test', inputs: {} }, ANA)));
    expect(run.next()).toMatchObject({
      plan: null,
      seen: 'Cannot be done now: Nothing stands for ${fallback}. Do the step by hand, or skip it with a reason.',
    });
  });

  it('says which runbooks there are when the name is wrong', async () => {
    desk = await openHarness({ 'test.md': live('## Mitigate', PAUSE) });
    expect(await desk.runbooks.start({ runbook: 'tset', inputs: {} }, ANA)).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND', todo: 'Here are test.' },
    });
  });

  it('gives a run of the contract, and shows the incident its next step', async () => {
    const run = await runOf('## Mitigate', PAUSE, ...PROOF);
    expect(runDetailSchema.parse(run.read())).toEqual(run.read());
    expect(desk.runbooks.openRun(7)).toEqual({
      id: run.id,
      runbook: 'test',
      title: 'Test',
      step: 1,
      steps: 2,
      next: 'Stop',
    });
    expect(desk.runbooks.openRun(8)).toBeNull();
    expect(desk.runbooks.listRuns(7).map((one) => one.id)).toEqual([run.id]);
  });

  it('pins the file: a later edit does not change the run', async () => {
    const run = await runOf('## Mitigate', '- [ ] Look');
    writeFileSync(`${desk.folder}/test.md`, live('## Mitigate', '- [ ] Another'));
    expect(run.next().title).toBe('Look');
  });
});

describe('an action', () => {
  it('shows its plan from live state before it is confirmed', async () => {
    const run = await runOf('## Mitigate', PAUSE);
    expect(run.next().plan).toMatchObject({ touches: '2 running, 30 queued', undoneBy: 'nightdesk resume triage' });
    desk.runtime.setLane('triage', { running: 3 });
    const told = desk.changes.length;
    await desk.clock.pass(1_000);
    expect(desk.changes.length).toBe(told + 1);
    expect(run.next().plan?.touches).toBe('3 running, 30 queued');
  });

  it('passes when its effect is seen, and says when it ends by itself', async () => {
    const run = await runOf('## Mitigate', PAUSE);
    desk.runtime.sluggish = true;
    must(await run.confirm());
    expect(run.next()).toMatchObject({ state: 'acting', by: ANA, seen: 'intake open' });
    const told = desk.changes.length;
    await desk.clock.pass(250);
    expect(desk.changes.length).toBe(told);
    desk.runtime.sluggish = false;
    await desk.clock.pass(250);
    expect(run.step(0)).toMatchObject({
      state: 'passed',
      undo: 'nightdesk resume triage',
      until: desk.clock.now() + 1_800_000,
    });
    expect(run.step(0).seen).toMatch(/^accepted in 0 ms, intake paused after 500 ms, ends by itself at \d\d:30$/);
    expect(desk.runtime.executed).toMatchObject([{ by: { name: 'ana', via: 'runbook' } }]);
  });

  it('fails when it was accepted but never seen', async () => {
    const run = await runOf('## Mitigate', '- [ ] Stop `pause agent=${agent} for=30m confirm timeout=10s`');
    desk.runtime.sluggish = true;
    must(await run.confirm());
    await desk.clock.pass(11_000);
    expect(run.next()).toMatchObject({ state: 'failed', seen: 'accepted, but not seen after 10 s: intake open' });
  });

  it('is not sent on a plan that has gone stale, and shows the new one', async () => {
    const run = await runOf('## Mitigate', PAUSE);
    const { id, plan } = run.next();
    desk.runtime.setLane('triage', { route: ['openai'] });
    const refused = await run.tell({ do: 'confirm', step: id, planHash: plan?.hash ?? '' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    expect(run.next()).toMatchObject({ state: 'todo' });
    expect(run.next().plan?.hash).not.toBe(plan?.hash);
    expect(desk.runtime.executed).toEqual([]);
  });

  it('asks for the name where it says confirm=type', async () => {
    const run = await runOf('## Mitigate', '- [ ] Stop `pause agent=${agent} for=30m confirm=type`');
    expect(await run.confirm()).toMatchObject({ ok: false, error: { code: 'BAD_INPUT', todo: 'Type triage.' } });
    must(await run.tell({ do: 'confirm', step: run.next().id, typed: 'triage' }));
    expect(run.step(0).state).toBe('passed');
  });

  it('waits for a second person where it says approve=2', async () => {
    const run = await runOf('## Mitigate', '- [ ] Stop `pause agent=${agent} for=30m approve=2`');
    must(await run.confirm(ANA));
    expect(run.next()).toMatchObject({ state: 'todo', seen: 'approved by ana: 1 of 2, waiting for another person' });
    expect(await run.confirm(ANA)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    expect(desk.runtime.executed).toEqual([]);
    must(await run.confirm(BEN));
    expect(run.step(0).state).toBe('passed');
  });

  it('says why it cannot be planned, and takes no confirmation', async () => {
    const run = await runOf('## Mitigate', '- [ ] Go `reroute agent=${agent} to=mars for=1h confirm`');
    expect(run.next()).toMatchObject({
      plan: null,
      seen: 'Cannot be done now: mars is not in the route. See the route.',
    });
    expect(await run.confirm()).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('is undone from its step while its lease is in force, and not after', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    must(await run.confirm());
    const undo = { do: 'undo', step: run.step(0).id } as const;
    must(await run.tell(undo));
    expect(run.step(0)).toMatchObject({ state: 'undone', undo: null, until: null });
    expect(desk.runtime.lane('triage').intake).toBe('open');
    expect(await run.tell(undo)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });

  it('cannot be undone once its lease has ended by itself', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    must(await run.confirm());
    await desk.clock.pass(1_800_000);
    expect(run.step(0)).toMatchObject({ state: 'passed', undo: null });
  });

  it('records the agent before and after', async () => {
    const run = await runOf('## Mitigate', PAUSE);
    desk.rate.total = 10;
    must(await run.confirm());
    expect(run.step(0)).toMatchObject({ before: { good: 0, total: 10 }, after: { good: 0, total: 10 } });
  });

  it('stands open again when the paused agent runs a task', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    must(await run.confirm());
    expect(run.next().title).toBe('Look');
    desk.runtime.setLane('triage', { running: 1 });
    desk.runtime.setLane('triage', { running: 2 });
    await desk.clock.pass(1);
    expect(run.next()).toMatchObject({
      title: 'Stop',
      state: 'failed',
      seen: 'reopened: 2 running while it should be paused, 1 when the step passed',
    });
    must(await run.retry());
    must(await run.confirm());
    expect(run.next().title).toBe('Look');
    expect(desk.runtime.executed.map(({ key }) => key.slice(-1))).toEqual(['1', '2']);
  });

  it('does not stand open again when a person opened intake', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    must(await run.confirm());
    await desk.runtime.execute({ verb: 'resume', agent: 'triage' }, 'by-hand', BEN);
    desk.runtime.setLane('triage', { running: 5 });
    await desk.clock.pass(1);
    expect(run.step(0).state).toBe('passed');
  });
});

describe('a check', () => {
  it('ends without data, never green, when there is nothing to measure', async () => {
    const run = await runOf(
      '## Verify',
      '- [ ] Good `verify success_rate(agent=${agent}, within=2m) >= 95% within 10s every 1s`',
    );
    must(await run.confirm());
    await desk.clock.pass(10_000);
    expect(run.next()).toMatchObject({
      state: 'no-data',
      checks: 11,
      seen: 'could not be measured within 10 s: no task ended in the last 2 min',
    });
  });

  it('under an action fails the action, which can then be tried again or undone', async () => {
    const run = await runOf(
      '## Mitigate',
      PAUSE,
      '  - verify: `running_tasks(agent=${agent}) == 0 within 5s every 1s`',
    );
    must(await run.confirm());
    await desk.clock.pass(5_000);
    expect(run.next()).toMatchObject({
      state: 'failed',
      seen: 'did not hold within 5 s: 2 running',
      undo: 'nightdesk resume triage',
    });
  });

  it('is measured again on a retry', async () => {
    const run = await runOf(...PROOF);
    must(await run.confirm());
    await desk.clock.pass(60_000);
    expect(run.next().state).toBe('failed');
    desk.runtime.setLane('triage', { queued: 0 });
    must(await run.retry());
    expect(run.read()).toMatchObject({
      outcome: 'recovered',
      steps: [{ state: 'passed', seen: '0 queued, after 0 ms' }],
    });
  });

  it('tells what it sees while it runs', async () => {
    const run = await runOf(...PROOF);
    must(await run.confirm());
    desk.runtime.setLane('triage', { queued: 12 });
    await desk.clock.pass(1_000);
    expect(run.next()).toMatchObject({ state: 'checking', seen: '12 queued', checks: 2 });
  });
});

describe('going through a run', () => {
  it('takes the steps in their order', async () => {
    const run = await runOf('## Mitigate', '- [ ] one', '- [ ] two');
    expect(await run.tell({ do: 'check-off', step: run.step(1).id })).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT' },
    });
    must(await run.checkOff());
    must(await run.checkOff());
    expect(run.read().steps.map((step) => [step.state, step.by?.name])).toEqual([
      ['passed', 'ana'],
      ['passed', 'ana'],
    ]);
  });

  it('does not let a live step be checked off', async () => {
    const run = await runOf('## Mitigate', PAUSE);
    expect(await run.checkOff()).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('keeps the reason of a step that is skipped', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] two');
    must(await run.skip('drained already'));
    expect(run.step(0)).toMatchObject({ state: 'skipped', reason: 'drained already', by: ANA });
    expect(run.next().title).toBe('two');
  });

  it('does not go past a step that is required', async () => {
    const run = await runOf('## Mitigate', '- [ ] Stop `pause agent=${agent} for=30m confirm required`', '- [ ] two');
    expect(await run.skip()).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('jumps where an answer leads, and its value stands for later steps', async () => {
    const run = await runOf(
      ...[
        '## Diagnose',
        '- [ ] Why? `ask choice cause`',
        '  - `late`: [Recover](#recover)',
        '  - `other`',
        '- [ ] Look',
      ],
      ...['## Recover', '- [ ] Tell `notify channel=ops text="it was ${cause}"`'],
    );
    expect(await run.answer('never')).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    must(await run.answer('late'));
    expect(run.step(0)).toMatchObject({ state: 'passed', answer: 'late' });
    expect(run.step(1)).toMatchObject({ state: 'skipped', reason: 'not asked for: late' });
    expect(run.next().directive).toBe('notify channel=ops text="it was late"');
    must(await run.confirm());
    expect(readFileSync(`${desk.data}/notify.log`, 'utf8')).toContain('"it was late"');
  });

  it('jumps back over steps, which stand open again', async () => {
    const run = await runOf(
      '## Confirm',
      '- [ ] Look',
      '## Diagnose',
      '- [ ] Better? `ask choice better`',
      '  - `no`: [Again](#confirm)',
      '  - `yes`',
    );
    must(await run.checkOff());
    must(await run.answer('no'));
    expect(run.next().title).toBe('Look');
    must(await run.checkOff());
    must(await run.answer('yes'));
    expect(run.read().current).toBeNull();
  });
});

describe('ending a run', () => {
  it('takes a reason while the recovery is not proven', async () => {
    const run = await runOf('## Mitigate', '- [ ] one', ...PROOF);
    expect(await run.tell({ do: 'end' })).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    must(await run.tell({ do: 'end', reason: 'handed over' }));
    expect(run.read()).toMatchObject({ outcome: 'ended', endReason: 'handed over', current: null });
    const late = await run.tell({ do: 'check-off', step: run.step(0).id });
    expect(late).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    expect(desk.runbooks.list()[0]).toMatchObject({ lastOutcome: 'ended' });
    expect(desk.runbooks.openRun(7)).toBeNull();
  });

  it('is recovered as soon as the proof holds and the rest is behind', async () => {
    const run = await runOf('## Mitigate', '- [ ] one', ...PROOF, '- [ ] Tell support');
    must(await run.checkOff());
    desk.runtime.setLane('triage', { queued: 0 });
    must(await run.confirm());
    expect(run.read().outcome).toBeNull();
    must(await run.tell({ do: 'end' }));
    expect(run.read()).toMatchObject({ outcome: 'recovered', endReason: null });
    expect(run.step(2)).toMatchObject({ state: 'skipped', reason: 'the recovery was proven' });
    expect(must(await run.tell({ do: 'end' })).outcome).toBe('recovered');
  });

  it('is no recovery when the proof was skipped', async () => {
    const run = await runOf(...PROOF);
    must(await run.skip('no time'));
    expect(run.read()).toMatchObject({ outcome: null, current: null });
    expect(await run.tell({ do: 'end' })).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('leaves its story in the timeline of the incident', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] **two** things', ...PROOF);
    must(await run.confirm());
    must(await run.skip('done before'));
    desk.runtime.setLane('triage', { queued: 0 });
    must(await run.confirm());
    expect(desk.entries.map((entry) => entry.text.replace(/at \d\d:30/, 'at …'))).toEqual([
      'Runbook "Test" was opened.',
      'Stop: accepted in 0 ms, intake paused after 0 ms, ends by itself at …',
      'two things: skipped, done before',
      'Holds: 0 queued, after 0 ms',
      'Recovered, proven by "Test"',
    ]);
  });
});

describe('a run after a restart', () => {
  it('stands where it stood', async () => {
    const run = await runOf('## Mitigate', '- [ ] one', '- [ ] two');
    must(await run.checkOff());
    const before = run.read();
    await desk.restart();
    expect(run.read()).toEqual(before);
    must(await run.checkOff());
    expect(run.read().current).toBeNull();
  });

  it('goes on measuring with the deadline it had, and begins to hold anew', async () => {
    const run = await runOf(
      '## Verify',
      '- [ ] Holds `verify queued_tasks(agent=${agent}) == 0 for 10s within 30s every 1s`',
    );
    desk.runtime.setLane('triage', { queued: 0 });
    must(await run.confirm());
    await desk.clock.pass(8_000);
    desk.clock.sleep(10_000);
    await desk.restart();
    await desk.clock.pass(9_000);
    expect(run.next().state).toBe('checking');
    await desk.clock.pass(1_000);
    expect(run.read().outcome).toBe('recovered');
  });

  it('fails a check whose deadline passed while the desk was down', async () => {
    const run = await runOf(...PROOF);
    must(await run.confirm());
    desk.clock.sleep(3_600_000);
    await desk.restart();
    expect(run.next().state).toBe('failed');
  });

  it.each(['before', 'after'] as const)('sends an action once when the desk died %s it landed', async (when) => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    desk.runtime.crashNext = when;
    await expect(run.confirm()).rejects.toThrow('the desk died');
    await desk.restart();
    expect(run.step(0)).toMatchObject({ state: 'passed', receipt: { repeated: when === 'after' } });
    expect(desk.runtime.executed).toHaveLength(1);
  });

  it('does not send an action that never landed into a state nobody saw', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    desk.runtime.crashNext = 'before';
    await expect(run.confirm()).rejects.toThrow('the desk died');
    desk.runtime.setLane('triage', { route: ['openai'] });
    await desk.restart();
    expect(run.next()).toMatchObject({ title: 'Stop', state: 'todo', receipt: null });
    expect(desk.runtime.executed).toEqual([]);
  });

  it('sends a message once when the desk died after it was sent', async () => {
    const run = await runOf('## Mitigate', '- [ ] Tell `notify channel=ops text="down"`', '- [ ] Look');
    const { send } = desk.notify;
    desk.notify.send = async (...message) => {
      await send(...message);
      throw new Error('the desk died');
    };
    await expect(run.confirm()).rejects.toThrow('the desk died');
    desk.notify.send = send;
    await desk.restart();
    expect(run.step(0)).toMatchObject({ state: 'passed', seen: 'ops: was in notify.log already' });
    expect(readFileSync(`${desk.data}/notify.log`, 'utf8').trim().split('\n')).toHaveLength(1);
  });
});

describe('a run on a full disk', () => {
  it('does nothing, says so, and goes on when there is room', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    desk.disk.full = true;
    expect(await run.confirm()).toMatchObject({
      ok: false,
      error: { code: 'STORAGE', kept: 'The run stands as it was.' },
    });
    expect(run.next()).toMatchObject({ title: 'Stop', state: 'todo' });
    expect(desk.runtime.executed).toEqual([]);
    desk.disk.full = false;
    must(await run.confirm());
    expect(run.step(0).state).toBe('passed');
  });
});

describe('two people on one run', () => {
  it('do a step once', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    const [first, second] = await Promise.all([run.confirm(ANA), run.confirm(BEN)]);
    expect([first.ok, second.ok]).toEqual([true, false]);
    expect(desk.runtime.executed).toHaveLength(1);
  });
});
