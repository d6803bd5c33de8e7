import { bodyLines, type Message, placesOf, REPEAT, shortened } from '../message.ts';
import type { HttpRequest } from '../post.ts';

/*
 * Slack incoming webhooks with Block Kit: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
 * https://docs.slack.dev/reference/block-kit/blocks. A webhook knows no repeat: one that may be is said to be.
 */

/** Of the whole request, characters. */
const MOST = 10_000;
const HEADER_MOST = 150;
const FIELD_MOST = 600;
const FIELDS_MOST = 10;
const TEXT_MOST = 2_000;

export function slackRequest(message: Message, url: string): HttpRequest {
  const heading = `${message.state}: ${message.title}`;
  const links = placesOf(message).map(({ title, link, address }) =>
    address === null ? `\`${escaped(link)}\`` : `<${escaped(address)}|${escaped(title)}>`,
  );
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: shortened(heading, HEADER_MOST), emoji: false } },
    ...(message.facts.length === 0
      ? []
      : [
          {
            type: 'section',
            fields: message.facts.slice(0, FIELDS_MOST).map(({ name, value }) => ({
              type: 'mrkdwn',
              text: `*${escaped(name)}*\n${escaped(shortened(value, FIELD_MOST))}`,
            })),
          },
        ]),
    ...section(message.report?.text ?? (message.kind === 'test' ? bodyLines(message).join('\n') : ''), escaped),
    ...section(links.join('  ·  '), (text) => text),
    ...section(message.command === null ? '' : `Acknowledge: \`${escaped(message.command)}\``, (text) => text),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: escaped(`Nightdesk, ${message.environment} on ${message.host}${message.repeat ? `. ${REPEAT}` : ''}`),
        },
      ],
    },
  ];
  const text = escaped(shortened([heading, ...bodyLines(message)].join('\n'), TEXT_MOST));
  const body = JSON.stringify({ text, blocks });
  const short = JSON.stringify({ text: shortened(text, TEXT_MOST), blocks: [blocks[0], blocks.at(-1)] });
  return { url, headers: { 'content-type': 'application/json' }, body: body.length <= MOST ? body : short };
}

function section(text: string, form: (text: string) => string): object[] {
  if (text === '') return [];
  return [{ type: 'section', text: { type: 'mrkdwn', text: form(shortened(text, TEXT_MOST)) } }];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
