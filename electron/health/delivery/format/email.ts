import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { AlertRoute } from '#contract/delivery.ts';
import { bodyLines, type Message, placesOf, shortened } from '../message.ts';
import type { Outcome } from '../schedule.ts';

/*
 * E-mail as text and HTML. The Message-ID is the message's own, so that mail systems know a repeat; those of one alert
 * refer to one root and share a subject: readers show them as a thread.
 */

type EmailRoute = Extract<AlertRoute, { kind: 'email' }>;

export type Mail = {
  from: string;
  to: string[];
  subject: string;
  messageId: string;
  references: string[];
  inReplyTo: string | undefined;
  text: string;
  html: string;
  attachments: { filename: string; contentType: string; path: string }[];
};

const SUBJECT_MOST = 180;

export function mailOf(message: Message, { from, to }: Pick<EmailRoute, 'from' | 'to'>): Mail {
  const domain = `${message.environment}.nightdesk`;
  const root = `<${message.dedup.replace(/[^A-Za-z0-9._-]/g, '-')}@${domain}>`;
  const begins = message.kind === 'trigger' || message.kind === 'report' || message.kind === 'test';
  const level = message.severity ?? message.kind;
  // A repeat is the same mail to the letter.
  const lines = bodyLines({ ...message, repeat: false });
  return {
    from,
    to,
    subject: shortened(`${begins ? '' : 'Re: '}[Nightdesk ${level}] ${message.title}`, SUBJECT_MOST),
    messageId: `<${message.id}@${domain}>`,
    references: message.alert === null ? [] : [root],
    inReplyTo: message.alert === null || begins ? undefined : root,
    text: [
      `${message.state}: ${message.title}`,
      '',
      ...lines,
      '',
      `Nightdesk, ${message.environment} on ${message.host}`,
      '',
    ].join('\n'),
    html: htmlOf(message),
    attachments: (message.report?.attachments ?? []).map(({ name, type, path }) => ({
      filename: name,
      contentType: type,
      path,
    })),
  };
}

function htmlOf(message: Message): string {
  const colour = message.kind === 'resolve' ? '#1a7f37' : message.severity === 'page' ? '#cf222e' : '#57606a';
  const rows = message.facts.map(
    ({ name, value }) =>
      `<tr><td style="padding:2px 16px 2px 0;color:#57606a;vertical-align:top">${escaped(name)}</td><td>${escaped(value)}</td></tr>`,
  );
  const links = placesOf(message).map(
    ({ title, link, address }) => `<a href="${escaped(address ?? link)}">${escaped(title)}</a>`,
  );
  const text =
    message.report?.text ?? (message.kind === 'test' ? bodyLines({ ...message, repeat: false }).join('\n') : '');
  return [
    '<!doctype html><html lang="en"><body style="font:15px/1.5 system-ui,sans-serif;color:#1f2328">',
    `<p style="margin:0;color:${colour};font-weight:600">${escaped(message.state)}</p>`,
    `<h1 style="margin:0 0 12px;font-size:20px">${escaped(message.title)}</h1>`,
    rows.length === 0 ? '' : `<table style="border-collapse:collapse">${rows.join('')}</table>`,
    text === '' ? '' : `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`,
    links.length === 0 ? '' : `<p>${links.join(' &middot; ')}</p>`,
    message.command === null ? '' : `<p>Acknowledge: <code>${escaped(message.command)}</code></p>`,
    `<p style="color:#57606a">Nightdesk, ${escaped(message.environment)} on ${escaped(message.host)}</p>`,
    '</body></html>',
  ].join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Sends one mail. Never throws. @param password null when the route has none */
export async function sendMail(
  mail: Mail,
  route: EmailRoute,
  password: string | null,
  signal: AbortSignal,
): Promise<Outcome> {
  const { host, port, secure, user } = route;
  const transport = createTransport({
    host,
    port,
    secure,
    // A password never goes over a line in the clear, except within this machine.
    requireTLS: !secure && password !== null && !isLocal(host),
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    disableUrlAccess: true,
  });
  try {
    const info = await transport.sendMail({ ...mail, signal });
    if (info.rejected.length === 0) return { kind: 'taken', note: null };
    const why = `it does not take mail for ${info.rejected.join(', ')}`;
    // Those who have it know the repeat by its Message-ID.
    const temporary = (info.rejectedErrors ?? []).some(({ responseCode }) => isTemporary(responseCode ?? 0));
    return temporary
      ? { kind: 'later', why: `${why} now`, doubt: true, retryAfterMs: null }
      : { kind: 'taken', note: why };
  } catch (error) {
    return mailOutcome(error, signal);
  } finally {
    transport.close();
  }
}

function mailOutcome(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) return { kind: 'later', why: 'no answer came in time', doubt: true, retryAfterMs: null };
  const why = error instanceof Error ? error.message : String(error);
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const answered = field('responseCode');
  if (typeof answered === 'number') {
    return isTemporary(answered) ? { kind: 'later', why, doubt: false, retryAfterMs: null } : { kind: 'refused', why };
  }
  const code = String(field('code'));
  // An attachment that is gone, an address that is none: another attempt is no better.
  if (/^(ENOENT|EACCES|ESTREAM|EFILEACCESS|ECONFIG|EENVELOPE)$/.test(code)) return { kind: 'refused', why };
  const unsent = /^(EDNS|ETLS|EAUTH)$/.test(code) || /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(why);
  return { kind: 'later', why, doubt: !unsent, retryAfterMs: null };
}

function isTemporary(code: number): boolean {
  return code >= 400 && code < 500;
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
