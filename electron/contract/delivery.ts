import { z } from 'zod';
import { momentSchema, nameSchema, spanTextSchema } from './basic.ts';
import { secretOrTextSchema } from './secret.ts';

/*
 * Where alerts and reports are sent, and what became of each message. Addresses that hold a token are secrets.
 */

/** One route of nightdesk.yaml. */
export const alertRouteSchema = z.discriminatedUnion('kind', [
  /** Every connected desktop and browser, with sound. */
  z.strictObject({ kind: z.literal('native') }),
  /** PagerDuty Events API v2. */
  z.strictObject({
    kind: z.literal('pagerduty'),
    key: secretOrTextSchema,
    url: z.url().default('https://events.pagerduty.com/v2/enqueue'),
  }),
  z.strictObject({ kind: z.literal('slack'), url: secretOrTextSchema }),
  z.strictObject({ kind: z.literal('teams'), url: secretOrTextSchema }),
  /** Alertmanager's API v2 (POST /api/v2/alerts). */
  z.strictObject({ kind: z.literal('alertmanager'), url: secretOrTextSchema }),
  z.strictObject({
    kind: z.literal('email'),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535).default(587),
    secure: z.boolean().default(false),
    user: z.string().optional(),
    password: secretOrTextSchema.optional(),
    from: z.string().min(3),
    to: z.array(z.string().min(3)).min(1),
  }),
  /** A CloudEvents 1.0 document, signed with HMAC-SHA256 over timestamp and body. */
  z.strictObject({ kind: z.literal('webhook'), url: secretOrTextSchema, secret: secretOrTextSchema.optional() }),
]);
export type AlertRoute = z.infer<typeof alertRouteSchema>;

/** Who is told of what, and who next when nobody answers. Names of routes. */
export const alertsSettingsSchema = z.strictObject({
  page: z.array(nameSchema).default([]),
  ticket: z.array(nameSchema).default([]),
  escalate: z.array(z.strictObject({ after: spanTextSchema, to: z.array(nameSchema).min(1) })).default([]),
  /** An address outside that is asked once in `every`, and alarms when nobody asks. */
  deadman: z.strictObject({ url: secretOrTextSchema, every: spanTextSchema.default(60_000) }).optional(),
  /** Environment, as part of every dedup key. */
  environment: nameSchema.default('production'),
});
export type AlertsSettings = z.infer<typeof alertsSettingsSchema>;

/** What a message says of an alert. */
export const deliveryKindSchema = z.enum(['trigger', 'acknowledge', 'resolve', 'escalate', 'report', 'test']);
export type DeliveryKind = z.infer<typeof deliveryKindSchema>;

/** A message of the outbox: written in the commit that made it due, and kept until the other side took it. */
export const deliverySchema = z.object({
  id: z.number().int().positive(),
  route: nameSchema,
  kind: deliveryKindSchema,
  alert: z.string().nullable(),
  incident: z.number().int().nullable(),
  state: z.enum(['due', 'sent', 'refused', 'dropped']),
  attempts: z.number().int(),
  madeAt: momentSchema,
  nextAt: momentSchema.nullable(),
  sentAt: momentSchema.nullable(),
  /** Why it is not sent. */
  error: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** How a route stands. A failing one is an alert of its own. */
export const routeStandingSchema = z.object({
  name: nameSchema,
  kind: z.string(),
  due: z.number().int(),
  failingSince: momentSchema.nullable(),
  lastSentAt: momentSchema.nullable(),
  lastError: z.string().nullable(),
});
export type RouteStanding = z.infer<typeof routeStandingSchema>;
