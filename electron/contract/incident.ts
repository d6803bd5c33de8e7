import { z } from 'zod';
import { alertSchema } from './alert.ts';
import { actorSchema, momentSchema, nameSchema, spanSchema } from './basic.ts';

/** One entry of an incident's timeline. Entries are added, never edited. */
export const timelineEntrySchema = z.object({
  at: momentSchema,
  /** `people`: who took or handed over what. `status`: opened, severity, merged, resolved. */
  kind: z.enum(['alert', 'action', 'run', 'note', 'health', 'change', 'people', 'status']),
  text: z.string(),
  by: actorSchema.nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/** `sev1`: customers are stopped. `sev2`: they notice. `sev3`: they do not yet. */
export const incidentSeveritySchema = z.enum(['sev1', 'sev2', 'sev3']);
export type IncidentSeverity = z.infer<typeof incidentSeveritySchema>;

/** One person commands and one speaks to the outside; any number respond. */
export const incidentRoleSchema = z.enum(['commander', 'responder', 'communications']);
export type IncidentRole = z.infer<typeof incidentRoleSchema>;

/** What the next person has to know. */
export const handoverNoteSchema = z.object({
  done: z.string().max(4_000),
  open: z.string().max(4_000),
  next: z.string().min(1).max(2_000),
});
export type HandoverNote = z.infer<typeof handoverNoteSchema>;

/** Something that changed and may be the cause. */
export const changeSchema = z.object({
  at: momentSchema,
  kind: z.enum(['definition', 'intervention', 'provider', 'settings', 'objective']),
  /** The agent, provider or settings key. */
  subject: z.string(),
  /** What became of it, in one line: `9f2c41 -> 1b07aa: prompt (2 lines), limits.timeout 60000 -> 30000`. */
  text: z.string(),
  by: actorSchema.nullable(),
});
export type Change = z.infer<typeof changeSchema>;

/** The moments that its times are counted from. */
export const incidentTimesSchema = z.object({
  /** The first bad minute of the breaching run; null where no task of its agents failed. */
  impactAt: momentSchema.nullable(),
  detectedAt: momentSchema,
  /** When its agents stopped failing; null as long as they fail, and where none did before it was resolved. */
  mitigatedAt: momentSchema.nullable(),
  resolvedAt: momentSchema.nullable(),
});
export type IncidentTimes = z.infer<typeof incidentTimesSchema>;

/** What on-call works on. */
export const incidentSchema = z.object({
  id: z.number().int().positive(),
  title: z.string(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  severity: incidentSeveritySchema,
  openedAt: momentSchema,
  /** The person who opened it; null when an alert did. */
  openedBy: actorSchema.nullable(),
  resolvedAt: momentSchema.nullable(),
  /** Why a person resolved it; null when its alerts did. */
  resolveReason: z.string().nullable(),
  acknowledgedBy: actorSchema.nullable(),
  rehearsal: z.boolean(),
  times: incidentTimesSchema,
  roles: z.array(z.object({ role: incidentRoleSchema, holder: actorSchema, since: momentSchema })),
  /** The incident that it was merged into. */
  mergedInto: z.number().int().nullable(),
  alerts: z.array(alertSchema),
  agents: z.array(z.string()),
  /** Runbooks that answer its alerts, best first. */
  runbooks: z.array(z.object({ name: z.string(), title: z.string() })),
  /** The run in progress, and its next step. */
  run: z
    .object({
      id: z.number().int(),
      runbook: z.string(),
      title: z.string(),
      step: z.number().int(),
      steps: z.number().int(),
      next: z.string().nullable(),
    })
    .nullable(),
  touches: z.string(),
  changed: z.string(),
  done: z.string(),
});
export type Incident = z.infer<typeof incidentSchema>;

export const incidentDetailSchema = incidentSchema.extend({
  timeline: z.array(timelineEntrySchema),
  /** From six hours before it to its end, the newest first. `concerns`: its agents, or a provider of their routes. */
  changes: z.array(changeSchema.extend({ concerns: z.boolean() })),
  /** Those that were merged into it. */
  merged: z.array(z.object({ id: z.number().int(), title: z.string() })),
  handovers: z.array(
    z.object({
      at: momentSchema,
      role: incidentRoleSchema,
      from: actorSchema,
      to: z.string(),
      note: handoverNoteSchema,
    }),
  ),
  /** The merge or split that can still be undone. */
  lastMove: z.object({ id: z.number().int(), text: z.string() }).nullable(),
});
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

/** A median and a 90th percentile of spans. */
export const spanStatSchema = z.object({
  /** Incidents counted, those that still last among them. */
  n: z.number().int(),
  /** Of those: still lasting, counted with what they last by now. */
  lasting: z.number().int(),
  /** Incidents without this span: nothing of theirs was measured. */
  unmeasured: z.number().int(),
  medianMs: spanSchema.nullable(),
  /** The true median is this or more: one that still lasts may move it. */
  medianAtLeast: z.boolean(),
  p90Ms: spanSchema.nullable(),
  p90AtLeast: z.boolean(),
});
export type SpanStat = z.infer<typeof spanStatSchema>;

/** Times to detect (from impact), and to mitigate and resolve (from impact, from detection where none was measured). */
export const incidentStatsSchema = z.object({
  from: momentSchema,
  to: momentSchema,
  rehearsal: z.boolean(),
  incidents: z.number().int(),
  detect: spanStatSchema,
  mitigate: spanStatSchema,
  resolve: spanStatSchema,
});
export type IncidentStats = z.infer<typeof incidentStatsSchema>;

/** What its agents ended around it, by minute: what its chart draws. */
export const incidentChartSchema = z.object({
  from: momentSchema,
  bucketMs: spanSchema,
  good: z.array(z.number().int()),
  bad: z.array(z.number().int()),
});
export type IncidentChart = z.infer<typeof incidentChartSchema>;

/** The post-incident review, in Markdown. Version 0 was drafted from the record and never edited. */
export const incidentDraftSchema = z.object({
  incident: z.number().int(),
  text: z.string(),
  version: z.number().int(),
  editedAt: momentSchema.nullable(),
  editedBy: actorSchema.nullable(),
});
export type IncidentDraft = z.infer<typeof incidentDraftSchema>;

const byId = z.object({ id: z.number().int() });
const reasonSchema = z.string().trim().min(3).max(500);
const personSchema = z.string().trim().min(1).max(80);

/** What people ask of incidents, by call. */
export const incidentInputs = {
  open: z.object({
    title: z.string().trim().min(3).max(200),
    severity: incidentSeveritySchema.default('sev2'),
    agents: z.array(nameSchema).max(100).default([]),
    note: z.string().trim().max(4_000).optional(),
  }),
  severity: byId.extend({ severity: incidentSeveritySchema, reason: reasonSchema.optional() }),
  /** Without `holder` the caller takes it. */
  take: byId.extend({ role: incidentRoleSchema, holder: personSchema.optional() }),
  release: byId.extend({ role: incidentRoleSchema, holder: personSchema.optional() }),
  handOver: byId.extend({ role: incidentRoleSchema, to: personSchema, note: handoverNoteSchema }),
  merge: byId.extend({ into: z.number().int() }),
  split: byId.extend({
    alerts: z.array(z.string()).min(1).max(200),
    title: z.string().trim().min(3).max(200).optional(),
  }),
  undo: byId.extend({ move: z.number().int() }),
  /** `anyway`: although alerts of it still fire. */
  resolve: byId.extend({ reason: reasonSchema, anyway: z.boolean().default(false) }),
  reopen: byId.extend({ reason: reasonSchema }),
  stats: z.object({ days: z.number().int().min(1).max(366).default(28), rehearsal: z.boolean().default(false) }),
  changes: z.object({ from: momentSchema, to: momentSchema }),
  /** `fresh`: drafted anew from the record, whatever was saved. */
  draft: byId.extend({ fresh: z.boolean().default(false) }),
  saveDraft: byId.extend({ text: z.string().max(200_000), version: z.number().int() }),
};
