import { bodyLines, type Message, placesOf, REPEAT, shortened } from '../message.ts';
import type { HttpRequest } from '../post.ts';

/*
 * Teams: a workflow "when a webhook request is received" takes a message with one adaptive card:
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */

/** Of the whole request, characters. */
const MOST = 10_000;
const FACT_MOST = 600;
const TEXT_MOST = 2_000;

export function teamsRequest(message: Message, url: string): HttpRequest {
  const text = message.report?.text ?? (message.kind === 'test' ? bodyLines(message).join('\n') : '');
  const body = JSON.stringify(card(message, FACT_MOST, text));
  return {
    url,
    headers: { 'content-type': 'application/json' },
    body: body.length <= MOST ? body : JSON.stringify(card(message, 120, shortened(text, TEXT_MOST / 4))),
  };
}

function card(message: Message, factMost: number, text: string): object {
  const colour = message.kind === 'resolve' ? 'Good' : message.severity === 'page' ? 'Attention' : 'Default';
  const links = placesOf(message);
  const block = (content: string, more: object = {}) => ({ type: 'TextBlock', text: content, wrap: true, ...more });
  const notes = [
    ...links.filter(({ address }) => address === null).map(({ title, link }) => `${title}: ${link}`),
    ...(message.command === null ? [] : [`Acknowledge: ${message.command}`]),
    `Nightdesk, ${message.environment} on ${message.host}`,
    ...(message.repeat ? [REPEAT] : []),
  ];
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: shortened(`${message.state}: ${message.title}`, FACT_MOST),
          body: [
            block(plain(shortened(`${message.state}: ${message.title}`, FACT_MOST)), {
              size: 'Medium',
              weight: 'Bolder',
              color: colour,
            }),
            ...(message.facts.length === 0
              ? []
              : [
                  {
                    type: 'FactSet',
                    facts: message.facts.map(({ name, value }) => ({
                      title: name,
                      value: plain(shortened(value, factMost)),
                    })),
                  },
                ]),
            ...(text === '' ? [] : [block(plain(shortened(text, TEXT_MOST)))]),
            ...notes.map((note) => block(plain(note), { isSubtle: true, spacing: 'Small' })),
          ],
          actions: links.flatMap(({ title, address }) =>
            address === null ? [] : [{ type: 'Action.OpenUrl', title: shortened(title, 60), url: address }],
          ),
          msteams: { width: 'Full' },
        },
      },
    ],
  };
}

/** Cards read Markdown: what an error holds must not become a link or a list. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, '\\$&').replaceAll('\n', '\n\n');
}
