import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import type { Incident, IncidentDetail } from '#contract/incident.ts';
import { startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

const ANA: Actor = { name: 'ana', via: 'console' };

let test: TestHealth;
beforeEach(() => {
  test = startHealth({ 'invoice-triage': { route: ['anthropic/claude'] }, elsewhere: { route: ['google/gemini'] } });
});
afterEach(() => test.close());

const desk = () => test.health.incidentPart.desk;
const texts = (id: number): string[] => test.health.incident(id)?.timeline.map((entry) => entry.text) ?? [];
function get(id: number): IncidentDetail {
  const found = test.health.incident(id);
  if (found === undefined) throw new Error(`no incident ${id}`);
  return found;
}

/** Takes a provider down, and waits for its incident. */
async function down(provider: string): Promise<number> {
  test.setBreaker(provider, 'open', { calls: 20, errors: 15 });
  const found = await until(() => test.health.incidents(true).find(({ title }) => title.startsWith(provider)));
  return found.id;
}

/** Two providers are down: two incidents. */
async function two(): Promise<{ source: number; target: number }> {
  const target = await down('anthropic');
  test.clock.now += 1_000;
  return { target, source: await down('google') };
}

async function merged(): Promise<{ source: number; target: number }> {
  const both = await two();
  expect(await desk().merge({ id: both.source, into: both.target }, ANA)).toMatchObject({
    ok: true,
    value: { id: both.target },
  });
  return both;
}

async function undo(id: number): Promise<Incident> {
  const undone = await desk().undo({ id, move: get(id).lastMove?.id ?? 0 }, ANA);
  if (!undone.ok) throw new Error(undone.error.message);
  return undone.value;
}

describe('a merge', () => {
  it('moves alerts, agents and timeline; the merged one points to the other', async () => {
    const { source, target } = await merged();
    expect(
      get(target)
        .alerts.map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['anthropic', 'google']);
    expect(get(target).agents).toEqual(['invoice-triage', 'elsewhere']);
    expect(texts(target)).toEqual(
      expect.arrayContaining(['Alert: breaker of google opens', 'Alert: breaker of anthropic opens']),
    );
    expect(get(target).merged).toMatchObject([{ id: source }]);
    expect(get(source)).toMatchObject({ state: 'resolved', mergedInto: target, alerts: [] });
    expect(texts(source)).toEqual([`ana merged it into incident ${target}`]);
  });

  it('takes what still comes to the merged one: its alert’s end, and entries of its runs', async () => {
    const { source, target } = await merged();
    test.health.addEntry(source, { at: test.clock.now, kind: 'run', text: 'a step passed', by: null });
    test.setBreaker('google', 'closed');
    await until(() => get(target).alerts.some(({ state }) => state === 'resolved'));
    await until(() => texts(target).includes('a step passed'));
    expect(get(target).state).toBe('open');
    expect(test.health.incidentPart.family(target)).toEqual([target, source]);
    test.setBreaker('anthropic', 'closed');
    await until(() => get(target).state === 'resolved');
  });

  it('is where an acknowledgement goes that names the merged one: the message that was read was older', async () => {
    const { source, target } = await merged();
    expect(await desk().acknowledge(source, ANA)).toMatchObject({
      ok: true,
      value: { id: target, state: 'acknowledged', acknowledgedBy: ANA },
    });
    expect(get(target).alerts.map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
    expect(get(source).state).toBe('resolved');
  });

  it('leaves nothing to do to the merged one', async () => {
    const { source, target } = await merged();
    for (const answer of [
      await desk().note(source, 'hello', ANA),
      await desk().reopen({ id: source, reason: 'not over' }, ANA),
      await desk().merge({ id: source, into: target }, ANA),
    ]) {
      expect(answer).toMatchObject({
        ok: false,
        error: { code: 'CONFLICT', message: `Incident ${source} was merged into ${target}.` },
      });
    }
  });

  it('is undone to what was before, with the end that came meanwhile', async () => {
    const { source, target } = await two();
    const before = { source: get(source), target: get(target) };
    await desk().merge({ id: source, into: target }, ANA);
    await undo(target);
    expect(get(source)).toMatchObject({
      state: 'open',
      mergedInto: null,
      resolvedAt: null,
      agents: before.source.agents,
    });
    expect(get(source).alerts).toEqual(before.source.alerts);
    expect(get(target).agents).toEqual(before.target.agents);
    expect(get(target).alerts).toEqual(before.target.alerts);
    expect(texts(source)).toEqual(expect.arrayContaining(['Alert: breaker of google opens']));
    expect(texts(target)).not.toContain('Alert: breaker of google opens');
    expect(get(target).lastMove).toBeNull();

    await desk().merge({ id: source, into: target }, ANA);
    test.setBreaker('google', 'closed');
    await until(() => get(target).alerts.some(({ state }) => state === 'resolved'));
    await undo(target);
    expect(get(source).state).toBe('resolved');
  });

  it('is refused with itself, with one that is not there, and undone but once', async () => {
    const { source, target } = await merged();
    expect(await desk().merge({ id: target, into: target }, ANA)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT' },
    });
    expect(await desk().merge({ id: target, into: 99 }, ANA)).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
    const move = get(target).lastMove?.id ?? 0;
    await undo(target);
    expect(await desk().undo({ id: source, move }, ANA)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });

  it('that something was built on is undone only after that', async () => {
    const { source, target } = await merged();
    const made = await desk().open({ title: 'All of it', severity: 'sev1', agents: [] }, ANA);
    if (!made.ok) throw new Error(made.error.message);
    const first = get(source).lastMove?.id ?? 0;
    await desk().merge({ id: target, into: made.value.id }, ANA);
    expect(await desk().undo({ id: source, move: first }, ANA)).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT' },
    });
    await undo(made.value.id);
    await undo(source);
    expect(get(source)).toMatchObject({ state: 'open', alerts: [{ subject: 'google' }] });
    expect(get(target)).toMatchObject({ state: 'open', alerts: [{ subject: 'anthropic' }] });
    expect(get(made.value.id).alerts).toEqual([]);
  });

  it('into one that is resolved opens that one again: what still hurts is not over', async () => {
    const source = await down('google');
    const made = await desk().open({ title: 'Yesterday', severity: 'sev2', agents: [] }, ANA);
    if (!made.ok) throw new Error(made.error.message);
    await desk().resolve({ id: made.value.id, reason: 'over', anyway: false }, ANA);
    await desk().merge({ id: source, into: made.value.id }, ANA);
    expect(get(made.value.id).state).toBe('open');
  });
});

describe('a split', () => {
  async function split(): Promise<{ whole: number; part: number }> {
    const { source, target: whole } = await merged();
    const chosen = get(whole).alerts.filter(({ subject }) => subject === 'google');
    const made = await desk().split({ id: whole, alerts: chosen.map(({ id }) => id) }, ANA);
    if (!made.ok) throw new Error(made.error.message);
    expect(made.value.id).not.toBe(source);
    return { whole, part: made.value.id };
  }

  it('makes an incident of the chosen alerts, with their agents', async () => {
    const { whole, part } = await split();
    expect(get(part)).toMatchObject({
      state: 'open',
      agents: ['elsewhere'],
      alerts: [{ subject: 'google', state: 'firing' }],
    });
    expect(get(whole).alerts.map(({ subject }) => subject)).toEqual(['anthropic']);
    test.setBreaker('google', 'closed');
    await until(() => get(part).state === 'resolved');
    expect(get(whole).state).toBe('open');
  });

  it('is refused where nothing would be left, or the alert is not there', async () => {
    const { target } = await two();
    for (const alerts of [get(target).alerts.map(({ id }) => id), ['nonsense']]) {
      expect(await desk().split({ id: target, alerts }, ANA)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    }
  });

  it('is taken back with what was written there meanwhile', async () => {
    const { whole, part } = await split();
    await desk().note(part, 'seen at the vendor', ANA);
    await undo(whole);
    expect(
      get(whole)
        .alerts.map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['anthropic', 'google']);
    expect(texts(whole)).toContain('seen at the vendor');
    expect(get(part)).toMatchObject({ state: 'resolved', mergedInto: whole, alerts: [] });
  });
});
