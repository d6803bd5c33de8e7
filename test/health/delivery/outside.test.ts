import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertmanagerPayloadSchema } from '#contract/delivery.ts';
import { alertmanagerRequest } from '../../../electron/health/delivery/format/alertmanager.ts';
import { composeMessage } from '../../../electron/health/delivery/message.ts';
import { firing, startDelivery, type TestDelivery } from '../../support/delivery.ts';
import { NIGHT } from '../../support/time.ts';
import { until } from '../../support/until.ts';

let desk: TestDelivery;
beforeEach(async () => {
  desk = await startDelivery({});
});
afterEach(() => desk.close());

/** A payload as Alertmanager 0.28 sends it to a webhook receiver. */
function payload(status: 'firing' | 'resolved', labels: Record<string, string> = {}, fingerprint = '1a30ba71cca2921f') {
  const all = { alertname: 'ProbeFailure', instance: 'https://server.example.org', severity: 'critical', ...labels };
  return {
    receiver: 'nightdesk',
    status,
    alerts: [
      {
        status,
        labels: all,
        annotations: {
          summary: 'Probe of server.example.org fails',
          description: 'down for over 5m',
          runbook_url: 'https://wiki.example.org/probe',
        },
        startsAt: '2026-11-24T02:08:45.828Z',
        endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-24T02:20:00Z',
        generatorURL: 'http://prometheus.example.org:9090/graph?g0.expr=probe_success',
        fingerprint,
      },
    ],
    groupLabels: { alertname: 'ProbeFailure' },
    commonLabels: all,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.org:9093',
    version: '4',
    groupKey: '{}:{alertname="ProbeFailure"}',
    truncatedAlerts: 0,
  };
}

function signals() {
  return desk.delivery.signals(desk.time.now()).filter(({ rule }) => rule === 'alertmanager-alert');
}
async function receive(given: object) {
  return desk.delivery.receive(alertmanagerPayloadSchema.parse(given));
}

describe('an alert of an Alertmanager', () => {
  it('is a signal while it fires, by its summary, severity and runbook, and over when it is told so', async () => {
    expect(await receive(payload('firing'))).toEqual({ ok: true, value: { taken: 1, ignored: 0 } });
    expect(signals()).toMatchObject([
      {
        event: 'holds',
        severity: 'page',
        subject: 'ProbeFailure/1a30ba71cca2921f',
        title: 'Probe of server.example.org fails',
        labels: { instance: 'https://server.example.org', runbook_url: 'https://wiki.example.org/probe' },
      },
    ]);
    await receive(payload('resolved'));
    expect(signals()).toMatchObject([{ event: 'cleared' }]);
  });

  it('is one, however often it is told, and outlives the desk', async () => {
    for (let turn = 0; turn < 3; turn += 1) await receive(payload('firing'));
    await desk.restart();
    expect(signals()).toMatchObject([{ event: 'holds' }]);
    await receive(payload('firing', { severity: 'warning' }, 'another'));
    expect(signals().map(({ severity }) => severity)).toEqual(['page', 'ticket']);
  });

  it('freezes when nothing is heard of it any more, and is never over by that', async () => {
    await receive(payload('firing'));
    desk.time.advance(12 * 3_600_000 + 1);
    expect(signals()).toMatchObject([{ event: 'no-data' }]);
    await receive(payload('firing'));
    expect(signals()).toMatchObject([{ event: 'holds' }]);
  });

  it('is not taken in when the desk itself sent it out: it would go round for ever', async () => {
    const message = composeMessage(
      {
        uid: 'u',
        kind: 'trigger',
        dedup: 'k',
        at: NIGHT,
        title: 't',
        incident: 1,
        repeat: false,
        told: null,
        content: { about: 'alert', alert: firing() },
      },
      { environment: 'production', host: 'h', rehearsal: false, address: null, runbooksFor: () => [] },
    );
    const [{ labels }] = JSON.parse(alertmanagerRequest([message], 'http://a', NIGHT).body);
    expect(await receive(payload('firing', labels))).toEqual({ ok: true, value: { taken: 0, ignored: 1 } });
    expect(signals()).toEqual([]);
  });

  it('is refused when it cannot be written, so that Alertmanager sends it again', async () => {
    desk.disk.full = true;
    expect(await receive(payload('firing'))).toMatchObject({ ok: false, error: { code: 'STORAGE' } });
    expect(signals()).toEqual([]);
    desk.disk.full = false;
  });

  it('is kept for a day after its end, and for a week of silence: what ever fired is not kept for ever', async () => {
    await receive(payload('firing', {}, 'lost'));
    await receive(payload('resolved', {}, 'over'));
    const kept = () => signals().map(({ subject }) => subject.split('/')[1]);
    desk.time.advance(23 * 3_600_000);
    await desk.settled();
    expect(kept()).toEqual(['lost', 'over']);
    desk.time.advance(2 * 3_600_000);
    await until(() => kept().length === 1);
    expect(signals()).toMatchObject([{ event: 'no-data' }]);
    desk.time.advance(7 * 24 * 3_600_000);
    await until(() => kept().length === 0);
    await desk.restart();
    expect(signals()).toEqual([]);
  });
});
