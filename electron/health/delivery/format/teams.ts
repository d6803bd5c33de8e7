import { bodyLines, fitted, type Message, placesOf, REPEAT, shortened } from '../message.ts';
import type { HttpRequest } from '../post.ts';

/*
 * Teams: a workflow "when a webhook request is received" takes a message with one adaptive card:
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */

export function teamsRequest(message: Message, url: string): HttpRequest {
  const text = message.report?.text ?? (message.kind === 'test' ? bodyLines(message).join('\n') : '');
  const body = fitted((most) => JSON.stringify(card(message, text, most)));
  return { url, headers: { 'content-type': 'application/json' }, body };
}

/** @param most characters of one value */
function card(message: Message, text: string, most: number): object {
  const colour = message.kind === 'resolve' ? 'Good' : message.severity === 'page' ? 'Attention' : 'Default';
  const heading = shortened(`${message.state}: ${message.title}`, most);
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
          fallbackText: heading,
          body: [
            block(plain(heading), {
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
                      value: plain(shortened(value, most)),
                    })),
                  },
                ]),
            ...(text === '' ? [] : [block(plain(shortened(text, most * 3)))]),
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
