import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { ATTEMPT_MS } from '../../../electron/health/delivery/courier.ts';
import { firing, startDelivery, type TestDelivery } from '../../support/delivery.ts';
import { type Fault, type Got, type Receiver, startReceiver } from '../../support/receiver.ts';
import {
  cloudEventSchema,
  pagerDutyEventSchema,
  postableAlertsSchema,
  slackMessageSchema,
  teamsMessageSchema,
} from '../../support/route-formats.ts';
import { NIGHT } from '../../support/time.ts';
import { until } from '../../support/until.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

type Vendor = {
  format: z.ZodType;
  /** Its good answer. */
  status: number;
  path: string;
  route(url: string): object;
  /** By what it knows a repeat; null where it knows none. */
  id(got: Got): string | null;
  /** What of it nobody may read. */
  secret: string;
  /** What the message does to the trouble, in the vendor's words. */
  does(got: Got): string;
};

function field(value: unknown, ...path: (string | number)[]): string {
  return String(
    path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
      value,
    ),
  );
}

const KEY = 'e93facc04764012d7bfb002500d5d1a6';

/** Each HTTP route, as its vendor answers. */
const VENDORS: Record<string, Vendor> = {
  pagerduty: {
    format: pagerDutyEventSchema,
    status: 202,
    path: '/v2/enqueue',
    route: (url) => ({ kind: 'pagerduty', key: { secret: 'key' }, url: `${url}/v2/enqueue` }),
    id: ({ body }) => `${field(body, 'dedup_key')} ${field(body, 'event_action')}`,
    secret: KEY,
    does: ({ body }) => field(body, 'event_action'),
  },
  slack: {
    format: slackMessageSchema,
    status: 200,
    path: '/services/T000/B000/XXXX',
    route: (url) => ({ kind: 'slack', url: `${url}/services/T000/B000/XXXX` }),
    id: () => null,
    secret: '/services/T000/B000/XXXX',
    does: ({ body }) => field(body, 'text').split(':')[0] ?? '',
  },
  teams: {
    format: teamsMessageSchema,
    status: 202,
    path: '/workflows/0123456789/triggers/manual/paths/invoke?sig=abcdefgh',
    route: (url) => ({ kind: 'teams', url: `${url}/workflows/0123456789/triggers/manual/paths/invoke?sig=abcdefgh` }),
    id: () => null,
    secret: 'sig=abcdefgh',
    does: ({ body }) => field(body, 'attachments', 0, 'content', 'fallbackText').split(':')[0] ?? '',
  },
  alertmanager: {
    format: postableAlertsSchema,
    status: 200,
    path: '/api/v2/alerts',
    route: (url) => ({ kind: 'alertmanager', url }),
    id: ({ body }) => JSON.stringify([field(body, 0, 'labels', 'nightdesk_key'), field(body, 0, 'startsAt')]),
    secret: '127.0.0.1',
    does: ({ body }) => (Date.parse(field(body, 0, 'endsAt')) > NIGHT ? 'trigger' : 'resolve'),
  },
  webhook: {
    format: cloudEventSchema,
    status: 204,
    path: '/hook/0123456789',
    route: (url) => ({ kind: 'webhook', url: `${url}/hook/0123456789`, secret: { secret: 'key' } }),
    id: ({ body }) => field(body, 'id'),
    secret: KEY,
    does: ({ body }) => field(body, 'data', 'kind'),
  },
};
const SECRETS = { key: KEY };
const KINDS = Object.keys(VENDORS);

async function begin(kind: string): Promise<{ desk: TestDelivery; receiver: Receiver; vendor: Vendor }> {
  const vendor = VENDORS[kind];
  if (vendor === undefined) throw new Error(kind);
  const receiver = await startReceiver(vendor.format, vendor.status);
  open.push(receiver);
  const desk = await startDelivery({ routes: { out: vendor.route(receiver.url) } }, { secrets: SECRETS });
  open.push(desk);
  return { desk, receiver, vendor };
}

function trigger(key = 'k-anthropic') {
  return { kind: 'trigger' as const, routes: ['out'], alert: firing({ key }), incident: 12, at: NIGHT };
}
function resolve(key = 'k-anthropic') {
  const alert = firing({ key, state: 'resolved', resolvedAt: NIGHT });
  return { kind: 'resolve' as const, routes: ['out'], alert, incident: 12, at: NIGHT };
}
function isOver(desk: TestDelivery): boolean {
  return desk.rows().every(({ state }) => state !== 'due');
}

describe.each(KINDS)('a %s route', (kind) => {
  it('takes a message in the form that its vendor documents, once', async () => {
    const { desk, receiver, vendor } = await begin(kind);
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    expect(receiver.misfits).toEqual([]);
    expect(receiver.taken.map(({ path }) => path)).toEqual([vendor.path]);
    expect(receiver.taken[0]?.headers['content-type']).toMatch(/^application\/(cloudevents\+)?json/);
    expect(desk.rows()).toMatchObject([{ state: 'sent', attempts: 1, error: null, title: firing().summary }]);
    expect(desk.delivery.standings().find(({ name }) => name === 'out')).toMatchObject({
      kind,
      due: 0,
      failingSince: null,
    });
  });

  const faults: [string, Fault[]][] = [
    ['its connection drops', ['drop', 'drop']],
    ['it answers 429 with Retry-After', [{ status: 429, headers: { 'retry-after': '30' } }]],
    ['it answers 500 and 503', [{ status: 500 }, { status: 503 }]],
  ];
  it.each(faults)('loses nothing and shows nothing twice when %s', async (_name, some) => {
    const { desk, receiver } = await begin(kind);
    receiver.fail(...some);
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    expect(receiver.taken).toHaveLength(1);
    expect(receiver.asked()).toBe(some.length + 1);
    expect(receiver.misfits).toEqual([]);
    expect(desk.rows()).toMatchObject([{ state: 'sent', attempts: some.length + 1 }]);
  });

  it('is told again under the same id when it took a message and the answer was lost', async () => {
    const { desk, receiver, vendor } = await begin(kind);
    receiver.fail('take and drop');
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    expect(receiver.taken).toHaveLength(2);
    const [first, second] = receiver.taken.map(vendor.id);
    expect(first).toBe(second);
    // Who knows no id is told in words.
    if (first === null) {
      expect(receiver.taken.map(({ text }) => text.includes('may be a repeat'))).toEqual([false, true]);
    }
  });

  it('that never answers is left after a while, and told again', async () => {
    const { desk, receiver } = await begin(kind);
    receiver.fail('hang');
    await desk.put(trigger());
    await until(() => receiver.asked() === 1);
    desk.time.advance(ATTEMPT_MS);
    await desk.when(() => isOver(desk));
    expect(receiver.taken).toHaveLength(1);
    expect(desk.rows()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('that refuses a message has it shown, with its reason and without its secrets, and goes on with the next', async () => {
    const { desk, receiver, vendor } = await begin(kind);
    receiver.fail({ status: 400, body: `no such hook: ${kind === 'alertmanager' ? receiver.url : vendor.secret}` });
    await desk.put(trigger('one'));
    await desk.put(trigger('two'));
    await desk.when(() => isOver(desk));
    expect(desk.rows().map(({ state }) => state)).toEqual(['refused', 'sent']);
    const said = `${desk.rows()[0]?.error} ${desk.log.join(' ')}`;
    expect(said).toContain('it answered 400: no such hook: ***');
    if (kind !== 'alertmanager') expect(said).not.toContain(vendor.secret);
    expect(desk.log.join('\n')).toContain('refused message');
  });

  it('hears of a trouble in order, however often it fails in between', async () => {
    const { desk, receiver, vendor } = await begin(kind);
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    receiver.fail({ status: 503 }, 'drop', { status: 429 });
    await desk.put(resolve());
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    expect(receiver.misfits).toEqual([]);
    const [page, resolved] = kind === 'slack' || kind === 'teams' ? ['Page', 'Resolved'] : ['trigger', 'resolve'];
    const done = receiver.taken.map(vendor.does);
    // An Alertmanager may have heard of it once more in between.
    expect(done.filter((what, index) => what !== done[index - 1])).toEqual([page, resolved, page]);
    expect(desk.rows().map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
  });
});

describe('a route that was down', () => {
  it('is not told any more of what is over and was certainly never shown: the end alone is', async () => {
    const { desk, receiver } = await begin('webhook');
    receiver.fail({ status: 503 });
    await desk.put(trigger());
    await desk.when(() => desk.rows()[0]?.attempts === 1 && desk.rows()[0]?.error !== null);
    await desk.put(resolve());
    await desk.when(() => isOver(desk));
    expect(desk.rows().map(({ kind, state }) => `${kind} ${state}`)).toEqual(['trigger dropped', 'resolve sent']);
    expect(desk.rows()[0]?.error).toContain('it was over before it could be sent');
    expect(receiver.taken.map(({ body }) => field(body, 'type'))).toEqual(['dev.nightdesk.alert.resolve']);
  });

  it('is told both where the first may have been shown', async () => {
    const { desk, receiver } = await begin('webhook');
    receiver.fail('drop');
    await desk.put(trigger());
    await desk.when(() => desk.rows()[0]?.error != null);
    await desk.put(resolve());
    await desk.when(() => isOver(desk));
    expect(receiver.taken.map(({ body }) => field(body, 'type'))).toEqual([
      'dev.nightdesk.alert.trigger',
      'dev.nightdesk.alert.resolve',
    ]);
  });

  it('does not hold back other troubles for the sake of one message', async () => {
    const { desk, receiver } = await begin('webhook');
    const stuck = 'stuck';
    receiver.fail({ status: 500 }, { status: 500 }, { status: 500 }, { status: 500 });
    await desk.put(trigger(stuck));
    await desk.when(() => (desk.rows()[0]?.attempts ?? 0) >= 4 && desk.rows()[0]?.error !== null);
    await desk.put(trigger('other'));
    await desk.when(() => desk.rows()[1]?.state === 'sent');
    await desk.when(() => isOver(desk));
  });

  it('waits as long as Retry-After asks, with every message', async () => {
    const { desk, receiver } = await begin('webhook');
    const times: number[] = [];
    receiver.onRequest(() => void times.push(desk.time.now()));
    receiver.fail({ status: 429, headers: { 'retry-after': '120' } });
    await desk.put(trigger('one'));
    await desk.put(trigger('two'));
    await desk.when(() => isOver(desk));
    expect(times).toHaveLength(3);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(120_000);
  });

  it('is an alert of its own after half a minute, and over with the next message that it takes', async () => {
    const { desk, receiver } = await begin('webhook');
    receiver.fail(...Array.from({ length: 8 }, (): Fault => ({ status: 503 })));
    await desk.put(trigger());
    const signal = () => desk.delivery.signals(desk.time.now()).find(({ rule }) => rule === 'route-failing');
    await desk.when(() => signal()?.event === 'uncertain');
    await desk.when(() => signal()?.event === 'holds');
    expect(signal()).toMatchObject({ subject: 'route:out', severity: 'page', error: 'it answered 503' });
    await desk.restart();
    expect(signal()).toMatchObject({ error: 'it answered 503' });
    await desk.when(() => isOver(desk));
    expect(signal()?.event).toBe('cleared');
  });
});

describe('a chat', () => {
  it.each(['slack', 'teams'])('%s gets a message a second at most', async (kind) => {
    const { desk, receiver } = await begin(kind);
    const times: number[] = [];
    receiver.onRequest(() => void times.push(desk.time.now()));
    for (const key of ['a', 'b', 'c', 'd']) await desk.put(trigger(key));
    await desk.when(() => isOver(desk));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps).toHaveLength(3);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a clock that is set back', () => {
  const HOUR = 3_600_000;

  it('holds back no message: neither what comes after another on a paced route, nor what waits for its next attempt', async () => {
    const { desk, receiver } = await begin('slack');
    receiver.fail('take and drop', { status: 503 });
    await desk.put(trigger('one'));
    await desk.when(() => desk.rows()[0]?.error);
    desk.time.setBack(2 * HOUR);
    await desk.put(trigger('two'));
    const from = desk.time.passed();
    await desk.when(() => isOver(desk));
    // The longest that a message waits when a route failed twice, whatever the clock says.
    expect(desk.time.passed() - from).toBeLessThan(30_000);
    expect(desk.rows().map(({ state }) => state)).toEqual(['sent', 'sent']);
  });

  it('takes no pace from a route, and no time that it asked for', async () => {
    const { desk, receiver } = await begin('slack');
    receiver.fail({ status: 429, headers: { 'retry-after': '120' } });
    await desk.put(trigger());
    await desk.when(() => desk.rows()[0]?.error);
    desk.time.setBack(2 * HOUR);
    const from = desk.time.passed();
    await desk.put(trigger('two'));
    await desk.when(() => isOver(desk));
    expect(desk.time.passed() - from).toBeGreaterThanOrEqual(115_000);
  });

  it('makes no route look well that fails', async () => {
    const { desk, receiver } = await begin('webhook');
    const failing = () => desk.delivery.signals(desk.time.now()).find(({ rule }) => rule === 'route-failing')?.event;
    receiver.fail(...Array(20).fill({ status: 503 }));
    await desk.put(trigger());
    await desk.when(() => desk.rows()[0]?.error);
    desk.time.setBack(2 * HOUR);
    const from = desk.time.passed();
    await desk.when(() => failing() === 'holds');
    expect(desk.time.passed() - from).toBeLessThan(120_000);
  });
});

describe('what a route answers', () => {
  it('is masked before it is cut: of a secret at the edge, nothing is left', async () => {
    const { desk, receiver } = await begin('webhook');
    const length = KEY.length / 2;
    receiver.fail({ status: 400, body: `${'.'.repeat(300 - length)}${KEY} and more` });
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    const [row] = desk.rows();
    expect(row?.error).toContain(`...***`);
    expect(row?.error).not.toContain(KEY.slice(0, 4));
  });

  it('is read to a bound: of one without an end, no half of a secret either', async () => {
    const { desk, receiver } = await begin('webhook');
    receiver.fail({ status: 400, body: `${KEY.repeat(1_000)}` });
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    expect(desk.rows()[0]?.error).toMatch(/^it answered 400: [*]*$/);
    expect(desk.log.join()).not.toContain(KEY.slice(0, 8));
  });
});

describe('the outbox', () => {
  it('sends nothing of a commit that was taken back', async () => {
    const { desk, receiver } = await begin('webhook');
    desk.disk.full = true;
    await expect(desk.put(trigger())).rejects.toThrow('full');
    desk.disk.full = false;
    await desk.put(trigger('later'));
    await desk.when(() => isOver(desk));
    expect(receiver.taken.map(({ body }) => field(body, 'subject'))).toEqual(['later']);
  });

  it('writes what became of a message when the disk takes writes again, and sends it once', async () => {
    const { desk, receiver } = await begin('webhook');
    receiver.onRequest(() => {
      desk.disk.full = true;
    });
    await desk.put(trigger());
    await desk.when(() => desk.log.some((line) => line.includes('not written yet')));
    desk.disk.full = false;
    await desk.when(() => isOver(desk));
    expect(receiver.asked()).toBe(1);
    expect(desk.rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  it('waits with a message whose secret is missing, says so, and sends it as soon as the secret is there', async () => {
    const receiver = await startReceiver(cloudEventSchema, 204);
    open.push(receiver);
    const secrets: Record<string, string> = {};
    const settings = { routes: { out: { kind: 'webhook', url: { secret: 'hook' } } } };
    const desk = await startDelivery(settings, { secrets });
    open.push(desk);
    await desk.put(trigger());
    await desk.when(() => desk.rows()[0]?.error?.includes('lacks the secret "hook"'));
    expect(desk.delivery.standings().find(({ name }) => name === 'out')?.lastError).toContain('"hook"');
    secrets.hook = `${receiver.url}/hook`;
    desk.set(settings);
    await desk.when(() => isOver(desk));
    expect(receiver.taken).toHaveLength(1);
  });

  it('keeps a message for a route that is gone for a day, then drops it and says so', async () => {
    const { desk, receiver } = await begin('webhook');
    desk.set({});
    await desk.put(trigger());
    await desk.when(() => desk.rows()[0]?.error);
    desk.time.advance(86_300_000);
    await desk.when(() => desk.rows()[0]?.attempts === 0 && desk.rows()[0]?.state === 'due');
    desk.time.advance(200_000);
    await desk.when(() => desk.rows()[0]?.state === 'dropped');
    expect(desk.rows()[0]?.error).toBe('there is no route "out" in nightdesk.yaml');
    expect(receiver.asked()).toBe(0);
  });

  it('forgets messages after the retention, but no alert that an Alertmanager still has to hear of', async () => {
    const { desk, receiver } = await begin('alertmanager');
    await desk.put(trigger('over'));
    await desk.put(resolve('over'));
    await desk.put(trigger('goes on'));
    await desk.when(() => isOver(desk));
    const settings = { retention: { keep: '1h' } };
    desk.set({ ...settings, routes: { out: VENDORS.alertmanager?.route(receiver.url) } });
    await desk.when(() => desk.rows().length === 1);
    expect(desk.rows()).toMatchObject([{ kind: 'trigger', state: 'sent' }]);
  });
});

describe('Alertmanager', () => {
  it('hears every minute of what still fires, by the same labels and with an end ahead, and no more once it is over', async () => {
    const { desk, receiver } = await begin('alertmanager');
    await desk.put(trigger());
    await desk.when(() => isOver(desk));
    await desk.when(() => receiver.taken.length >= 4);
    const told = receiver.taken.map(({ body }) => body);
    expect(
      new Set(told.map((body) => JSON.stringify(Reflect.get(Object(Reflect.get(Object(body), 0)), 'labels')))).size,
    ).toBe(1);
    expect(receiver.misfits).toEqual([]);
    const ends = told.map((body) => Date.parse(field(body, 0, 'endsAt')));
    expect(ends.toSorted((a, b) => a - b)).toEqual(ends);
    await desk.put(resolve());
    await desk.when(() => isOver(desk));
    const after = receiver.taken.length;
    expect(Date.parse(field(receiver.taken.at(-1)?.body, 0, 'endsAt'))).toBeLessThanOrEqual(NIGHT);
    desk.time.advance(10 * 60_000);
    await desk.put(trigger('another'));
    await desk.when(() => isOver(desk));
    expect(
      receiver.taken.slice(after).every(({ body }) => field(body, 0, 'labels', 'nightdesk_key') === 'another'),
    ).toBe(true);
  });
});
