import { bodyLines, fitted, type Message, placesOf, REPEAT, shortened } from '../message.ts';
import type { HttpRequest } from '../post.ts';

/*
 * Slack incoming webhooks with Block Kit: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
 * https://docs.slack.dev/reference/block-kit/blocks. A webhook knows no repeat: one that may be is said to be.
 */

const HEADER_MOST = 150;
const FIELDS_MOST = 10;
/** Of a text block, in characters as they are escaped. */
const TEXT_MOST = 2_000;

export function slackRequest(message: Message, url: string): HttpRequest {
  const body = fitted((most) => JSON.stringify(slackMessage(message, most)));
  return { url, headers: { 'content-type': 'application/json' }, body };
}

/** @param most characters of one value */
function slackMessage(message: Message, most: number): object {
  const heading = `${message.state}: ${message.title}`;
  const links = placesOf(message).map(({ title, link, address }) =>
    address === null ? `\`${escaped(link, most)}\`` : `<${escaped(address, TEXT_MOST)}|${escaped(title, most)}>`,
  );
  const text = message.report?.text ?? (message.kind === 'test' ? bodyLines(message).join('\n') : '');
  const foot = `Nightdesk, ${message.environment} on ${message.host}${message.repeat ? `. ${REPEAT}` : ''}`;
  return {
    text: escaped([heading, ...bodyLines(message)].join('\n'), most * 3),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shortened(heading, HEADER_MOST), emoji: false } },
      ...(message.facts.length === 0
        ? []
        : [
            {
              type: 'section',
              fields: message.facts.slice(0, FIELDS_MOST).map(({ name, value }) => ({
                type: 'mrkdwn',
                text: `*${name}*\n${escaped(value, most)}`,
              })),
            },
          ]),
      ...section(escaped(text, most * 3)),
      ...section(links.join('  ·  ')),
      ...section(message.command === null ? '' : `Acknowledge: \`${escaped(message.command, most)}\``),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(foot, TEXT_MOST) }] },
    ],
  };
}

function section(text: string): object[] {
  return text === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text } }];
}

/** The begin of a text, escaped as Slack wants it, `most` characters at most as it stands there. */
function escaped(text: string, most: number): string {
  const whole = escapes(text);
  if (whole.length <= most) return whole;
  let out = '';
  for (const character of text) {
    const next = escapes(character);
    if (out.length + next.length >= most) break;
    out += next;
  }
  return `${out}…`;
}

function escapes(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
