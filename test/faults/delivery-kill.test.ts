import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { type Got, type Mailbox, type Receiver, startMailbox, startReceiver } from '../support/receiver.ts';
import {
  cloudEventSchema,
  pagerDutyEventSchema,
  postableAlertsSchema,
  slackMessageSchema,
  teamsMessageSchema,
} from '../support/route-formats.ts';
import { until } from '../support/until.ts';

/*
 * A desk is ended with kill -9 between sending a message and writing that it was sent: the moment at which a message is
 * lost, or shown twice, by whoever is careless.
 */

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const KEY = 'e93facc04764012d7bfb002500d5d1a6';
type Vendor = {
  format: z.ZodType;
  status: number;
  route(url: string): object;
  /** By what the vendor knows a repeat; null where it is told in words. */
  id: ((got: Got) => unknown) | null;
};
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (one, key) => (typeof one === 'object' && one !== null ? Reflect.get(one, key) : undefined),
    value,
  );
}
const VENDORS: Record<string, Vendor> = {
  pagerduty: {
    format: pagerDutyEventSchema,
    status: 202,
    route: (url) => ({ kind: 'pagerduty', key: KEY, url: `${url}/v2/enqueue` }),
    id: ({ body }) => at(body, 'dedup_key'),
  },
  slack: { format: slackMessageSchema, status: 200, route: (url) => ({ kind: 'slack', url: `${url}/s` }), id: null },
  teams: { format: teamsMessageSchema, status: 202, route: (url) => ({ kind: 'teams', url: `${url}/t` }), id: null },
  alertmanager: {
    format: postableAlertsSchema,
    status: 200,
    route: (url) => ({ kind: 'alertmanager', url }),
    id: ({ body }) => JSON.stringify(at(body, 0, 'labels')),
  },
  webhook: {
    format: cloudEventSchema,
    status: 204,
    route: (url) => ({ kind: 'webhook', url: `${url}/w`, secret: KEY }),
    id: ({ body }) => at(body, 'id'),
  },
};

function withRoutes(routes: object): string {
  const folder = dataFolder();
  writeFileSync(join(folder, 'nightdesk.yaml'), JSON.stringify({ routes }));
  return folder;
}

async function begin(folder: string): Promise<TestDesk> {
  const desk = await startDesk(folder, '--rehearsal');
  open.push(desk);
  return desk;
}

describe('a desk that is killed between sending and writing that it was sent', () => {
  it('sends each message again under its id, over every HTTP route, and says so where no id is known', async () => {
    const receivers: Record<string, Receiver> = {};
    for (const [name, { format, status }] of Object.entries(VENDORS)) {
      const receiver = await startReceiver(format, status);
      open.push(receiver);
      receivers[name] = receiver;
    }
    const folder = withRoutes(
      Object.fromEntries(Object.entries(VENDORS).map(([name, { route }]) => [name, route(receivers[name]?.url ?? '')])),
    );
    let desk = await begin(folder);
    for (const [name, { id }] of Object.entries(VENDORS)) {
      const receiver = receivers[name];
      if (receiver === undefined) throw new Error(name);
      const first = desk;
      // Taken and not answered: the desk dies first.
      let killed = false;
      receiver.onRequest(async () => {
        if (killed) return;
        killed = true;
        await first.kill();
      });
      const { id: number } = await desk.client.alertRoutes.test({ name });
      await until(() => first.process.signalCode === 'SIGKILL');
      desk = await begin(folder);
      const { client } = desk;
      const sent = await until(async () => {
        const delivery = await client.alertRoutes.delivery({ id: number });
        return delivery.state === 'sent' && delivery;
      });
      expect(sent).toMatchObject({ route: name, attempts: 2, error: null });
      expect(receiver.misfits).toEqual([]);
      const [before, after] = receiver.taken;
      if (before === undefined || after === undefined) throw new Error(`${name} did not get it twice`);
      if (id === null) {
        expect([before, after].map(({ text }) => text.includes('may be a repeat'))).toEqual([false, true]);
      } else {
        expect(id(after)).toEqual(id(before));
        // Whoever goes by the id has shown it once.
        expect(new Set(receiver.taken.map(id)).size).toBe(1);
      }
    }
  });

  it('sends the very same mail again', async () => {
    const mailbox: Mailbox = await startMailbox();
    open.push(mailbox);
    const folder = withRoutes({
      mail: { kind: 'email', host: '127.0.0.1', port: mailbox.port, from: 'desk@example.com', to: ['ada@example.com'] },
    });
    const first = await begin(folder);
    mailbox.onMail(() => (first.process.signalCode === null ? first.kill() : undefined));
    const { id } = await first.client.alertRoutes.test({ name: 'mail' });
    await until(() => first.process.signalCode === 'SIGKILL');
    const { client } = await begin(folder);
    await until(async () => (await client.alertRoutes.delivery({ id })).state === 'sent');
    const ids = mailbox.mails.map(({ source }) => /^message-id: (.*)$/im.exec(source)?.[1]);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('loses none of many, wherever in between it dies', async () => {
    const receiver = await startReceiver(cloudEventSchema, 204);
    open.push(receiver);
    const folder = withRoutes({ bus: { kind: 'webhook', url: `${receiver.url}/w` } });
    const numbers: number[] = [];
    let desk = await begin(folder);
    for (const dieAt of [3, 9, 14]) {
      const current = desk;
      receiver.onRequest(async () => {
        if (receiver.taken.length >= dieAt && current.process.signalCode === null) await current.kill();
      });
      for (let n = 0; n < 6 && current.process.signalCode === null; n += 1) {
        // The one in whose call it dies is not promised to anybody.
        await current.client.alertRoutes.test({ name: 'bus' }).then(
          ({ id }) => numbers.push(id),
          () => undefined,
        );
      }
      await until(() => current.process.signalCode === 'SIGKILL');
      desk = await begin(folder);
    }
    receiver.onRequest(() => {});
    const { client } = desk;
    const rows = await until(async () => {
      const all = await client.alertRoutes.deliveries({ route: 'bus', limit: 100 });
      return all.every(({ state }) => state === 'sent') && all;
    });
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(numbers));
    expect(numbers.length).toBeGreaterThan(6);
    // Shown once each: a receiver that goes by the id has as many as there are messages.
    expect(new Set(receiver.taken.map(({ body }) => at(body, 'id'))).size).toBe(rows.length);
    expect(receiver.misfits).toEqual([]);
  });
});
