import { z } from 'zod';
import { severitySchema } from './alert.ts';
import { momentSchema, nameSchema, spanTextSchema } from './basic.ts';
import { secretOrTextSchema } from './secret.ts';

/*
 * Where alerts and reports are sent, and what became of each message. Addresses that hold a token are secrets.
 */

/** The route that is always there: every connected desktop and browser. */
export const NATIVE = 'native';

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
  page: z.array(nameSchema).default([NATIVE]),
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
  /** What it says, in one line. */
  title: z.string(),
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

/** Which messages are listed, newest first. */
export const deliveryFilterSchema = z.object({
  route: nameSchema.optional(),
  state: deliverySchema.shape.state.optional(),
  limit: z.number().int().min(1).max(1_000).default(50),
});
export type DeliveryFilter = z.infer<typeof deliveryFilterSchema>;

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

/** A message of a native route, as consoles and desktops show it: each once, by its id. */
export const noticeSchema = z.object({
  id: z.string(),
  at: momentSchema,
  kind: deliveryKindSchema,
  severity: severitySchema.nullable(),
  title: z.string(),
  body: z.string(),
  incident: z.number().int().nullable(),
});
export type Notice = z.infer<typeof noticeSchema>;

const textMapSchema = z.record(z.string(), z.string());

/** An alert as Alertmanager tells it. A firing one has no end yet, or one in the far past. */
export const outsideAlertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: textMapSchema,
  annotations: textMapSchema.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }).optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().min(1).max(100),
});
export type OutsideAlert = z.infer<typeof outsideAlertSchema>;

/** What Alertmanager sends to a webhook receiver, version 4. */
export const alertmanagerPayloadSchema = z.object({
  version: z.literal('4'),
  groupKey: z.string().optional(),
  truncatedAlerts: z.number().int().default(0),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string().optional(),
  groupLabels: textMapSchema.optional(),
  commonLabels: textMapSchema.optional(),
  commonAnnotations: textMapSchema.optional(),
  externalURL: z.string().optional(),
  alerts: z.array(outsideAlertSchema).max(10_000),
});
export type AlertmanagerPayload = z.infer<typeof alertmanagerPayloadSchema>;

/** What became of the alerts of one payload. */
export const alertsTakenSchema = z.object({
  taken: z.number().int(),
  /** Of Nightdesk itself, come back: taken in they would go round for ever. */
  ignored: z.number().int(),
});
export type AlertsTaken = z.infer<typeof alertsTakenSchema>;

/** A notice that nobody saw in this time is history: the incident stands in the console, ms. */
const FRESH_MS = 10 * 60_000;

/** The notices that are news to one who has seen some, oldest first. Pure. */
export function freshNotices(notices: readonly Notice[], seen: ReadonlySet<string>, now: number): Notice[] {
  return notices.filter(({ id, at }) => !seen.has(id) && now - at < FRESH_MS).toSorted((a, b) => a.at - b.at);
}

/** Whether a notice wants somebody now: these come with a sound. */
export function isUrgent({ kind, severity }: Notice): boolean {
  return severity === 'page' && (kind === 'trigger' || kind === 'escalate');
}
