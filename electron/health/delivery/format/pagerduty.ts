import { bodyLines, type Message, placesOf, shortened } from '../message.ts';
import type { HttpRequest } from '../post.ts';

/*
 * PagerDuty Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/. Messages of one alert have
 * one dedup_key: a repeat changes nothing there.
 */

const SUMMARY_MOST = 1_024;
const KEY_MOST = 255;

type Action = 'trigger' | 'acknowledge' | 'resolve';

export function pagerDutyRequest(
  message: Message,
  url: string,
  key: string,
  action: Action = actionOf(message),
): HttpRequest {
  const common = { routing_key: key, dedup_key: shortened(message.dedup, KEY_MOST), event_action: action };
  const event = {
    ...common,
    payload: {
      summary: shortened(message.title, SUMMARY_MOST),
      source: message.host,
      severity: message.severity === 'page' ? 'critical' : message.severity === 'ticket' ? 'warning' : 'info',
      timestamp: new Date(message.alert?.firedAt ?? message.at).toISOString(),
      component: message.alert?.subject ?? 'nightdesk',
      group: message.environment,
      class: message.alert?.rule ?? message.kind,
      custom_details: {
        ...Object.fromEntries(message.facts.map(({ name, value }) => [name, shortened(value, SUMMARY_MOST)])),
        ...(message.command === null ? {} : { Acknowledge: message.command }),
        ...(message.facts.length === 0 ? { Text: bodyLines(message).join('\n') } : {}),
        ...Object.fromEntries(placesOf(message).map(({ title, link }) => [title, link])),
      },
    },
    client: 'Nightdesk',
    ...(message.incident?.address == null ? {} : { client_url: message.incident.address }),
    links: placesOf(message).flatMap(({ title, address }) =>
      address === null ? [] : [{ href: address, text: title }],
    ),
  };
  const body = JSON.stringify(action === 'trigger' ? event : common);
  return { url, headers: { 'content-type': 'application/json' }, body };
}

function actionOf({ kind }: Message): Action {
  switch (kind) {
    case 'acknowledge':
    case 'resolve':
      return kind;
    case 'trigger':
    case 'escalate':
    case 'report':
    case 'test':
      return 'trigger';
  }
}
