import type { Alert, Severity } from '#contract/alert.ts';
import type { DeliveryKind } from '#contract/delivery.ts';
import type { Content, ReportText } from './outbox.ts';

/*
 * What a message says, before a route gives it its form. Pure.
 */

/** A name and its value, one line each. */
export type Fact = { name: string; value: string };

/** A thing of the console: by the link that a desktop opens, and in a browser where the desk serves one. */
export type Place = { title: string; link: string; address: string | null };

export type Message = {
  /** Of this message alone: a repeat of it has the same. */
  id: string;
  kind: DeliveryKind;
  dedup: string;
  at: number;
  severity: Severity | null;
  /** One line: what is wrong. */
  title: string;
  /** One or two words: `Page`, `Resolved`. */
  state: string;
  facts: Fact[];
  incident: (Place & { number: number }) | null;
  runbook: Place | null;
  /** What acknowledges it on a command line; null where there is nothing to acknowledge. */
  command: string | null;
  report: ReportText | null;
  alert: Alert | null;
  /** The alert as this route was told it last. */
  told: Alert | null;
  /** An attempt before got no answer: it may have been shown. */
  repeat: boolean;
  environment: string;
  /** Where the desk runs. */
  host: string;
};

/** What a row of the outbox says, and where the desk stands now. */
export type Saying = {
  uid: string;
  kind: DeliveryKind;
  dedup: string;
  at: number;
  title: string;
  incident: number | null;
  repeat: boolean;
  content: Content;
  told: Alert | null;
};

export type Setting = {
  environment: string;
  host: string;
  rehearsal: boolean;
  /** `http://…` of the console, without a slash at the end; null while it is not served. */
  address: string | null;
  runbooksFor(rule: string): { name: string; title: string }[];
};

/** `2026-11-24 03:12 UTC`: who reads it may be anywhere. */
export function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function composeMessage(saying: Saying, setting: Setting): Message {
  const { content, kind } = saying;
  const alert = content.about === 'alert' ? withoutControls(content.alert) : null;
  const [runbook] = alert === null ? [] : setting.runbooksFor(alert.rule);
  const place = (title: string, what: string, id: string): Place => ({
    title,
    link: `nightdesk://${what}/${id}`,
    address: setting.address === null ? null : `${setting.address}/${what}s/${id}`,
  });
  const { incident } = saying;
  return {
    id: saying.uid,
    kind,
    dedup: saying.dedup,
    at: saying.at,
    severity: alert?.severity ?? null,
    title: `${setting.rehearsal ? '[rehearsal] ' : ''}${saying.title.replace(/\p{Cc}+/gu, ' ')}`,
    state: stateText(kind, alert),
    facts: alert === null ? [] : factsOf(alert, kind),
    incident:
      incident === null ? null : { ...place(`Incident ${incident}`, 'incident', String(incident)), number: incident },
    runbook: runbook === undefined ? null : place(runbook.title, 'runbook', runbook.name),
    command: incident === null || kind === 'resolve' || kind === 'acknowledge' ? null : `nightdesk ack ${incident}`,
    report: content.about === 'report' ? content.report : null,
    alert,
    told: saying.told,
    repeat: saying.repeat,
    environment: setting.environment,
    host: setting.host,
  };
}

/** What another system said may hold anything; a control character has no place in a message. */
function withoutControls(alert: Alert): Alert {
  const clean = (text: string): string => text.replace(/[^\P{Cc}\n]+/gu, ' ');
  return { ...alert, value: clean(alert.value), error: alert.error === null ? null : clean(alert.error) };
}

function stateText(kind: DeliveryKind, alert: Alert | null): string {
  switch (kind) {
    case 'trigger':
      return alert?.severity === 'page' ? 'Page' : 'Ticket';
    case 'escalate':
      return 'Nobody answered';
    case 'acknowledge':
      return `Acknowledged by ${alert?.acknowledgedBy?.name ?? 'somebody'}`;
    case 'resolve':
      return 'Resolved';
    case 'report':
      return 'Report';
    case 'test':
      return 'Test';
  }
}

function factsOf(alert: Alert, kind: DeliveryKind): Fact[] {
  const given: [string, string | null | undefined][] = [
    ['Since', momentText(alert.firedAt)],
    ['Until', kind === 'resolve' && alert.resolvedAt !== null ? momentText(alert.resolvedAt) : null],
    ['Value', alert.value],
    ['About', alert.subject],
    ['Agents', alert.labels.agents ?? alert.labels.agent],
    ['Rule', alert.rule],
    ['Last error', alert.error],
  ];
  return given.flatMap(([name, value]) => (value == null || value === '' ? [] : [{ name, value }]));
}

/** The places that it leads to. */
export function placesOf(message: Message): Place[] {
  return [message.incident, message.runbook].filter((place) => place !== null);
}

/** What stands below the title, as plain lines. */
export function bodyLines(message: Message): string[] {
  return [
    ...message.facts.map(({ name, value }) => `${name}: ${value}`),
    ...(message.report === null ? [] : message.report.text.split('\n')),
    ...(message.kind === 'test' ? ['This route works. No alert was made.'] : []),
    ...placesOf(message).map(({ title, link, address }) => `${title}: ${address ?? link}`),
    ...(message.command === null ? [] : [`Acknowledge: ${message.command}`]),
    ...(message.repeat ? [REPEAT] : []),
  ];
}

/** What a reader is told where a repeat cannot be known by its id. */
export const REPEAT = 'This may be a repeat: no answer came when it was sent before.';

/** @returns the text, or its begin with an ellipsis, `most` characters at most */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Never half of a surrogate pair.
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Chats take messages of so many characters. */
const CHAT_MOST = 10_000;

/** The fullest form that a chat takes. @param form at so many characters a value, at most */
export function fitted(form: (most: number) => string): string {
  const forms = [600, 200, 60].map(form);
  return forms.find((text) => text.length <= CHAT_MOST) ?? form(20);
}
