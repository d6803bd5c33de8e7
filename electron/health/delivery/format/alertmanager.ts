import type { Alert } from '#contract/alert.ts';
import type { Message } from '../message.ts';
import type { HttpRequest } from '../post.ts';

/*
 * Alertmanager's API v2: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. It knows an alert by its
 * labels, so that these are the same from its begin to its end, and forgets one that it does not hear of again.
 */

/** What fires is told again this often, ms. */
export const RESEND_MS = 60_000;
/** One that is not told again ends by itself after this, as Prometheus does it: four turns, ms. */
const HOLDS_MS = 4 * RESEND_MS;

/** The label by which a desk knows what it said itself. */
export const SOURCE_LABEL = { name: 'source', value: 'nightdesk' } as const;

/** @param messages of one or more alerts */
export function alertmanagerRequest(messages: readonly Message[], url: string, now: number): HttpRequest {
  const body = JSON.stringify(messages.map((message) => postable(message, now)));
  return { url: `${url.replace(/\/+$/, '')}/api/v2/alerts`, headers: { 'content-type': 'application/json' }, body };
}

function postable(message: Message, now: number): object {
  const alert = message.alert;
  const over = message.kind === 'resolve';
  const annotations: Record<string, string | null | undefined> = {
    summary: message.title,
    description: message.facts.map(({ name, value }) => `${name}: ${value}`).join('\n'),
    value: alert?.value,
    runbook_url: message.runbook === null ? null : (message.runbook.address ?? message.runbook.link),
    incident_url: message.incident === null ? null : (message.incident.address ?? message.incident.link),
    acknowledge: message.command,
  };
  // A test ends by itself: nobody tells it again.
  const holds = now + (message.kind === 'test' ? RESEND_MS : HOLDS_MS);
  const endsAt = over ? (alert?.resolvedAt ?? message.at) : holds;
  return {
    labels: labelsOf(message, message.told ?? alert),
    annotations: Object.fromEntries(
      Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] != null && entry[1] !== ''),
    ),
    startsAt: new Date(alert?.firedAt ?? message.at).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...(message.incident?.address == null ? {} : { generatorURL: message.incident.address }),
  };
}

function labelsOf(message: Message, alert: Alert | null): Record<string, string> {
  const labels: Record<string, string> = {
    alertname: alert?.rule ?? `nightdesk-${message.kind}`,
    severity: alert === null ? 'info' : alert.severity === 'page' ? 'critical' : 'warning',
    environment: message.environment,
    [SOURCE_LABEL.name]: SOURCE_LABEL.value,
    nightdesk_key: message.dedup,
  };
  if (alert === null) return labels;
  labels.subject = alert.subject;
  for (const [name, value] of Object.entries(alert.labels)) {
    const safe = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_');
    if (safe !== '' && value !== '' && !Object.hasOwn(labels, safe)) labels[safe] = value;
  }
  return labels;
}
