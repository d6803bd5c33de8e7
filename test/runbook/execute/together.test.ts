// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { ANA, BEN, driver, type Harness, live, must, openHarness } from '../harness.ts';

let desk: Harness;
afterEach(() => desk.close());

async function runOf(...lines: string[]) {
  desk = await openHarness({ 'test.md': live(...lines) });
  return driver(desk, must(await desk.runbooks.start({ runbook: 'test', incident: 7, inputs: {} }, ANA)));
}

const PAUSE = '- [ ] Stop `pause agent=${agent} for=30m confirm`';
const SHIFT = '- [ ] Shift `reroute agent=${agent} to=openai for=2h confirm`';

describe('a run that two people follow', () => {
  it('takes commands of its holder only, and says who that is', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    const refused = await run.confirm(BEN);
    expect(refused).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    expect(refused.ok ? '' : refused.error.message).toMatch(/^ana holds run 1 since \d\d:\d\d\.$/);
    expect(desk.runtime.executed).toEqual([]);
  });

  it('is taken over, and both are told, with what is in force', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    must(await run.confirm());
    must(await run.tell({ do: 'take-over' }, BEN));
    expect(run.read()).toMatchObject({
      holder: BEN,
      handedOver: expect.stringMatching(/^ben took it over from ana at/),
    });
    expect(desk.entries.at(-1)?.text).toMatch(/ben took it over from ana .*; in force: Stop until \d\d:\d\d$/);
    expect(await run.checkOff()).toMatchObject({ ok: false });
    must(await run.tell({ do: 'check-off', step: run.next().id }, BEN));
  });

  it('is handed over, and stands so after a restart', async () => {
    const run = await runOf('## Mitigate', '- [ ] Look');
    must(await run.tell({ do: 'hand-over', to: 'ben' }));
    await desk.restart();
    expect(run.read().holder.name).toBe('ben');
    expect(await run.tell({ do: 'hand-over', to: 'ben' }, BEN)).toMatchObject({ ok: false });
  });

  it('shows who looks on, each once', async () => {
    const run = await runOf('## Mitigate', '- [ ] Look');
    const leave = [desk.runbooks.viewed(1, 'ben'), desk.runbooks.viewed(1, 'ben'), desk.runbooks.viewed(1, 'ana')];
    expect(run.read().viewers).toEqual(['ana', 'ben']);
    leave[0]?.();
    leave[0]?.();
    expect(run.read().viewers).toEqual(['ana', 'ben']);
    leave[1]?.();
    expect(run.read().viewers).toEqual(['ana']);
  });
});

describe('a lease', () => {
  it('is renewed from now on, and its end is shown as the runtime has it', async () => {
    const run = await runOf('## Mitigate', PAUSE, '- [ ] Look');
    must(await run.confirm());
    await desk.clock.pass(1_200_000);
    expect(run.step(0).renewable).toBe(true);
    must(await run.tell({ do: 'renew', step: run.step(0).id }));
    expect(run.step(0)).toMatchObject({ state: 'passed', until: desk.clock.now() + 1_800_000 });
    await desk.clock.pass(1_800_000);
    expect(run.step(0)).toMatchObject({ renewable: false, undo: null });
    expect(desk.runtime.lane('triage').intake).toBe('open');
    expect(await run.tell({ do: 'renew', step: run.step(0).id })).toMatchObject({ ok: false });
  });
});

describe('a check that has to hold', () => {
  it('says until when, as long as it holds', async () => {
    const run = await runOf('## Verify', '- [ ] Q `verify queued_tasks(agent=triage) <= 5 for 10s within 1m every 1s`');
    must(await run.confirm());
    await desk.clock.pass(3_000);
    expect(run.next()).toMatchObject({ state: 'checking', holdsUntil: null });
    desk.runtime.setLane('triage', { queued: 0 });
    await desk.clock.pass(4_000);
    const { holdsUntil } = run.next();
    expect(holdsUntil).toBeGreaterThan(desk.clock.now());
    await desk.clock.pass((holdsUntil ?? 0) - desk.clock.now());
    expect(run.step(0)).toMatchObject({ state: 'passed', holdsUntil: null });
  });
});

describe('a roll back', () => {
  it('undoes from a step on, the last first, and stands there again', async () => {
    const run = await runOf('## Mitigate', '- [ ] Look', PAUSE, SHIFT, '- [ ] Tell');
    must(await run.checkOff());
    must(await run.confirm());
    await desk.clock.pass(1_000);
    must(await run.confirm());
    const { id } = run.step(1);
    const plan = must(desk.runbooks.rollBackPlan(run.id, id));
    expect(plan.map(({ title, plan: one }) => [title, one?.command])).toEqual([
      ['Shift', 'nightdesk reroute triage --to default'],
      ['Stop', 'nightdesk resume triage'],
    ]);
    must(await run.tell({ do: 'roll-back', step: id }));
    await desk.clock.pass(2_000);
    expect(desk.runtime.executed.slice(2).map(({ action }) => action.verb)).toEqual(['reroute', 'resume']);
    expect(run.read()).toMatchObject({ current: id, rollingBackTo: null });
    expect(run.read().steps.map(({ state }) => state)).toEqual(['passed', 'todo', 'todo', 'todo']);
    expect(run.step(2).seen).toMatch(/^rolled back at \d\d:\d\d$/);
  });

  it('says of what ended by itself that there is nothing to undo', async () => {
    const run = await runOf('## Mitigate', PAUSE, SHIFT, '- [ ] Tell');
    must(await run.confirm());
    await desk.clock.pass(1_000);
    must(await run.confirm());
    await desk.clock.pass(1_800_000);
    const plan = must(desk.runbooks.rollBackPlan(run.id, run.step(0).id));
    expect(plan.map(({ title, says }) => [title, says])).toEqual([
      ['Shift', 'is undone'],
      ['Stop', 'has ended by itself: there is nothing to undo'],
    ]);
  });

  it('goes on after a crash in the middle, and undoes nothing twice', async () => {
    const run = await runOf('## Mitigate', PAUSE, SHIFT, '- [ ] Tell');
    must(await run.confirm());
    await desk.clock.pass(1_000);
    must(await run.confirm());
    desk.runtime.crashNext = 'after';
    await expect(run.tell({ do: 'roll-back', step: run.step(0).id })).rejects.toThrow('the desk died');
    await desk.restart();
    await desk.clock.pass(2_000);
    expect(desk.runtime.executed.slice(2).map(({ action }) => action.verb)).toEqual(['reroute', 'resume']);
    expect(run.next().title).toBe('Stop');
  });

  it('stops where an undo is not seen', async () => {
    const run = await runOf('## Mitigate', SHIFT, PAUSE, '- [ ] Tell');
    must(await run.confirm());
    await desk.clock.pass(1_000);
    must(await run.confirm());
    desk.runtime.sluggish = true;
    must(await run.tell({ do: 'roll-back', step: run.step(0).id }));
    must(await run.tell({ do: 'cancel', step: run.step(1).id, reason: 'it hangs' }));
    await desk.clock.pass(2_000);
    expect(run.read()).toMatchObject({ rollingBackTo: null });
    expect(run.step(0).state).toBe('passed');
    expect(run.step(1).state).toBe('failed');
  });
});

describe('a file that is edited while a run goes on', () => {
  it('is shown step by step; what is adopted is done, what is ignored is not asked again', async () => {
    const run = await runOf(
      '## Mitigate',
      '- [ ] One',
      '- [ ] Two',
      '- [ ] Three `notify channel=ops text="x" id=three`',
    );
    must(await run.checkOff());
    const hash = run.read().hash;
    writeFileSync(
      `${desk.folder}/test.md`,
      live(
        '## Mitigate',
        '- [ ] One, mended',
        '- [ ] Two',
        '- [ ] Between',
        '- [ ] Three `notify channel=ops text="y" id=three`',
      ),
    );
    const edited = await until(() => run.read().edited);
    expect(edited.changes.map(({ kind, title }) => [kind, title])).toEqual([
      ['changed', 'Three'],
      ['added', 'One, mended'],
      ['added', 'Between'],
    ]);
    const idOf = (title: string) => edited.changes.find((change) => change.title === title)?.step ?? '';
    must(await run.tell({ do: 'adopt', hash: edited.hash, steps: [idOf('Three'), idOf('Between')] }));
    must(await run.tell({ do: 'ignore', hash: edited.hash, steps: [idOf('One, mended')] }));
    expect(run.read()).toMatchObject({ edited: null, hash });
    expect(run.read().steps.map(({ title, state }) => [title, state])).toEqual([
      ['One', 'passed'],
      ['Two', 'todo'],
      ['Between', 'todo'],
      ['Three', 'todo'],
    ]);
    await desk.restart();
    expect(run.step(3).directive).toContain('text="y"');
    expect(await run.tell({ do: 'adopt', hash: 'another', steps: ['x'] })).toMatchObject({ ok: false });
  });
});

describe('the report of a run', () => {
  it('tells what was done, the time of each section, what did not serve and what to mend', async () => {
    const run = await runOf(
      '## Mitigate',
      PAUSE,
      '- [ ] Two',
      '## Verify',
      '- [ ] Holds `verify queued_tasks(agent=${agent}) == 0 within 1m`',
    );
    must(await run.confirm());
    await desk.clock.pass(60_000);
    must(await run.skip('done by the vendor'));
    must(await run.confirm());
    await desk.clock.pass(60_000);
    expect(await run.tell({ do: 'end' })).toMatchObject({ ok: false });
    must(await run.tell({ do: 'end', reason: 'handed to the vendor' }));
    const text = must(desk.runbooks.report(run.id));
    expect(text).toContain('ended after 2 min without proof of recovery');
    expect(text).toContain('- Two: skipped, done by the vendor');
    expect(text).toContain('Holds: failed, did not hold within 60 s: 30 queued');
    expect(text).toMatch(/- Verify: 60 s, 1 of 1 steps/);
    expect(text).toContain('+  - note: Run 1 was skipped: done by the vendor');
    expect(desk.runbooks.reportsOf(7)).toEqual([text]);
  });
});
