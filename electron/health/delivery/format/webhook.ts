import { createHmac } from 'node:crypto';
import type { Message } from '../message.ts';
import type { HttpRequest } from '../post.ts';

/*
 * A CloudEvents 1.0 event in structured mode (https://github.com/cloudevents/spec), signed. docs/routes.md says how a
 * receiver checks it.
 */

/** `v1=` and the HMAC-SHA256 of `timestamp.body`, in hexadecimal. @param timestamp in seconds */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

export function webhookRequest(message: Message, url: string, secret: string | null, now: number): HttpRequest {
  const { alert, incident, runbook, report } = message;
  const body = JSON.stringify({
    specversion: '1.0',
    id: message.id,
    source: `/nightdesk/${encodeURIComponent(message.host)}/${message.environment}`,
    type: alert === null ? `dev.nightdesk.${message.kind}` : `dev.nightdesk.alert.${message.kind}`,
    subject: message.dedup,
    time: new Date(message.at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      kind: message.kind,
      title: message.title,
      severity: message.severity,
      environment: message.environment,
      alert,
      incident,
      runbook,
      acknowledge: message.command,
      ...(report === null ? {} : { report: { title: report.title, text: report.text } }),
    },
  });
  const timestamp = String(Math.floor(now / 1_000));
  return {
    url,
    headers: {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'nightdesk-id': message.id,
      'nightdesk-timestamp': timestamp,
      ...(secret === null ? {} : { 'nightdesk-signature': signatureOf(secret, timestamp, body) }),
    },
    body,
  };
}
