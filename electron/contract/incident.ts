import { z } from 'zod';
import { alertSchema } from './alert.ts';
import { actorSchema, momentSchema } from './basic.ts';

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
