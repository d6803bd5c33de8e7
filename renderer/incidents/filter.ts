import type { Incident, IncidentSeverity, IncidentStats, SpanStat } from '#contract/incident.ts';
import { spanText } from '../kit/index.ts';

/** Which incidents a list shows. */
export type IncidentFilter = { open: boolean; severity: IncidentSeverity | null; text: string };

export const EVERY_INCIDENT: IncidentFilter = { open: false, severity: null, text: '' };

/** Whether an incident is shown: every word is in its number, title, agents, alerts or people. */
export function isShown(incident: Incident, { open, severity, text }: IncidentFilter): boolean {
  if (open && incident.state === 'resolved') return false;
  if (severity !== null && incident.severity !== severity) return false;
  const haystack = [
    `#${incident.id}`,
    incident.title,
    ...incident.agents,
    ...incident.alerts.flatMap(({ rule, subject }) => [rule, subject]),
    ...incident.roles.map(({ holder }) => holder.name),
  ]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

/** Times of many in a line's worth of words each; nothing is claimed of none. */
export function timeWords(stats: IncidentStats): { name: string; value: string; of: string }[] {
  return [
    { name: 'To detect', stat: stats.detect },
    { name: 'To mitigate', stat: stats.mitigate },
    { name: 'To resolve', stat: stats.resolve },
  ].map(({ name, stat }) => ({ name, value: medianText(stat), of: ofText(stat) }));
}

function medianText({ n, medianMs, medianAtLeast, p90Ms, p90AtLeast }: SpanStat): string {
  if (n === 0 || medianMs === null || p90Ms === null) return 'none measured';
  const median = `${medianAtLeast ? '≥ ' : ''}${spanText(medianMs)}`;
  return n === 1 ? median : `median ${median}, p90 ${p90AtLeast ? '≥ ' : ''}${spanText(p90Ms)}`;
}

function ofText({ n, lasting, unmeasured }: SpanStat): string {
  return [
    ...(n === 0 ? [] : [`of ${n}`]),
    ...(lasting === 0 ? [] : [`${lasting} still open`]),
    ...(unmeasured === 0 ? [] : [`${unmeasured} not measured`]),
  ].join(', ');
}
