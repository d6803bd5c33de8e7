import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import type { Incident, IncidentDetail } from '#contract/incident.ts';
import { INCIDENT_LIFE } from '../../../electron/health/incident/life.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

const ANA: Actor = { name: 'ana', via: 'console' };
const BEN: Actor = { name: 'ben', via: 'cli' };

let test: TestHealth;
beforeEach(() => {
  test = startHealth({ 'invoice-triage': {}, 'reply-drafts': {}, elsewhere: { route: ['google/gemini'] } });
});
afterEach(() => test.close());

const desk = () => test.health.incidentPart.desk;
const texts = (id: number): string[] => test.health.incident(id)?.timeline.map((entry) => entry.text) ?? [];

async function opened(change: object = {}): Promise<Incident> {
  const made = await desk().open(
    { title: 'Customers call', severity: 'sev3', agents: ['invoice-triage'], ...change },
    ANA,
  );
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

function firing(provider: string): Promise<IncidentDetail> {
  test.setBreaker(provider, 'open', { calls: 20, errors: 15 });
  return until(() => {
    const [found] = test.health.incidents(true).filter(({ title }) => title.startsWith(provider));
    return found && test.health.incident(found.id);
  });
}

describe('the life of an incident', () => {
  it('is one table: acknowledged while it lasts, reopened only after its end, broken only by a rise', () => {
    expect(INCIDENT_LIFE).toEqual({
      open: { acknowledge: 'acknowledged', raised: null, resolve: 'resolved', reopen: null },
      acknowledged: { acknowledge: null, raised: 'open', resolve: 'resolved', reopen: null },
      resolved: { acknowledge: null, raised: null, resolve: null, reopen: 'open' },
    });
  });
});

describe('an incident opened by hand', () => {
  it('holds what was said, and who said it', async () => {
    const { id } = await opened({ note: 'Three tickets since noon.' });
    expect(test.health.incident(id)).toMatchObject({
      title: 'Customers call',
      state: 'open',
      severity: 'sev3',
      openedAt: NIGHT,
      openedBy: ANA,
      agents: ['invoice-triage'],
      alerts: [],
      timeline: [
        { kind: 'note', text: 'Three tickets since noon.', by: ANA },
        { kind: 'status', text: 'ana opened it, sev3', by: ANA },
      ],
    });
  });

  it('is acknowledged, resolved with a reason, and reopened with another', async () => {
    const { id } = await opened();
    await desk().acknowledge(id, BEN);
    expect(test.health.incident(id)).toMatchObject({ state: 'acknowledged', acknowledgedBy: BEN });
    test.clock.now += 60_000;
    await desk().resolve({ id, reason: 'the customer was wrong', anyway: false }, BEN);
    expect(test.health.incident(id)).toMatchObject({
      state: 'resolved',
      resolvedAt: NIGHT + 60_000,
      resolveReason: 'the customer was wrong',
    });
    expect(await desk().resolve({ id, reason: 'again', anyway: false }, BEN)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', message: `Incident ${id} is resolved already.` },
    });
    await desk().reopen({ id, reason: 'they were right' }, ANA);
    expect(test.health.incident(id)).toMatchObject({
      state: 'open',
      resolvedAt: null,
      resolveReason: null,
      acknowledgedBy: null,
    });
    expect(texts(id).slice(0, 2)).toEqual([
      'ana reopened it: they were right',
      'ben resolved it: the customer was wrong',
    ]);
    expect(await desk().reopen({ id, reason: 'again' }, ANA)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });

  it('is told of what happens to its agents, as those of alerts are', async () => {
    const { id } = await opened();
    test.emit({
      kind: 'intervention',
      interventions: [],
      by: BEN,
      text: 'ben paused invoice-triage',
      agent: 'invoice-triage',
    });
    await until(() => texts(id).includes('ben paused invoice-triage'));
    expect(test.health.incident(id)?.timeline[0]).toMatchObject({ kind: 'action', by: BEN });
  });
});

describe('the timeline of an incident', () => {
  const paused = (text: string) =>
    test.emit({ kind: 'intervention', interventions: [], by: BEN, text, agent: 'invoice-triage' });

  it('holds everything that was told while the disk refused writes, in order, once', async () => {
    const { id } = await opened();
    test.disk.full = true;
    paused('ben paused invoice-triage');
    test.health.addEntry(id, { at: test.clock.now, kind: 'run', text: 'run 7 began', by: BEN });
    paused('ben resumed invoice-triage');
    await until(() => test.disk.refused > 0);
    test.disk.full = false;
    await until(() => texts(id)[0] === 'ben resumed invoice-triage');
    expect(texts(id).toReversed()).toEqual([
      'ana opened it, sev3',
      'ben paused invoice-triage',
      'run 7 began',
      'ben resumed invoice-triage',
    ]);
    const changes = test.health.incidentPart.changes(NIGHT, test.clock.now).map(({ text }) => text);
    expect(changes.filter((text) => text.startsWith('ben')).toSorted()).toEqual([
      'ben paused invoice-triage',
      'ben resumed invoice-triage',
    ]);
  });

  it('is not lost with a desk that ends before the disk took it', async () => {
    const { id } = await opened();
    test.disk.full = true;
    paused('ben paused invoice-triage');
    await until(() => test.disk.refused > 0);
    test.disk.full = false;
    await test.restart();
    expect(texts(id)[0]).toBe('ben paused invoice-triage');
  });
});

describe('resolving by hand while an alert fires', () => {
  it('is refused with how many; said twice it is done, and the timeline says so', async () => {
    const { id } = await firing('google');
    expect(await desk().resolve({ id, reason: 'known outage', anyway: false }, ANA)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', message: '1 of its alerts still fires.' },
    });
    expect(test.health.incident(id)?.state).toBe('open');
    await desk().resolve({ id, reason: 'known outage', anyway: true }, ANA);
    expect(test.health.incident(id)?.state).toBe('resolved');
    expect(texts(id)[0]).toBe('ana resolved it: known outage, although 1 of its alerts still fires');
  });
});

describe('severity', () => {
  it('changes are logged with the reason; the same one is no change', async () => {
    const { id } = await opened();
    await desk().severity({ id, severity: 'sev1', reason: 'payments stop' }, ANA);
    await desk().severity({ id, severity: 'sev1' }, BEN);
    expect(test.health.incident(id)?.severity).toBe('sev1');
    expect(texts(id)).toEqual(['ana changed its severity from sev3 to sev1: payments stop', 'ana opened it, sev3']);
  });

  it('that rises breaks the acknowledgement of somebody else, not one’s own; one that falls breaks none', async () => {
    const { id } = await opened();
    await desk().acknowledge(id, ANA);
    await desk().severity({ id, severity: 'sev2' }, ANA);
    expect(test.health.incident(id)?.state).toBe('acknowledged');
    await desk().severity({ id, severity: 'sev1' }, BEN);
    expect(test.health.incident(id)).toMatchObject({ state: 'open', acknowledgedBy: null });
    await desk().acknowledge(id, ANA);
    await desk().severity({ id, severity: 'sev3' }, BEN);
    expect(test.health.incident(id)?.state).toBe('acknowledged');
  });
});

describe('roles', () => {
  const roles = (id: number) => test.health.incident(id)?.roles.map(({ role, holder }) => `${role} ${holder.name}`);

  it('one commander at a time, any number of responders', async () => {
    const { id } = await opened();
    await desk().take({ id, role: 'commander' }, ANA);
    await desk().take({ id, role: 'responder' }, ANA);
    await desk().take({ id, role: 'responder', holder: 'cleo' }, ANA);
    await desk().take({ id, role: 'commander' }, BEN);
    expect(roles(id)?.toSorted()).toEqual(['commander ben', 'responder ana', 'responder cleo']);
    expect(texts(id)[0]).toBe('ben took the role commander, after ana');
    expect(texts(id)[1]).toBe('ana gave cleo the role responder');
  });

  it('are left only by who holds them', async () => {
    const { id } = await opened();
    await desk().take({ id, role: 'communications' }, ANA);
    expect(await desk().release({ id, role: 'communications' }, BEN)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT' },
    });
    await desk().release({ id, role: 'communications' }, ANA);
    expect(roles(id)).toEqual([]);
  });

  it('are handed over with a note drafted from the record', async () => {
    const { id } = await firing('google');
    await desk().take({ id, role: 'commander' }, ANA);
    test.emit({ kind: 'intervention', interventions: [], by: ANA, text: 'ana paused elsewhere', agent: 'elsewhere' });
    await until(() => texts(id).includes('ana paused elsewhere'));
    const draft = desk().handoverDraft(id);
    expect(draft).toMatchObject({
      ok: true,
      value: {
        done: '- ana paused elsewhere',
        open: expect.stringContaining('google is down'),
        next: 'Start the runbook Provider down',
      },
    });
    if (!draft.ok) return;
    await desk().handOver({ id, role: 'commander', to: 'ben', note: { ...draft.value, next: 'Call the vendor' } }, ANA);
    expect(roles(id)).toEqual(['commander ben']);
    expect(test.health.incident(id)?.handovers).toMatchObject([
      { role: 'commander', from: ANA, to: 'ben', note: { done: '- ana paused elsewhere', next: 'Call the vendor' } },
    ]);
    expect(texts(id)[0]).toBe('ana handed the role commander over to ben. Next: Call the vendor');
  });
});

describe('the review', () => {
  it('is drafted anew until somebody saves it; then the text is theirs', async () => {
    const { id } = await opened();
    const first = desk().draft({ id, fresh: false });
    expect(first).toMatchObject({ ok: true, value: { version: 0, editedBy: null } });
    expect(await desk().saveDraft({ id, text: '# Ours', version: 0 }, ANA)).toMatchObject({
      ok: true,
      value: { version: 1 },
    });
    expect(desk().draft({ id, fresh: false })).toMatchObject({ ok: true, value: { text: '# Ours', editedBy: ANA } });
    expect(desk().draft({ id, fresh: true })).toMatchObject({
      ok: true,
      value: { text: expect.stringContaining('# Incident 1: Customers call'), version: 1 },
    });
  });

  it('is drafted from the whole timeline, however long: how it began is in its oldest entries', async () => {
    const { id } = await opened({ note: 'Three tickets since noon.' });
    for (let n = 0; n < 600; n += 1) {
      test.health.addEntry(id, { at: NIGHT + n, kind: 'note', text: `entry ${n}`, by: null });
    }
    await until(() => texts(id)[0] === 'entry 599');
    const draft = desk().draft({ id, fresh: true });
    expect(draft.ok && draft.value.text).toContain('Three tickets since noon.');
  });

  it('of two who save the same version, the second is told and nothing of the first is lost', async () => {
    const { id } = await opened();
    await desk().saveDraft({ id, text: 'by ana', version: 0 }, ANA);
    expect(await desk().saveDraft({ id, text: 'by ben', version: 0 }, BEN)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT', message: 'ana saved this review since you opened it.' },
    });
    expect(desk().draft({ id, fresh: false })).toMatchObject({ ok: true, value: { text: 'by ana' } });
    expect(await desk().saveDraft({ id, text: 'by ben', version: 1 }, BEN)).toMatchObject({ ok: true });
  });
});

it('whatever is asked of an incident that is not there is refused with where to look', async () => {
  const id = 9;
  const answers = [
    await desk().severity({ id, severity: 'sev1' }, ANA),
    await desk().take({ id, role: 'commander' }, ANA),
    await desk().resolve({ id, reason: 'none', anyway: false }, ANA),
    desk().draft({ id, fresh: false }),
    desk().handoverDraft(id),
    await desk().saveDraft({ id, text: '', version: 0 }, ANA),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
});
