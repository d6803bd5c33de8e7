import { type Alert, labelsSchema, matcherSchema, type Silence } from '#contract/alert.ts';
import { type Actor, actorSchema } from '#contract/basic.ts';
import type { AlertRow, SilenceRow } from '../../store/alert.ts';
import type { Standing } from './life.ts';
import type { Signal } from './rules.ts';

function actorOf(text: string | null): Actor | null {
  return text === null ? null : actorSchema.parse(JSON.parse(text));
}

/** A firing as it was kept. */
export function pastAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    key: row.key,
    rule: row.rule,
    subject: row.subject,
    severity: row.severity,
    state: row.state === 'firing' && row.acknowledged_by !== null ? 'acknowledged' : row.state,
    covers: [],
    summary: row.summary,
    labels: labelsSchema.parse(JSON.parse(row.labels)),
    value: row.value,
    error: row.error,
    incident: row.incident,
    pendingSince: row.pending_since,
    firedAt: row.fired_at,
    acknowledgedBy: actorOf(row.acknowledged_by),
    acknowledgedUntil: null,
    escalated: row.escalated,
    resolvedAt: row.resolved_at,
  };
}

/** An alert as it stands now; `row` is its newest firing, `signal` what was said of it last. */
export function liveAlert(
  kept: { key: string; signal: Signal; standing: Standing },
  row: AlertRow | undefined,
  covers: Alert['covers'],
): Alert {
  const { key, signal, standing } = kept;
  const { state, acknowledged } = standing;
  return {
    id: row?.id ?? key,
    key,
    rule: signal.rule,
    subject: signal.subject,
    severity: standing.severity,
    state: state === 'inactive' ? 'resolved' : state,
    covers,
    summary: signal.title,
    labels: signal.labels,
    value: signal.value,
    error: signal.error,
    incident: state === 'pending' ? null : (row?.incident ?? null),
    pendingSince: standing.pendingSince ?? row?.pending_since ?? null,
    firedAt: state === 'pending' ? (standing.pendingSince ?? 0) : (standing.firedAt ?? 0),
    acknowledgedBy: acknowledged?.by ?? null,
    acknowledgedUntil: acknowledged?.until ?? null,
    escalated: standing.escalated,
    resolvedAt: state === 'resolved' ? standing.resolvedAt : null,
  };
}

export function silenceOf(row: SilenceRow): Silence {
  return {
    id: row.id,
    matcher: matcherSchema.parse(JSON.parse(row.matcher)),
    reason: row.reason,
    by: actorSchema.parse(JSON.parse(row.by)),
    from: row.from,
    until: row.until,
  };
}
