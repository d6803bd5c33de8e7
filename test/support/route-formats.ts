import { z } from 'zod';

/*
 * What each vendor takes, as its documentation says: every field, and no other.
 */

const isoMoment = z.iso.datetime({ offset: true });

/** PagerDuty Events API v2: POST /v2/enqueue. */
export const pagerDutyEventSchema = z.discriminatedUnion('event_action', [
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('trigger'),
    dedup_key: z.string().min(1).max(255),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'warning', 'error', 'info']),
      timestamp: isoMoment,
      component: z.string(),
      group: z.string(),
      class: z.string(),
      custom_details: z.record(z.string(), z.string()),
    }),
    client: z.string(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })),
  }),
  ...(['acknowledge', 'resolve'] as const).map((action) =>
    z.strictObject({
      routing_key: z.string().length(32),
      event_action: z.literal(action),
      dedup_key: z.string().min(1).max(255),
    }),
  ),
]);

const slackText = (most: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    // A raw angle bracket would begin a mention or a link.
    text: z
      .string()
      .min(1)
      .max(most)
      .refine((text) => !/<(?!https?:\/\/[^<>|]+\|[^<>|]+>)/.test(text), 'markup'),
  });

/** A message to a Slack incoming webhook, of the Block Kit blocks that we use. */
export const slackMessageSchema = z.strictObject({
  text: z.string().min(1).max(4_000),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('header'),
          text: z.strictObject({
            type: z.literal('plain_text'),
            text: z.string().min(1).max(150),
            emoji: z.boolean(),
          }),
        }),
        z
          .strictObject({
            type: z.literal('section'),
            text: slackText(3_000).optional(),
            fields: z.array(slackText(2_000)).min(1).max(10).optional(),
          })
          .refine(({ text, fields }) => text !== undefined || fields !== undefined),
        z.strictObject({ type: z.literal('context'), elements: z.array(slackText(2_000)).min(1).max(10) }),
      ]),
    )
    .min(1)
    .max(50),
});

/** What a Teams workflow takes: a message with one adaptive card. */
export const teamsMessageSchema = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
          type: z.literal('AdaptiveCard'),
          version: z.enum(['1.2', '1.3', '1.4', '1.5']),
          fallbackText: z.string(),
          body: z
            .array(
              z.discriminatedUnion('type', [
                z.strictObject({
                  type: z.literal('TextBlock'),
                  text: z.string().min(1),
                  wrap: z.boolean(),
                  size: z.enum(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge']).optional(),
                  weight: z.enum(['Lighter', 'Default', 'Bolder']).optional(),
                  color: z.enum(['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention']).optional(),
                  isSubtle: z.boolean().optional(),
                  spacing: z.enum(['None', 'Small', 'Default', 'Medium', 'Large', 'ExtraLarge', 'Padding']).optional(),
                }),
                z.strictObject({
                  type: z.literal('FactSet'),
                  facts: z.array(z.strictObject({ title: z.string().min(1), value: z.string().min(1) })).min(1),
                }),
              ]),
            )
            .min(1),
          actions: z.array(
            z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string().min(1), url: z.url() }),
          ),
          msteams: z.strictObject({ width: z.literal('Full') }),
        }),
      }),
    )
    .length(1),
});

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/);

/** Alertmanager: POST /api/v2/alerts. */
export const postableAlertsSchema = z
  .array(
    z
      .strictObject({
        labels: z
          .record(labelName, z.string().min(1))
          .refine(({ alertname }) => alertname !== undefined, 'it has a name'),
        annotations: z.record(labelName, z.string()),
        startsAt: isoMoment,
        endsAt: isoMoment,
        generatorURL: z.url().optional(),
      })
      .refine(({ startsAt, endsAt }) => Date.parse(startsAt) <= Date.parse(endsAt), 'it ends before it starts'),
  )
  .min(1);

/** A CloudEvents 1.0 event in JSON. */
export const cloudEventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().regex(/^[^\s<>"{}|\\^`]+$/),
  type: z.string().regex(/^[a-z0-9.-]+$/),
  subject: z.string().min(1),
  time: isoMoment,
  datacontenttype: z.literal('application/json'),
  data: z.record(z.string(), z.unknown()),
});
