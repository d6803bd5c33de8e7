import { z } from 'zod';
import { labelsSchema, severitySchema } from '#contract/alert.ts';
import { actorSchema } from '#contract/basic.ts';
import type { AlertRow, StandingRow } from '../../store/alert.ts';
import { NEW, type Standing } from './life.ts';
import { ALERT_RULES, type Signal } from './rules.ts';
import { aboutOf } from './speaker.ts';

/** What is kept of one alert: `alert` is the id of its newest firing. */
export type Kept = { about: string; key: string; alert: string | null; signal: Signal; standing: Standing };

const acknowledgedSchema = z.object({ by: actorSchema, at: z.number(), until: z.number(), severity: severitySchema });
const standingSchema: z.ZodType<Standing> = z.object({
  state: z.enum(['inactive', 'pending', 'firing', 'acknowledged', 'resolved']),
  severity: severitySchema,
  holding: z.record(z.string(), z.number()),
  pendingSince: z.number().nullable(),
  firedAt: z.number().nullable(),
  resolvedAt: z.number().nullable(),
  acknowledged: acknowledgedSchema.nullable(),
  snoozed: z.object({ by: actorSchema, until: z.number() }).nullable(),
  closedUntil: z.number().nullable(),
  unansweredSince: z.number().nullable(),
  escalated: z.number(),
  turns: z.array(z.number()),
  flappingSince: z.number().nullable(),
  told: z
    .object({ as: z.enum(['trigger', 'acknowledge']), severity: severitySchema, routes: z.array(z.string()) })
    .nullable(),
});
const signalSchema: z.ZodType<Signal> = z.object({
  rule: z.string(),
  kind: z.string(),
  severity: severitySchema,
  forMs: z.number(),
  subject: z.string(),
  type: z.string().optional(),
  objective: z.string().optional(),
  event: z.enum(['holds', 'uncertain', 'cleared', 'no-data']),
  title: z.string(),
  fires: z.string(),
  clears: z.string(),
  agents: z.array(z.string()),
  labels: labelsSchema,
  value: z.string(),
  error: z.string().nullable(),
});

export function keptOf(row: StandingRow): Kept {
  return {
    about: row.about,
    key: row.key,
    alert: row.alert,
    signal: signalSchema.parse(JSON.parse(row.signal)),
    standing: standingSchema.parse(JSON.parse(row.body)),
  };
}

/** A firing that a version without standings wrote, as it would have been kept. */
export function adopted(row: AlertRow, keyOf: (about: string) => string): Kept {
  const rule = Object.entries(ALERT_RULES).find(([name]) => name === row.rule)?.[1];
  // Rows of that version say no severity: the schema's default stands in each.
  const severity = rule?.severity ?? row.severity;
  const signal: Signal = {
    rule: row.rule,
    kind: rule?.kind ?? row.rule,
    severity,
    forMs: 0,
    subject: row.subject,
    event: 'holds',
    title: row.summary,
    fires: row.summary,
    clears: `${row.rule} of ${row.subject} is over`,
    agents: [],
    labels: labelsSchema.parse(JSON.parse(row.labels)),
    value: row.value,
    error: row.error,
  };
  const about = aboutOf(signal);
  return {
    about,
    key: keyOf(about),
    alert: row.id,
    signal,
    standing: {
      ...NEW,
      state: 'firing',
      severity,
      holding: { [row.rule]: row.fired_at },
      firedAt: row.fired_at,
    },
  };
}
