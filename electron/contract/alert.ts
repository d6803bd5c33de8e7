import { z } from 'zod';
import { actorSchema, momentSchema, nameSchema, spanSchema, spanTextSchema } from './basic.ts';

/** Labels of an alert; runbook inputs are filled from them. */
export const labelsSchema = z.record(z.string(), z.string());

/** `page` wakes a person, `ticket` waits for the day. */
export const severitySchema = z.enum(['page', 'ticket']);
export type Severity = z.infer<typeof severitySchema>;

/** The life of an alert; `pending` holds but not yet for as long as its rule wants. */
export const alertStateSchema = z.enum(['pending', 'firing', 'acknowledged', 'resolved']);

/**
 * What lies over an alert's state. Silenced, snoozed, inhibited: nobody is told. Flapping: only escalation is told. Frozen:
 * it cannot be judged, and stands as it was judged last.
 */
export const alertCoverSchema = z.enum(['silenced', 'snoozed', 'inhibited', 'frozen', 'flapping']);

/** A rule that fired, or is about to. */
export const alertSchema = z.object({
  id: z.string(),
  /** Hash of environment, agent, type, objective and rule kind: the same trouble has the same key. */
  key: z.string(),
  /** The rule's name, as runbooks match it: `provider-breaker-open`. */
  rule: z.string(),
  subject: z.string(),
  severity: severitySchema,
  state: alertStateSchema,
  /** What lies over it, the strongest first. */
  covers: z.array(z.object({ cover: alertCoverSchema, why: z.string(), until: momentSchema.nullable() })),
  summary: z.string(),
  labels: labelsSchema,
  value: z.string(),
  /** The last error seen, where there is one. */
  error: z.string().nullable(),
  incident: z.number().int().nullable(),
  pendingSince: momentSchema.nullable(),
  firedAt: momentSchema,
  acknowledgedBy: actorSchema.nullable(),
  /** An acknowledgement ends then. */
  acknowledgedUntil: momentSchema.nullable(),
  /** Steps of the escalation that were taken. */
  escalated: z.number().int(),
  resolvedAt: momentSchema.nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** Which alerts a silence, an inhibition or a route speaks of. Every field given must match; `*` at an end stands for anything. */
export const matcherSchema = z.strictObject({
  rule: z.string().optional(),
  subject: z.string().optional(),
  agent: z.string().optional(),
  severity: severitySchema.optional(),
  labels: labelsSchema.optional(),
});
export type Matcher = z.infer<typeof matcherSchema>;

/** Nobody is told of what matches until it ends. It has an end, a reason and an author, always. */
export const silenceSchema = z.object({
  id: z.number().int().positive(),
  matcher: matcherSchema,
  reason: z.string().min(3).max(500),
  by: actorSchema,
  from: momentSchema,
  until: momentSchema,
});
export type Silence = z.infer<typeof silenceSchema>;

/** The longest silence, ms: what is silenced for longer is a rule to change. */
export const SILENCE_MAX_MS = 30 * 86_400_000;

/** A silence as it is asked for. */
export const silenceInputSchema = z.object({
  matcher: matcherSchema.refine(
    (matcher) => Object.keys(matcher).length > 0,
    'say what is silenced; * stands for anything',
  ),
  forMs: spanSchema.min(60_000).max(SILENCE_MAX_MS),
  reason: silenceSchema.shape.reason,
  by: actorSchema.optional(),
});
export type SilenceInput = z.infer<typeof silenceInputSchema>;

/** A rule of a YAML file in `alerts/` of the data folder: what it looks at, when it holds, and how loud it is. */
export const alertRuleSchema = z.strictObject({
  name: nameSchema,
  description: z.string().max(500).optional(),
  /** Of every agent, unless one is named. */
  agent: z.string().optional(),
  /** What is measured over `window`; see docs/alerts.md. */
  measure: z.enum([
    'success-rate',
    'failed',
    'burn',
    'p95',
    'queued',
    'waiting',
    'oldest',
    'overdue',
    'retries',
    'cost',
    'cost-per-success',
    'unverified',
    'ends',
  ]),
  window: spanTextSchema.default(900_000),
  above: z.number().optional(),
  below: z.number().optional(),
  /** Fewer ends than this say nothing. */
  atLeast: z.number().int().min(0).default(0),
  /** It must hold this long. */
  for: spanTextSchema.default(0),
  severity: severitySchema.default('ticket'),
  runbook: nameSchema.optional(),
  routes: z.array(nameSchema).optional(),
});
export type AlertRuleFile = z.infer<typeof alertRuleSchema>;

export const alertRulesFileSchema = z.strictObject({
  rules: z.array(alertRuleSchema).default([]),
  /** While an alert that matches `when` fires, those that match `mute` are not told. `equal`: labels that must be the same. */
  inhibit: z
    .array(z.strictObject({ when: matcherSchema, mute: matcherSchema, equal: z.array(z.string()).default([]) }))
    .default([]),
});
export type AlertRulesFile = z.infer<typeof alertRulesFileSchema>;

/** A rule as the console lists it: shipped ones, those of objectives, and those of files. */
export const alertRuleViewSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** What makes it hold, in one sentence. */
  when: z.string(),
  severity: severitySchema,
  from: z.enum(['shipped', 'objective', 'file']),
  file: z.string().nullable(),
  forMs: spanSchema,
  runbooks: z.array(z.object({ name: z.string(), title: z.string() })),
  firing: z.number().int(),
  firedLast28d: z.number().int(),
  lastFiredAt: momentSchema.nullable(),
});
export type AlertRuleView = z.infer<typeof alertRuleViewSchema>;

/** A rule with what it did lately. */
export const alertRuleDetailSchema = alertRuleViewSchema.extend({
  /** Its newest firings, of 28 days. */
  history: z.array(alertSchema),
  /** Who is told when it fires, and nobody answers yet. */
  routes: z.array(z.string()),
});
export type AlertRuleDetail = z.infer<typeof alertRuleDetailSchema>;

/** Once that a rule would have fired. `to`: null where it would fire still. */
export const wouldFireSchema = z.object({ from: momentSchema, to: momentSchema.nullable(), value: z.string() });

/** What a rule would have done to an agent over past data. */
export const replaySchema = z.object({
  from: momentSchema,
  to: momentSchema,
  rules: z.array(
    z.object({
      rule: z.string(),
      severity: severitySchema,
      agent: z.string(),
      /** Why it was not replayed: what it measures has no history. */
      skipped: z.string().nullable(),
      /** Minutes that could be judged. */
      judgedMinutes: z.number().int(),
      fired: z.array(wouldFireSchema),
    }),
  ),
});
export type Replay = z.infer<typeof replaySchema>;
