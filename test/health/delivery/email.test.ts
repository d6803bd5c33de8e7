import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firing, startDelivery, type TestDelivery } from '../../support/delivery.ts';
import { type Mailbox, startMailbox } from '../../support/receiver.ts';
import { NIGHT } from '../../support/time.ts';

const LOGIN = { user: 'desk', password: 'a long password' };
let mailbox: Mailbox;
let desk: TestDelivery;

function settings(more: object = {}): object {
  const to = ['ada@example.com', 'bo@example.com'];
  const route = { kind: 'email', host: '127.0.0.1', port: mailbox.port, from: 'Desk <desk@example.com>', to };
  return { routes: { mail: { ...route, user: LOGIN.user, password: { secret: 'smtp' }, ...more } } };
}

beforeEach(async () => {
  mailbox = await startMailbox(LOGIN);
  desk = await startDelivery(settings(), { secrets: { smtp: LOGIN.password } });
});
afterEach(async () => {
  await desk.close();
  await mailbox.close();
});

function trigger() {
  return { kind: 'trigger' as const, routes: ['mail'], alert: firing(), incident: 12, at: NIGHT };
}
const isOver = (): boolean => desk.rows().every(({ state }) => state !== 'due');

/** A header of a mail as it came, unfolded. */
function header(source: string | undefined, name: string): string | undefined {
  const head = (source ?? '').split('\r\n\r\n')[0]?.replace(/\r\n[ \t]+/g, ' ');
  return head
    ?.split('\r\n')
    .find((line) => line.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim();
}

describe('an e-mail route', () => {
  it('sends text and HTML to everybody, after it logged in', async () => {
    await desk.put(trigger());
    await desk.when(isOver);
    const [mail] = mailbox.mails;
    expect(mail).toMatchObject({ from: 'desk@example.com', to: ['ada@example.com', 'bo@example.com'] });
    expect(header(mail?.source, 'subject')).toContain('[Nightdesk page] anthropic is down');
    expect(header(mail?.source, 'content-type')).toMatch(/^multipart\/alternative/);
    expect(mail?.source).toMatch(/Content-Type: text\/plain/);
    expect(mail?.source).toMatch(/Content-Type: text\/html/);
  });

  it('makes a thread of what is said of one alert', async () => {
    await desk.put(trigger());
    await desk.when(isOver);
    const over = firing({ state: 'resolved', resolvedAt: NIGHT });
    await desk.put({ ...trigger(), kind: 'resolve', alert: over });
    await desk.when(isOver);
    const [first, last] = mailbox.mails.map(({ source }) => source);
    expect(header(last, 'references')).toBe(header(first, 'references'));
    expect(header(last, 'in-reply-to')).toBe(header(first, 'references'));
    expect(header(last, 'message-id')).not.toBe(header(first, 'message-id'));
    expect(header(last, 'subject')).toBe(`Re: ${header(first, 'subject')}`);
  });

  it('sends again what was turned away for now, and the very same mail where the answer was lost', async () => {
    mailbox.fail({ code: 451 }, 'take and drop');
    await desk.put(trigger());
    await desk.when(isOver);
    expect(desk.rows()).toMatchObject([{ state: 'sent', attempts: 3 }]);
    const ids = mailbox.mails.map(({ source }) => header(source, 'message-id'));
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('shows what is turned away for good', async () => {
    mailbox.fail({ code: 554 });
    await desk.put(trigger());
    await desk.when(isOver);
    expect(desk.rows()).toMatchObject([{ state: 'refused', attempts: 1 }]);
    expect(desk.rows()[0]?.error).toContain('554');
  });

  it('shows a wrong password without telling it', async () => {
    await desk.close();
    desk = await startDelivery(settings(), { secrets: { smtp: 'another password' } });
    await desk.put(trigger());
    await desk.when(isOver);
    expect(desk.rows()).toMatchObject([{ state: 'refused' }]);
    expect(`${desk.rows()[0]?.error} ${desk.log.join(' ')}`).not.toContain('another password');
    expect(mailbox.mails).toEqual([]);
  });

  it('carries a report with its files', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'nightdesk-report-')), 'week.html');
    writeFileSync(path, '<h1>Week 47</h1>');
    const report = {
      title: 'Week 47',
      text: 'All met.',
      attachments: [{ name: 'week-47.html', type: 'text/html', path }],
    };
    await desk.put({ kind: 'report', routes: ['mail'], report, at: NIGHT });
    await desk.when(isOver);
    const [mail] = mailbox.mails;
    expect(header(mail?.source, 'subject')).toBe('[Nightdesk report] Week 47');
    expect(mail?.source).toMatch(/Content-Disposition: attachment; filename=week-47.html/);
    expect(mail?.source).toContain(Buffer.from('<h1>Week 47</h1>').toString('base64'));
    await desk.put({
      kind: 'report',
      routes: ['mail'],
      report: { ...report, attachments: [{ name: 'gone', type: 'x/y', path: `${path}.gone` }] },
      at: NIGHT,
    });
    await desk.when(isOver);
    expect(desk.rows()[1]).toMatchObject({ state: 'refused' });
  });
});
