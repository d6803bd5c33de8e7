import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, runCli, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterAll(() => desk.close());

describe('actions', () => {
  it('are planned on standard error, and end when their effect was seen', async () => {
    const paused = await desk.cli('pause', 'moody', '--for', '30m');
    expect(paused.code).toBe(0);
    expect(paused.err).toMatch(/^Will change {2}Intake of moody: open → paused/);
    expect(paused.out).toMatch(/^Done, seen after .+: intake paused, 0 running, 0 wait\n$/);
    const status = await desk.cli('status');
    expect(status.out).toMatch(/moody +.+ paused /);
    expect(status.out).toMatch(/pause moody, for another (29 min|30 min)/);

    const resumed = await desk.cli('resume', 'moody', '--json');
    expect(resumed).toMatchObject({ code: 0, err: '' });
    expect(documentOf('action', resumed)).toMatchObject({
      plan: { command: 'nightdesk resume moody' },
      receipt: { repeated: false },
      outcome: { state: 'applied' },
    });
  });

  it('say so when the effect is not there in time', async () => {
    const { id } = await desk.client.tasks.submit({ agent: 'moody', input: { mood: 'hangs' } });
    await until(async () => (await desk.client.tasks.get({ id })).state === 'running');
    const drained = await desk.cli('drain', 'moody', '--timeout', '200ms', '--json');
    expect(drained.code).toBe(11);
    expect(documentOf('action', drained).outcome.state).toBe('pending');
    await desk.cli('cancel', id);
    expect((await desk.cli('resume', 'moody')).code).toBe(0);
  });

  it('reroute within the route and back', async () => {
    const there = await desk.cli('reroute', 'invoice-triage', '--to', 'openai', '--for', '2h');
    expect(there).toMatchObject({ code: 0, out: expect.stringContaining('route openai → anthropic') });
    const back = await desk.cli('reroute', 'invoice-triage', '--to', 'default');
    expect(back.out).toContain('route anthropic → openai');
    const refused = errorOf(await desk.cli('reroute', 'invoice-triage', '--to', 'nobody', '--json'));
    expect(refused).toMatchObject({ exit: 2, code: 'BAD_INPUT', next: expect.stringContaining('anthropic, openai') });
  });
});

describe('providers and faults', () => {
  it('dials a fault, shows it and takes it away', async () => {
    const dialled = await desk.cli('fault', 'openai', '--error-rate', '0.25', '--latency', '2s', '--json');
    expect(documentOf('fault', dialled).fault).toEqual({ errorRate: 0.25, latencyMs: 2_000, down: false });
    const list = await desk.cli('providers');
    expect(list.out).toMatch(/openai +rehearsal +closed .+25% of calls fail, 2 s slower/);
    expect((await desk.cli('fault', 'openai', '--clear')).out).toBe('openai: no fault\n');
    const cleared = documentOf('providers', await desk.cli('providers', '--json'));
    expect(cleared.providers.map(({ fault }) => fault)).toEqual(cleared.providers.map(() => null));
  });

  it('answers an outage with an incident, which can be acknowledged', async () => {
    await desk.cli('fault', 'anthropic', '--down');
    const input = {
      invoice: 'INV-1',
      vendor: 'Nordwind Logistik GmbH',
      total: 1,
      currency: 'EUR',
      due: '2026-12-03',
      lines: [],
    };
    await Promise.all(Array.from({ length: 30 }, () => desk.client.tasks.submit({ agent: 'invoice-triage', input })));
    await until(async () => (await desk.client.incidents.list({})).length > 0);
    const [incident] = documentOf('incidents', await desk.cli('incidents', '--json')).incidents;
    expect(incident).toMatchObject({ state: 'open', runbooks: [{ name: 'provider-down' }] });
    const acknowledged = await desk.cli('ack', `#${incident?.id}`, '--json');
    expect(documentOf('ack', acknowledged)).toMatchObject({ id: incident?.id, state: 'acknowledged' });
    expect((await desk.cli('incidents', '--all')).out).toMatch(/#1 +sev2 +acknowledged .+ is down.+provider-down/);
    const status = documentOf('status', await desk.cli('status', '--json'));
    expect(status).toMatchObject({ about: { rehearsal: true }, incidents: [{ id: incident?.id }] });
    await desk.cli('fault', 'anthropic', '--clear');
  });
});

describe('what is typed wrong', () => {
  it.each([
    [['fault', 'openai'], 2, 'No fault is named'],
    [['fault', 'openai', '--error-rate', '1.5'], 2, 'from 0 to 1'],
    [['fault', 'openai', '--latency', '20m'], 2, '10m at most'],
    [['fault', 'openai', '--down', '--clear'], 2, 'cannot be used with'],
    [['fault', 'nobody', '--down'], 3, 'no provider "nobody"'],
    [['pause', 'moody', '--for', '0s'], 2, 'longer than nothing'],
    [['pause', 'nobody'], 3, 'no agent "nobody"'],
    [['ack', 'first'], 2, 'its number'],
    [['ack', '99'], 3, 'no incident 99'],
    [['serve', '--port', 'x'], 2, 'from 0 to 65535'],
    [['serve', '--host', '0.0.0.0'], 4, 'A desk already runs'],
    [['statsu'], 2, "'statsu'"],
    [['status', '--jsno'], 2, "'--jsno'"],
    [['pause'], 2, "'agent'"],
  ])('%j is refused with %i', async (words, exit, said) => {
    const [human, machine] = await Promise.all([desk.cli(...words), desk.cli(...words, '--json')]);
    expect(human).toMatchObject({ code: exit, out: '', err: expect.stringContaining(said) });
    expect(machine.err).toBe('');
    expect(errorOf(machine)).toMatchObject({ exit, message: expect.stringContaining(said) });
  });
});

describe('a desk that is not there', () => {
  it('is said with the folder', async () => {
    const folder = dataFolder();
    const answer = errorOf(await runCli(folder, 'status', '--json'));
    expect(answer).toMatchObject({ exit: 9, code: 'UNREACHABLE', next: expect.stringContaining(folder) });
  });

  it('is told apart from real work, which takes no faults', async () => {
    const real = await startDesk(dataFolder());
    try {
      const answer = errorOf(await real.cli('fault', 'anthropic', '--down', '--json'));
      expect(answer).toMatchObject({ exit: 6, code: 'NOT_REHEARSAL' });
    } finally {
      await real.close();
    }
  });

  it('is said when it dies in the middle of a wait', async () => {
    const dying = await startDesk(dataFolder(TEST_AGENTS));
    const { id } = await dying.client.tasks.submit({ agent: 'moody', input: { mood: 'hangs' } });
    await until(async () => (await dying.client.tasks.get({ id })).state === 'running');
    const waiting = dying.cli('drain', 'moody', '--json');
    await until(async () => (await dying.client.actions.interventions()).length > 0);
    await dying.kill();
    expect(errorOf(await waiting)).toMatchObject({ exit: 9, code: 'UNREACHABLE' });
  });
});

describe('serve', () => {
  it('on a folder that is taken gives a fresh address of the desk there', async () => {
    const refused = errorOf(await desk.cli('serve', '--json'));
    expect(refused).toMatchObject({ exit: 4, code: 'CONFLICT' });
    const address = /http:\S+token=\S+/.exec(refused.next)?.[0] ?? '';
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
  });
});
