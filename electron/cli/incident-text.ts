import type { Change, IncidentDetail, IncidentStats, SpanStat } from '#contract/incident.ts';
import { fields, momentText, plain, spanText, table } from './format.ts';

/** Entries of a timeline that are printed; --json holds more. */
const SHOWN = 30;

/** An incident as its page shows it. */
export function incidentText(incident: IncidentDetail, now: number): string {
  const { times } = incident;
  const moment = (at: number | null): string => (at === null ? '-' : momentText(at, now));
  const before = incident.changes.filter((change) => change.at <= times.detectedAt);
  const sections = [
    fields([
      ['Incident', `#${incident.id}: ${incident.title}`],
      ['Stands', `${incident.severity}, ${incident.state}${incident.rehearsal ? ', rehearsal' : ''}`],
      ['Merged', incident.mergedInto === null ? null : `into #${incident.mergedInto}`],
      ['Impact', times.impactAt === null ? 'no task failed' : `${moment(times.impactAt)}, first bad minute`],
      ['Detected', moment(times.detectedAt)],
      ['Mitigated', moment(times.mitigatedAt)],
      [
        'Resolved',
        times.resolvedAt === null ? '-' : `${moment(times.resolvedAt)}${reasonText(incident.resolveReason)}`,
      ],
      ['Touches', incident.touches],
      ['Agents', incident.agents.join(', ') || '-'],
      ['People', incident.roles.map(({ role, holder }) => `${role} ${holder.name}`).join(', ') || 'nobody yet'],
      ['Taken by', incident.acknowledgedBy?.name ?? null],
      ['Next', nextText(incident)],
      ['To undo', incident.lastMove?.text ?? null],
    ]),
    incident.alerts.length === 0
      ? 'No alerts.'
      : table(incident.alerts, [
          { head: 'Alert', cell: (alert) => alert.id },
          { head: 'State', cell: (alert) => [alert.state, ...alert.covers.map(({ cover }) => cover)].join(', ') },
          { head: 'Since', cell: (alert) => moment(alert.firedAt) },
          { head: 'What', cell: (alert) => alert.summary },
          { head: 'Value', cell: (alert) => alert.value },
        ]),
    before.length === 0
      ? 'Nothing changed in the 6 h before it.'
      : table(before, [
          { head: 'Before it', cell: (change) => spanText(times.detectedAt - change.at), right: true },
          { head: 'Changed', cell: (change) => `${change.kind}${change.concerns ? '' : ' (of others)'}` },
          { head: 'What', cell: changeText },
          { head: 'By', cell: (change) => change.by?.name ?? '-' },
        ]),
    table(incident.timeline.slice(0, SHOWN), [
      { head: 'When', cell: (entry) => moment(entry.at) },
      { head: 'Kind', cell: (entry) => entry.kind },
      { head: 'What', cell: (entry) => entry.text },
      { head: 'By', cell: (entry) => entry.by?.name ?? '-' },
    ]),
  ];
  return sections.join('\n\n');
}

function changeText({ kind, subject, text }: Change): string {
  return plain(kind === 'definition' || kind === 'settings' ? `${subject} ${text}` : text);
}

function reasonText(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}

function nextText({ id, run, runbooks, state }: IncidentDetail): string {
  if (run !== null) return `${run.title}: ${run.next ?? 'end the run'} (run ${run.id})`;
  if (state === 'resolved') return `review it: nightdesk incident draft ${id}`;
  const [best] = runbooks;
  return best === undefined ? 'no runbook answers it' : `nightdesk runbook run ${best.name} --incident ${id}`;
}

/** The times of many incidents. */
export function statsText(stats: IncidentStats): string {
  const rows: { name: string; stat: SpanStat }[] = [
    { name: 'to detect', stat: stats.detect },
    { name: 'to mitigate', stat: stats.mitigate },
    { name: 'to resolve', stat: stats.resolve },
  ];
  const shown = (ms: number | null, atLeast: boolean): string =>
    ms === null ? '-' : `${atLeast ? '>= ' : ''}${spanText(ms)}`;
  return table(rows, [
    { head: `Time${stats.rehearsal ? ', rehearsed' : ''}`, cell: ({ name }) => name },
    { head: 'n', cell: ({ stat }) => String(stat.n), right: true },
    { head: 'Lasting', cell: ({ stat }) => String(stat.lasting), right: true },
    { head: 'Not measured', cell: ({ stat }) => String(stat.unmeasured), right: true },
    { head: 'Median', cell: ({ stat }) => shown(stat.medianMs, stat.medianAtLeast), right: true },
    { head: '90 of 100', cell: ({ stat }) => shown(stat.p90Ms, stat.p90AtLeast), right: true },
  ]);
}
