import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '../../electron/cli/output.ts';
import type { TestDesk } from '../support/desk.ts';
import { dataFolder } from '../support/desk.ts';
import { connectAs } from '../support/person.ts';
import { startRehearsal } from '../support/rehearsal.ts';
import { addTwoPeople } from '../support/two-people.ts';
import { until } from '../support/until.ts';
import { documentOf, errorOf, stoppedOf } from './answer.ts';

const TRAFFIC_PER_MINUTE = 120;
/** Of the whole night: a verify step alone holds for 20 s. */
const NIGHT_MS = 400_000;

type Stopped = Extract<Output<'runbook run'>, { event: 'stopped' }>;

describe('a night by the command line alone', () => {
  let desk: TestDesk;

  beforeAll(async () => {
    const folder = dataFolder();
    addTwoPeople(folder);
    desk = await startRehearsal(TRAFFIC_PER_MINUTE, { folder });
  });
  afterAll(() => desk.close());

  /** What a person says at the step where a run stopped: the first choice, or that it is done. */
  function said({ open, waitsFor }: Stopped): string {
    if (open === null) throw new Error(waitsFor ?? 'the run has ended');
    const [choice] = open.choices;
    if (open.verb === 'ask') return `${open.id}=${choice?.value}`;
    if (open.directive === null) return `${open.id}=done`;
    throw new Error(`${open.id}: ${waitsFor}`);
  }

  it(
    'goes from a firing alert over a killed desk to a recovery that is proven',
    async () => {
      expect((await desk.cli('fault', 'anthropic', '--down')).code).toBe(0);
      const incident = await until(async () => {
        const { incidents } = documentOf('incident list', await desk.cli('incident', 'list', '--json'));
        return incidents.find((one) => one.runbooks.some(({ name }) => name === 'provider-down'));
      });
      const begun = await desk.cli(
        'runbook',
        'run',
        'provider-down',
        '--incident',
        String(incident.id),
        '--yes',
        '--json',
      );
      const first = stoppedOf(begun);
      expect(begun.code, first.waitsFor ?? '').toBe(12);
      expect(first.open).toMatchObject({ verb: 'ask' });
      expect(first.run.steps.find(({ verb }) => verb === 'pause')).toMatchObject({ state: 'passed' });

      const { folder } = desk;
      await desk.kill();
      desk = await startRehearsal(TRAFFIC_PER_MINUTE, { folder });
      const id = String(first.run.id);
      const open = documentOf('runbook runs', await desk.cli('runbook', 'runs', '--open', '--json')).runs;
      expect(open).toMatchObject([{ id: first.run.id, current: first.open?.id }]);

      let answer = begun;
      for (let stops = 0; stops < 10 && answer.code === 12; stops += 1) {
        answer = await desk.cli('runbook', 'resume', id, '--yes', '--answer', said(stoppedOf(answer)), '--json');
      }
      const last = stoppedOf(answer);
      expect(last.run, last.waitsFor ?? '').toMatchObject({ outcome: 'recovered', current: null });
      expect(answer.code).toBe(0);
      expect((await desk.cli('runbook', 'export', id)).out).toContain('Fired: provider-breaker-open');
      const { library } = documentOf('runbook metrics', await desk.cli('runbook', 'metrics', '--json'));
      expect(library?.runbooks.find(({ runbook }) => runbook === 'provider-down')).toMatchObject({
        freshness: 'proven',
        lastProven: { run: first.run.id, rehearsal: true },
      });
    },
    NIGHT_MS,
  );

  it('acts on the approval of a second person, who was invited by name', async () => {
    const begun = await desk.cli('runbook', 'run', 'two-people', '--input', 'agent=reply-drafts', '--yes', '--json');
    const { run } = stoppedOf(begun);
    const id = String(run.id);
    expect((await desk.cli('runbook', 'approve', id)).code).toBe(0);
    expect(errorOf(await desk.cli('runbook', 'approve', id, '--json'))).toMatchObject({ code: 'CONFLICT' });
    expect((await desk.client.agents.get({ name: 'reply-drafts' })).intake).toBe('open');

    const { address } = documentOf('invite', await desk.cli('invite', 'ben', '--json'));
    const ben = await connectAs(address);
    const { steps, current } = await ben.client.runs.get({ id: run.id });
    await ben.client.runs.command({ id: run.id, command: { do: 'confirm', step: current ?? '' } });
    ben.close();
    expect(steps[0]).toMatchObject({ approvals: 2, approvedBy: [run.holder.name] });

    const proven = await desk.cli('runbook', 'resume', id, '--yes', '--json');
    const { run: ended } = stoppedOf(proven);
    expect(ended).toMatchObject({ outcome: 'recovered' });
    expect(ended.steps[0]?.approvedBy).toEqual([run.holder.name, 'ben']);
    expect(proven.code).toBe(0);
  });
});
