import { z } from 'zod';
import { actorSchema, momentSchema } from './basic.ts';

/** Labels of an alert; runbook inputs are filled from them. */
export const labelsSchema = z.record(z.string(), z.string());

export const alertStateSchema = z.enum(['firing', 'acknowledged', 'resolved']);

/** A rule that fired. */
export const alertSchema = z.object({
  id: z.string(),
  /** The rule's name, as runbooks match it: `provider-breaker-open`. */
  rule: z.string(),
  state: alertStateSchema,
  summary: z.string(),
  labels: labelsSchema,
  value: z.string(),
  /** The last error seen, where there is one. */
  error: z.string().nullable(),
  firedAt: momentSchema,
  resolvedAt: momentSchema.nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** One entry of an incident's timeline. */
export const timelineEntrySchema = z.object({
  at: momentSchema,
  kind: z.enum(['alert', 'action', 'run', 'note', 'health', 'change']),
  text: z.string(),
  by: actorSchema.nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/** What on-call works on. */
export const incidentSchema = z.object({
  id: z.number().int().positive(),
  title: z.string(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  openedAt: momentSchema,
  resolvedAt: momentSchema.nullable(),
  acknowledgedBy: actorSchema.nullable(),
  rehearsal: z.boolean(),
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

export const incidentDetailSchema = incidentSchema.extend({ timeline: z.array(timelineEntrySchema) });
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;
