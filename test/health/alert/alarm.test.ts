import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GROUP_MS } from '../../../electron/health/alert/group.ts';
import { ACKNOWLEDGED_MS, FLAP_STILL_MS, REMEMBERED_MS, REOPEN_MS } from '../../../electron/health/alert/life.ts';
import { type AlarmBed, ANA, alarmBed, MINUTE, NIGHT, providerDown, signal } from './harness.ts';

let bed: AlarmBed;
beforeEach(() => {
  bed = alarmBed();
});
afterEach(() => bed.close());

/** By subject, then rule. */
const views = () =>
  bed.alarm
    .views(bed.alarm.kept())
    .toSorted((a, b) => a.subject.localeCompare(b.subject) || a.rule.localeCompare(b.rule));
const only = () => {
  const [alert, ...others] = views();
  if (alert === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} alerts`);
  return alert;
};
const open = () => bed.incidents.open().map(({ id, title }) => `${id} ${title}`);

const slow = (change = {}) => signal('success-burn-slow', change);
const fast = (change = {}) => signal('success-burn-fast', change);

describe('an alert that must hold for a while', () => {
  const held = (event: 'holds' | 'cleared' | 'no-data' = 'holds') => signal('no-success', { forMs: 5 * MINUTE, event });

  it('pends, tells nobody and opens nothing until it held that long', () => {
    bed.hear([held()]);
    bed.hear([held()], 5 * MINUTE - 1);
    expect(only()).toMatchObject({ state: 'pending', incident: null });
    expect([open(), bed.told()]).toEqual([[], []]);
    bed.hear([held()], 1);
    expect(only()).toMatchObject({ state: 'firing', incident: 1 });
    expect(bed.told()).toEqual(['trigger pager']);
  });

  it('is forgotten when it is over before, and begins anew', () => {
    bed.hear([held()]);
    bed.hear([held('cleared')], 4 * MINUTE);
    bed.hear([held()], MINUTE);
    bed.hear([held()], 4 * MINUTE);
    expect(only().state).toBe('pending');
  });

  it('goes on pending over a restart, from when it began', () => {
    bed.hear([held()]);
    bed.restart();
    bed.hear([held()], 5 * MINUTE);
    expect(only().state).toBe('firing');
  });
});

describe('rules of one kind about one thing', () => {
  it('make one alert under one key, which the worst rule speaks for', () => {
    bed.hear([slow(), fast({ event: 'cleared' })]);
    const { key } = only();
    expect(only()).toMatchObject({ severity: 'ticket', rule: 'success-burn-slow' });
    expect(bed.told()).toEqual(['trigger mail']);
    bed.hear([slow(), fast()], MINUTE);
    expect(only()).toMatchObject({ key, severity: 'page', rule: 'success-burn-fast' });
    // The same key, and the routes of the severity it rose to beside those that know of it.
    expect(bed.told()).toEqual(['trigger mail pager']);
    expect(bed.notices.every(({ alert }) => alert.key === key)).toBe(true);
    bed.hear([slow(), fast({ event: 'cleared' })], MINUTE);
    expect(only()).toMatchObject({ severity: 'ticket', state: 'firing' });
    expect(bed.told()).toEqual([]);
    bed.hear([slow({ event: 'cleared' }), fast({ event: 'cleared' })], MINUTE);
    expect(bed.told()).toEqual(['resolve mail pager']);
  });

  it('have other keys in another environment, type or objective, not with another value', () => {
    bed.hear([fast(), fast({ type: 'refund' }), fast({ objective: 'gold' })]);
    expect(new Set(views().map(({ key }) => key)).size).toBe(3);
    const before = views().map(({ key }) => key);
    bed.hear([fast({ value: '40 of 41' }), fast({ type: 'refund' }), fast({ objective: 'gold' })], MINUTE);
    expect(views().map(({ key }) => key)).toEqual(before);
    bed.settings.environment = 'staging';
    bed.hear([fast({ subject: 'reply-drafts' })]);
    bed.settings.environment = 'production';
    expect(new Set(views().map(({ key }) => key)).size).toBe(4);
  });
});

describe('missing data', () => {
  it.each(['no-data', 'uncertain'] as const)('(%s) never resolves an alert, however long it lasts', (event) => {
    bed.hear([fast()]);
    for (let hour = 0; hour < 48; hour += 1) bed.hear([fast({ event })], 60 * MINUTE);
    expect(only().state).toBe('firing');
    expect(only().covers.map(({ cover }) => cover)).toEqual(event === 'no-data' ? ['frozen'] : []);
  });

  it('of a rule that nobody judges any more freezes its alert, and says so', () => {
    bed.hear([fast()]);
    // Some rules look once a minute.
    for (let minute = 0; minute < 2; minute += 1) bed.hear([], MINUTE);
    expect(only().covers).toEqual([]);
    bed.hear([], MINUTE);
    expect(only()).toMatchObject({
      state: 'firing',
      covers: [{ cover: 'frozen', why: 'nothing judges it any more: it stays as it was' }],
    });
  });
});

describe('an acknowledgement', () => {
  beforeEach(() => {
    bed.settings.escalate = [
      { after: 10 * MINUTE, to: ['lead'] },
      { after: 20 * MINUTE, to: ['boss'] },
    ];
    bed.hear([slow({ severity: 'page' })]);
    bed.told();
  });
  const hear = (afterMs: number) => bed.hear([slow({ severity: 'page' })], afterMs);

  it('stops escalation, is told, and ends after 30 min: then it is told again and escalates anew', async () => {
    await bed.people.acknowledge(only().key, ANA);
    expect(bed.told()).toEqual(['acknowledge pager']);
    hear(ACKNOWLEDGED_MS - 1);
    expect(only()).toMatchObject({ state: 'acknowledged', acknowledgedBy: ANA });
    expect(bed.told()).toEqual([]);
    hear(1);
    expect(only()).toMatchObject({ state: 'firing', acknowledgedBy: null });
    expect(bed.told()).toEqual(['trigger pager']);
    expect(bed.incidents.one(1)?.state).toBe('open');
    hear(10 * MINUTE);
    expect(bed.told()).toEqual(['escalate lead']);
  });

  it('given again starts its 30 min anew', async () => {
    await bed.people.acknowledge(only().key, ANA);
    bed.clock.now += 20 * MINUTE;
    await bed.people.acknowledge(only().key, ANA);
    hear(20 * MINUTE);
    expect(only().state).toBe('acknowledged');
  });

  it('outlives a restart, and ends while the desk is down', async () => {
    await bed.people.acknowledge(only().key, ANA);
    bed.restart();
    expect(only()).toMatchObject({ state: 'acknowledged', acknowledgedBy: ANA });
    bed.clock.now += ACKNOWLEDGED_MS;
    bed.restart();
    hear(0);
    expect(only().state).toBe('firing');
  });

  it('of all that fires makes the incident acknowledged; one that does not, does not', async () => {
    bed.hear([slow({ severity: 'page' }), signal('latency-objective')]);
    const [first, second] = views();
    await bed.people.acknowledge(first?.key ?? '', ANA);
    expect(bed.incidents.one(1)?.state).toBe('open');
    await bed.people.acknowledge(second?.key ?? '', ANA);
    expect(bed.incidents.one(1)).toMatchObject({ state: 'acknowledged', acknowledged_by: JSON.stringify(ANA) });
  });

  it('nobody gives is escalated step by step, each once', () => {
    hear(10 * MINUTE - 1);
    expect(bed.told()).toEqual([]);
    hear(1);
    hear(MINUTE);
    bed.restart();
    hear(8 * MINUTE);
    expect(bed.told()).toEqual(['escalate lead']);
    hear(MINUTE);
    hear(60 * MINUTE);
    expect(bed.told()).toEqual(['escalate boss']);
    bed.hear([slow({ severity: 'page', event: 'cleared' })], MINUTE);
    expect(bed.told()).toEqual(['resolve pager lead boss']);
  });

  it('is not waited for when a person escalates', async () => {
    expect(await bed.people.escalate(only().key, ANA)).toMatchObject({ ok: true, value: { escalated: 1 } });
    expect(bed.told()).toEqual(['escalate lead']);
    await bed.people.escalate(only().key, ANA);
    expect(await bed.people.escalate(only().key, ANA)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    expect(bed.told()).toEqual(['escalate boss']);
    expect(bed.timeline(1)).toContain('Escalated to lead');
  });
});

describe('an acknowledgement of a ticket', () => {
  it('breaks when it becomes a page, and its snooze, too', async () => {
    bed.hear([slow(), fast({ event: 'cleared' })]);
    await bed.people.acknowledge(only().key, ANA);
    await bed.people.snooze(only().key, 60 * MINUTE, ANA);
    bed.told();
    bed.hear([slow(), fast()], MINUTE);
    expect(only()).toMatchObject({ state: 'firing', severity: 'page', acknowledgedBy: null, covers: [] });
    expect(bed.told()).toEqual(['trigger mail pager']);
  });

  it('is not needed for it to wait: a ticket escalates by hand only', () => {
    bed.settings.escalate = [{ after: MINUTE, to: ['lead'] }];
    bed.hear([slow()]);
    bed.hear([slow()], 600 * MINUTE);
    expect(bed.told()).toEqual(['trigger mail']);
  });
});

describe('a silence', () => {
  const matcher = { agent: 'invoice-*', severity: 'page' as const };
  const silence = () => bed.people.silence({ matcher, forMs: 30 * MINUTE, reason: 'vendor works on it' }, ANA);

  it('keeps people from being told until it ends; what fires still is told then', async () => {
    await silence();
    bed.hear([fast(), slow({ subject: 'reply-drafts' })]);
    expect(bed.told()).toEqual(['trigger mail']);
    const covered = views().find(({ subject }) => subject === 'invoice-triage');
    expect(covered?.covers).toMatchObject([
      { cover: 'silenced', why: 'ana: vendor works on it', until: bed.clock.now + 30 * MINUTE },
    ]);
    bed.restart();
    bed.hear([fast()], 30 * MINUTE - 1);
    expect(bed.told()).toEqual([]);
    bed.hear([fast()], 1);
    expect(bed.told()).toEqual(['trigger pager']);
  });

  it('tells nothing of what came and went under it', async () => {
    await silence();
    bed.hear([fast()]);
    bed.hear([fast({ event: 'cleared' })], MINUTE);
    bed.hear([], 60 * MINUTE);
    expect(bed.told()).toEqual([]);
  });

  it('does not keep the end of what was told from being told', async () => {
    bed.hear([fast()]);
    await silence();
    bed.hear([fast({ event: 'cleared' })], MINUTE);
    expect(bed.told()).toEqual(['trigger pager', 'resolve pager']);
  });

  it('ends early by a person, and escalation counts from then', async () => {
    bed.settings.escalate = [{ after: 10 * MINUTE, to: ['lead'] }];
    const made = await silence();
    bed.hear([fast()]);
    bed.clock.now += 20 * MINUTE;
    if (made.ok) await bed.people.unsilence(made.value.id, ANA);
    expect(bed.alarm.silences()).toEqual([]);
    bed.hear([fast()]);
    expect(bed.told()).toEqual(['trigger pager']);
    bed.hear([fast()], 10 * MINUTE);
    expect(bed.told()).toEqual(['escalate lead']);
  });

  it('that is not there is refused', async () => {
    expect(await bed.people.unsilence(7, ANA)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
});

describe('a snooze', () => {
  it('keeps one alert from being told for a while; when it ends and it fires, it is told', async () => {
    bed.settings.escalate = [{ after: 5 * MINUTE, to: ['lead'] }];
    bed.hear([fast()]);
    expect(await bed.people.snooze(only().key, 20 * MINUTE, ANA)).toMatchObject({
      ok: true,
      value: { covers: [{ cover: 'snoozed', why: 'by ana' }] },
    });
    bed.told();
    bed.hear([fast()], 19 * MINUTE);
    expect(bed.told()).toEqual([]);
    bed.hear([fast()], MINUTE);
    expect(bed.told()).toEqual(['escalate lead']);
  });
});

describe('what a provider that is down causes', () => {
  it('goes to its incident and is not told; alerts of agents that start elsewhere are', () => {
    bed.hear([providerDown()]);
    bed.hear([providerDown(), fast(), fast({ subject: 'reply-drafts' })], 20 * MINUTE);
    const [cause, caused, other] = views();
    expect(caused).toMatchObject({
      incident: cause?.incident,
      covers: [{ cover: 'inhibited', why: 'provider-breaker-open of anthropic explains it' }],
    });
    expect(other).toMatchObject({ incident: 2, covers: [] });
    expect(bed.told()).toEqual(['trigger pager', 'trigger pager']);
  });

  it('is told when the provider is back and it is not', () => {
    bed.hear([providerDown(), fast()]);
    expect(bed.told()).toEqual(['trigger pager']);
    bed.hear([providerDown('cleared'), fast()], MINUTE);
    expect(bed.told().toSorted()).toEqual(['resolve pager', 'trigger pager']);
  });

  it('does not hide what it does not cause: a budget, a lost worker', () => {
    bed.hear([providerDown(), signal('budget-reached')]);
    expect(bed.told()).toEqual(['trigger pager', 'trigger pager']);
  });
});

describe('inhibitions of files', () => {
  it('mute by matchers and equal labels, and never all of a circle', () => {
    const a = { rule: 'no-tasks' };
    const b = { rule: 'queue-growing' };
    bed.files.inhibit = [
      { when: a, mute: b, equal: ['agent'] },
      { when: b, mute: a, equal: ['agent'] },
    ];
    bed.hear([signal('no-tasks'), signal('queue-growing'), signal('queue-growing', { subject: 'reply-drafts' })]);
    const covers = views().map(({ rule, subject, covers }) => `${rule} ${subject}: ${covers[0]?.cover ?? 'told'}`);
    expect(covers.filter((one) => one.includes('invoice-triage') && one.endsWith('told'))).toHaveLength(1);
    expect(covers).toContain('queue-growing reply-drafts: told');
  });
});

describe('grouping', () => {
  it('puts alerts of one agent within five minutes into one incident, later ones into another', () => {
    bed.hear([fast()]);
    bed.hear([fast(), signal('latency-objective')], GROUP_MS);
    expect(open()).toEqual(['1 success-burn-fast of invoice-triage']);
    bed.hear([fast(), signal('latency-objective'), signal('correctness-drop')], GROUP_MS + 1);
    expect(open()).toHaveLength(2);
  });

  it('keeps providers apart, and gives a budget of the provider to its incident', () => {
    bed.hear([providerDown(), providerDown('holds', 'openai')]);
    expect(open()).toHaveLength(2);
    bed.hear([
      providerDown(),
      providerDown('holds', 'openai'),
      signal('budget-reached', { subject: 'provider:openai', labels: { provider: 'openai' }, agents: [] }),
    ]);
    expect(open()).toHaveLength(2);
  });

  it('makes one incident of what an Alertmanager tells by one name', () => {
    const outside = (alertname: string, n: number) =>
      signal('alertmanager-alert', { subject: `${alertname}/${n}`, agents: [], labels: { alertname } });
    bed.hear([outside('ProbeFailure', 1), outside('ProbeFailure', 2), outside('DiskFull', 3)]);
    bed.hear([outside('ProbeFailure', 1), outside('ProbeFailure', 2), outside('ProbeFailure', 4)], GROUP_MS);
    expect(
      bed.alerts
        .ofIncident(1)
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['ProbeFailure/1', 'ProbeFailure/2', 'ProbeFailure/4']);
    expect(open()).toHaveLength(2);
  });

  it('lets a provider join the incident of an agent that it explains', () => {
    bed.hear([fast()]);
    bed.hear([fast(), providerDown()], MINUTE);
    expect(open()).toHaveLength(1);
  });
});

describe('an alert that is over', () => {
  it.each([
    [REOPEN_MS, 1, 'the same incident'],
    [REOPEN_MS + 1, 2, 'a new one'],
  ])('and fires again after %i ms opens incident %i: %s', (afterMs, incident) => {
    bed.hear([fast()]);
    bed.hear([fast({ event: 'cleared' })], MINUTE);
    expect(bed.incidents.one(1)?.state).toBe('resolved');
    bed.hear([fast()], afterMs);
    expect(only()).toMatchObject({ state: 'firing', incident });
    expect(bed.incidents.one(incident)?.state).toBe('open');
  });

  it('by a person’s word is quiet for half an hour while it holds, and speaks at once when it was over between', () => {
    bed.hear([fast()]);
    bed.people.closeIncident(1, ANA);
    bed.hear([fast()], ACKNOWLEDGED_MS - 1);
    expect(only().state).toBe('resolved');
    expect(bed.told()).toEqual(['trigger pager', 'resolve pager']);
    bed.hear([fast()], 1);
    expect(only().state).toBe('firing');
    bed.people.closeIncident(only().incident ?? 0, ANA);
    bed.hear([fast({ event: 'cleared' })], MINUTE);
    bed.hear([fast()], MINUTE);
    expect(only().state).toBe('firing');
  });
});

describe('an alert that flaps', () => {
  function flap(times: number): void {
    for (let turn = 0; turn < times; turn += 1)
      bed.hear([fast({ event: turn % 2 === 0 ? 'holds' : 'cleared' })], MINUTE);
  }

  it('holds its notices, says so, goes on escalating, and is told as it stands when it stands still', () => {
    bed.settings.escalate = [{ after: 8 * MINUTE, to: ['lead'] }];
    flap(6);
    expect(bed.told()).toEqual([
      'trigger pager',
      'resolve pager',
      'trigger pager',
      'resolve pager',
      'trigger pager',
      'resolve pager',
    ]);
    expect(bed.timeline(1).some((text) => text.includes('comes and goes'))).toBe(true);
    flap(9);
    expect(bed.told()).toEqual(['escalate lead']);
    expect(only().covers.map(({ cover }) => cover)).toEqual(['flapping']);
    bed.hear([fast()], FLAP_STILL_MS);
    expect(bed.told()).toEqual(['trigger lead pager']);
    expect(only().covers).toEqual([]);
  });
});

describe('a commit that fails', () => {
  it('tells nobody and changes nothing; the next look does it all, once', () => {
    bed.failAfter(0);
    bed.hear([fast()]);
    expect([bed.told(), open(), views()]).toEqual([[], [], []]);
    bed.hear([fast()]);
    bed.hear([fast()]);
    expect([bed.told(), open()]).toEqual([['trigger pager'], ['1 success-burn-fast of invoice-triage']]);
  });
});

describe('an alert that is over for long', () => {
  const other = (event: 'holds' | 'cleared') => signal('no-success', { subject: 'reply-drafts', event });
  const rows = () => bed.alerts.standings().map(({ about }) => about);

  it('is not kept any more: one that fires later begins anew, under the same key', () => {
    bed.hear([fast()]);
    bed.hear([fast({ event: 'cleared' })], MINUTE);
    const { key } = only();
    bed.hear([fast({ event: 'cleared' })], REMEMBERED_MS - 1);
    expect(rows()).toHaveLength(1);
    bed.hear([fast({ event: 'cleared' })], MINUTE);
    expect([rows(), views()]).toEqual([[], []]);
    // What fired is history, and stays.
    expect(bed.alerts.ofIncident(1)).toHaveLength(1);
    bed.hear([fast()], MINUTE);
    expect(only()).toMatchObject({ key, state: 'firing', incident: 2 });
    bed.restart();
    expect(only()).toMatchObject({ key, state: 'firing' });
  });

  it('is kept while it fires, however long', () => {
    bed.hear([fast(), other('holds')]);
    bed.hear([fast(), other('holds')], 2 * REMEMBERED_MS);
    expect(rows()).toHaveLength(2);
    bed.hear([fast(), other('cleared')], MINUTE);
    bed.hear([fast()], 2 * REMEMBERED_MS);
    expect(only()).toMatchObject({ rule: 'success-burn-fast', state: 'firing' });
  });

  it('leaves nothing behind, however many there were', () => {
    const many = (event: 'holds' | 'cleared') =>
      Array.from({ length: 1_200 }, (_, index) => signal('alertmanager-alert', { subject: `probe/${index}`, event }));
    bed.hear(many('holds'));
    bed.hear(many('cleared'), MINUTE);
    expect(rows()).toHaveLength(1_200);
    for (let look = 0; look < 3; look += 1) bed.hear([], REMEMBERED_MS);
    expect([rows(), views()]).toEqual([[], []]);
  });

  it('that pended and never fired is not kept at all', () => {
    const held = (event: 'holds' | 'cleared') => signal('no-success', { forMs: 5 * MINUTE, event });
    bed.hear([held('holds')]);
    bed.hear([held('cleared')], MINUTE);
    bed.hear([held('cleared')], MINUTE);
    expect(rows()).toEqual([]);
  });
});

describe('two firings about the same that a version of one alert a rule wrote', () => {
  function write(rule: string, incident: number, firedAt: number): void {
    bed.alerts.write({
      id: `${rule}-1`,
      incident,
      rule,
      subject: 'agent:invoice-triage',
      state: 'firing',
      summary: `${rule} of invoice-triage`,
      labels: '{}',
      value: '$9 of $10',
      error: null,
      fired_at: firedAt,
      resolved_at: null,
      key: '',
      kind: '',
      severity: 'page',
      pending_since: null,
      acknowledged_at: null,
      acknowledged_by: null,
      escalated: 0,
      told: 0,
    });
  }
  const budget = (event: 'holds' | 'cleared') => [
    signal('budget-80', { subject: 'agent:invoice-triage', event: event === 'holds' ? 'uncertain' : event }),
    signal('budget-reached', { subject: 'agent:invoice-triage', event }),
  ];

  it('go on as one, and none fires for ever', () => {
    const [first, second] = ['80 % is spent', 'all is spent'].map((title) =>
      bed.incidents.insert(title, NIGHT - MINUTE, '["invoice-triage"]', false, 'sev2'),
    );
    write('budget-80', first ?? 0, NIGHT - MINUTE);
    write('budget-reached', second ?? 0, NIGHT);
    bed.restart();
    bed.hear(budget('holds'), MINUTE);
    expect(only()).toMatchObject({ rule: 'budget-reached', state: 'firing', severity: 'page', incident: second });
    expect(bed.incidents.one(first ?? 0)?.state).toBe('resolved');
    expect(bed.timeline(first ?? 0)).toEqual([
      `budget-80 of agent:invoice-triage is one alert with budget-reached now, in incident ${second}`,
    ]);
    bed.hear(budget('cleared'), MINUTE);
    expect(bed.incidents.open()).toEqual([]);
    bed.restart();
    expect(views().every(({ state }) => state === 'resolved')).toBe(true);
  });

  it('are mended, too, where one was left behind before', () => {
    const incident = bed.incidents.insert('budget', NIGHT - MINUTE, '["invoice-triage"]', false, 'sev2');
    write('budget-reached', incident, NIGHT);
    bed.restart();
    bed.hear(budget('holds'));
    bed.hear(budget('cleared'), MINUTE);
    write('budget-80', incident, NIGHT - MINUTE);
    bed.incidents.update({ ...required(bed.incidents.one(incident)), state: 'open', resolved_at: null });
    bed.restart();
    bed.hear(budget('cleared'), MINUTE);
    expect(bed.incidents.open()).toEqual([]);
    expect(bed.alerts.ofIncident(incident).every(({ state }) => state === 'resolved')).toBe(true);
  });

  it('keep the severity of their rule', () => {
    write('budget-80', bed.incidents.insert('budget', NIGHT, '[]', false, 'sev2'), NIGHT);
    bed.restart();
    bed.hear(budget('holds').slice(0, 1));
    expect(bed.told()).toEqual(['trigger mail']);
  });
});

describe('a clock that is set back', () => {
  const HOUR = 60 * MINUTE;
  const page = () => slow({ severity: 'page' });
  function setBack(ms: number): void {
    bed.clock.now -= ms;
    bed.clock.setBack += ms;
  }

  it.each(['while the desk runs', 'while it is down'])('%s holds no escalation back', (when) => {
    bed.settings.escalate = [{ after: 10 * MINUTE, to: ['lead'] }];
    bed.hear([page()]);
    bed.hear([page()], 9 * MINUTE);
    bed.told();
    setBack(2 * HOUR);
    if (when === 'while it is down') bed.restart();
    bed.hear([page()]);
    // Down, nobody knows how long it was: at most the time since what was written last counts anew.
    bed.hear([page()], when === 'while it is down' ? 10 * MINUTE : MINUTE);
    expect(bed.told()).toEqual(['escalate lead']);
  });

  it('makes no acknowledgement, snooze or silence last longer', async () => {
    bed.hear([page(), fast({ subject: 'reply-drafts' }), signal('no-tasks', { subject: 'elsewhere' })]);
    const [silenced, taken, snoozed] = ['elsewhere', 'invoice-triage', 'reply-drafts'].map(
      (subject) => required(views().find((view) => view.subject === subject)).key,
    );
    await bed.people.acknowledge(taken ?? '', ANA);
    await bed.people.snooze(snoozed ?? '', 30 * MINUTE, ANA);
    await bed.people.silence({ matcher: { agent: 'elsewhere' }, forMs: 30 * MINUTE, reason: 'a test' }, ANA);
    expect(silenced).toBeDefined();
    const say = (ms: number) =>
      bed.hear([page(), fast({ subject: 'reply-drafts' }), signal('no-tasks', { subject: 'elsewhere' })], ms);
    say(20 * MINUTE);
    setBack(2 * HOUR);
    say(0);
    expect(views().flatMap(({ covers }) => covers.map(({ cover }) => cover))).toEqual(['silenced', 'snoozed']);
    bed.told();
    say(10 * MINUTE);
    expect(views().flatMap(({ covers }) => covers)).toEqual([]);
    expect(views().map(({ state }) => state)).toEqual(['firing', 'firing', 'firing']);
    expect(bed.told()).toEqual(['trigger pager']);
    expect(bed.alarm.silences()).toEqual([]);
  });

  it('keeps the silence that a clock which was right gave', async () => {
    bed.hear([page()]);
    await bed.people.silence({ matcher: { agent: 'invoice-triage' }, forMs: 4 * HOUR, reason: 'a migration' }, ANA);
    // The machine started anew with a clock that is ahead, and was corrected.
    bed.clock.now += 3 * HOUR;
    bed.restart();
    bed.hear([page()]);
    setBack(2 * HOUR);
    bed.hear([page()]);
    bed.told();
    bed.hear([page()], 3 * HOUR - 1);
    expect(views().flatMap(({ covers }) => covers.map(({ cover }) => cover))).toEqual(['silenced']);
    bed.hear([page()], 1);
    expect(views().flatMap(({ covers }) => covers)).toEqual([]);
  });

  it('leaves what flapped as it is: it is told when it stood still, not hours later', () => {
    for (let turn = 0; turn < 7; turn += 1) {
      bed.hear([fast({ event: turn % 2 === 0 ? 'holds' : 'cleared' })], MINUTE);
    }
    bed.told();
    setBack(2 * HOUR);
    bed.hear([fast()]);
    expect(bed.told()).toEqual([]);
    bed.hear([fast()], FLAP_STILL_MS);
    expect(bed.told()).toEqual(['trigger pager']);
  });

  it('counts how long a rule holds on from when it began', () => {
    const held = () => signal('no-success', { forMs: 5 * MINUTE });
    bed.hear([held()]);
    bed.hear([held()], 4 * MINUTE);
    setBack(HOUR);
    bed.hear([held()]);
    bed.hear([held()], MINUTE);
    expect(only().state).toBe('firing');
  });

  it('is mended once, when the disk takes writes again', () => {
    bed.settings.escalate = [{ after: 10 * MINUTE, to: ['lead'] }];
    bed.hear([page()]);
    bed.hear([page()], 5 * MINUTE);
    bed.told();
    setBack(2 * HOUR);
    bed.failAfter(0);
    bed.hear([page()]);
    bed.hear([page()], MINUTE);
    bed.hear([page()], 4 * MINUTE - 1);
    expect(bed.told()).toEqual([]);
    bed.hear([page()], 1);
    expect(bed.told()).toEqual(['escalate lead']);
  });
});

describe('an alert that could wait and pages now', () => {
  it('makes its incident weigh as much, once, whatever a person says of it then', () => {
    bed.hear([slow()]);
    const incident = () => required(bed.incidents.one(required(views()[0]?.incident ?? undefined)));
    expect(incident().severity).toBe('sev3');
    bed.hear([slow(), fast()], MINUTE);
    expect(incident().severity).toBe('sev2');
    bed.incidents.update({ ...incident(), severity: 'sev3' });
    bed.hear([slow(), fast()], MINUTE);
    expect(incident().severity).toBe('sev3');
  });
});

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there');
  return value;
}
