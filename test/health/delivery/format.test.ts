import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '#contract/alert.ts';
import type { DeliveryKind } from '#contract/delivery.ts';
import { alertmanagerRequest } from '../../../electron/health/delivery/format/alertmanager.ts';
import { mailOf } from '../../../electron/health/delivery/format/email.ts';
import { pagerDutyRequest } from '../../../electron/health/delivery/format/pagerduty.ts';
import { slackRequest } from '../../../electron/health/delivery/format/slack.ts';
import { teamsRequest } from '../../../electron/health/delivery/format/teams.ts';
import { webhookRequest } from '../../../electron/health/delivery/format/webhook.ts';
import { composeMessage, type Message } from '../../../electron/health/delivery/message.ts';
import type { Content } from '../../../electron/health/delivery/outbox.ts';
import { firing } from '../../support/delivery.ts';
import {
  cloudEventSchema,
  pagerDutyEventSchema,
  postableAlertsSchema,
  slackMessageSchema,
  teamsMessageSchema,
} from '../../support/route-formats.ts';
import { NIGHT } from '../../support/time.ts';

const KEY = 'e93facc04764012d7bfb002500d5d1a6';

function message(kind: DeliveryKind, content: Content, address: string | null, repeat = false): Message {
  return composeMessage(
    {
      uid: 'u1',
      kind,
      dedup: content.about === 'alert' ? content.alert.key : `${kind}:1`,
      at: NIGHT,
      title:
        content.about === 'alert' ? content.alert.summary : content.about === 'report' ? content.report.title : 'Test',
      incident: content.about === 'alert' ? 12 : null,
      repeat,
      content,
      told: null,
    },
    {
      environment: 'production',
      host: 'desk 1',
      rehearsal: false,
      address,
      runbooksFor: () => [{ name: 'provider-down', title: 'Provider down' }],
    },
  );
}

/** Long ones of what has to be escaped, too: there a form grows beyond what was said. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6_000, size: 'max' }),
  fc.string({ unit: fc.constantFrom('&', '<', '"', '\\', '*', '\u0001', '\n', '😀'), maxLength: 6_000, size: 'max' }),
);
const kinds: DeliveryKind[] = ['trigger', 'acknowledge', 'resolve', 'escalate'];
const anyMessage = fc
  .record({
    kind: fc.constantFrom(...kinds),
    alert: fc.record({
      summary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2_000, size: 'max' }),
      value: anyText,
      error: fc.option(anyText),
      subject: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
      severity: fc.constantFrom<Alert['severity']>('page', 'ticket'),
      labels: fc.dictionary(fc.string({ maxLength: 20 }), fc.string({ maxLength: 50 })),
    }),
    address: fc.constantFrom(null, 'http://127.0.0.1:7000'),
    repeat: fc.boolean(),
  })
  .map(({ kind, alert, address, repeat }) => message(kind, { about: 'alert', alert: firing(alert) }, address, repeat));
const report: Content = {
  about: 'report',
  report: { title: 'Week 47', text: 'line *one*\nline <two>', attachments: [] },
};
const others = [message('test', { about: 'test', by: 'ada' }, null), message('report', report, null)];

/** Whatever the message holds, its request fits the format and is no longer than the vendor takes. */
function fits(format: { parse(value: unknown): unknown }, body: (message: Message) => string, most = 500_000): void {
  function check(one: Message): void {
    const text = body(one);
    expect(text.length).toBeLessThanOrEqual(most);
    format.parse(JSON.parse(text));
  }
  others.forEach(check);
  fc.assert(fc.property(anyMessage, check), { numRuns: 60 });
}

describe('whatever a message holds, it has the form of', () => {
  it('PagerDuty Events API v2', () => {
    fits(pagerDutyEventSchema, (one) => pagerDutyRequest(one, 'http://p', KEY).body);
  });
  it('a Slack message of 10,000 characters at most', () => {
    fits(slackMessageSchema, (one) => slackRequest(one, 'http://s').body, 10_000);
  });
  it('a Teams card of 10,000 characters at most', () => {
    fits(teamsMessageSchema, (one) => teamsRequest(one, 'http://t').body, 10_000);
  });
  it("Alertmanager's postable alerts", () => {
    fits(postableAlertsSchema, (one) => alertmanagerRequest([one], 'http://a/', NIGHT).body);
  });
  it('a CloudEvents 1.0 event', () => {
    fits(cloudEventSchema, (one) => webhookRequest(one, 'http://w', null, NIGHT).body);
  });
});

describe('every route says', () => {
  const page = message('trigger', { about: 'alert', alert: firing() }, 'http://127.0.0.1:7000');
  const route = { from: 'desk@example.com', to: ['ada@example.com'] };
  const said: [string, string][] = [
    ['pagerduty', pagerDutyRequest(page, 'http://p', KEY).body],
    ['slack', slackRequest(page, 'http://s').body],
    ['teams', teamsRequest(page, 'http://t').body.replaceAll(/\\\\(.)/g, '$1')],
    ['alertmanager', alertmanagerRequest([page], 'http://a', NIGHT).body],
    ['webhook', webhookRequest(page, 'http://w', null, NIGHT).body],
    ['e-mail as text', mailOf(page, route).text],
    ['e-mail as HTML', mailOf(page, route).html],
  ];

  it.each(said)(
    '%s: what is wrong, since when, how much, whom, where, the runbook, and how to acknowledge',
    (_name, text) => {
      expect(text).toContain('anthropic is down: invoice-triage and 1 more affected');
      expect(text).toMatch(new RegExp(`2026-11-24[ T]02:58|${firing().firedAt}`));
      expect(text).toContain('80 % errors of 20 calls in 1 min');
      expect(text).toContain('invoice-triage');
      expect(text).toContain('http://127.0.0.1:7000/incidents/12');
      expect(text).toContain('http://127.0.0.1:7000/runbooks/provider-down');
      expect(text).toContain('nightdesk ack 12');
    },
  );

  it('the link of the desktop where no browser reaches the console', () => {
    const alone = message('trigger', { about: 'alert', alert: firing() }, null);
    expect(slackRequest(alone, 'http://s').body).toContain('nightdesk://incident/12');
    expect(mailOf(alone, route).html).toContain('href="nightdesk://incident/12"');
    expect(JSON.parse(alertmanagerRequest([alone], 'http://a', NIGHT).body)[0].annotations.runbook_url).toBe(
      'nightdesk://runbook/provider-down',
    );
  });

  it('that it may be a repeat, where a repeat is not known by its id', () => {
    const again = message('trigger', { about: 'alert', alert: firing() }, null, true);
    expect(slackRequest(again, 'http://s').body).toContain('may be a repeat');
    expect(teamsRequest(again, 'http://t').body).toContain('may be a repeat');
    const first = message('trigger', { about: 'alert', alert: firing() }, null);
    expect(pagerDutyRequest(again, 'http://p', KEY)).toEqual(pagerDutyRequest(first, 'http://p', KEY));
    expect(mailOf(again, route)).toEqual(mailOf(first, route));
    expect(webhookRequest(again, 'http://w', 's', NIGHT)).toEqual(webhookRequest(first, 'http://w', 's', NIGHT));
  });

  it('nothing that a chat would take for a mention or a link', () => {
    const nasty = message(
      'trigger',
      { about: 'alert', alert: firing({ error: '<!channel> <https://evil|pay>' }) },
      null,
    );
    expect(slackRequest(nasty, 'http://s').body).not.toMatch(/<!channel|<https:\/\/evil/);
    const link = message('trigger', { about: 'alert', alert: firing({ error: '[pay](https://evil)' }) }, null);
    expect(teamsRequest(link, 'http://t').body).not.toContain('[pay](');
  });
});

describe('Alertmanager', () => {
  it('knows an alert at its end by the labels of its begin', () => {
    const begun = message('trigger', { about: 'alert', alert: firing() }, null);
    const moved = firing({ severity: 'ticket', labels: { agent: 'other' }, state: 'resolved', resolvedAt: NIGHT });
    const over: Message = { ...message('resolve', { about: 'alert', alert: moved }, null), told: firing() };
    const [first] = JSON.parse(alertmanagerRequest([begun], 'http://a', NIGHT).body);
    const [last] = JSON.parse(alertmanagerRequest([over], 'http://a', NIGHT).body);
    expect(last.labels).toEqual(first.labels);
    expect(Date.parse(last.endsAt)).toBe(NIGHT);
    expect(Date.parse(first.endsAt)).toBeGreaterThan(NIGHT);
  });
});
