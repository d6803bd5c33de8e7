import type { IncidentDetail } from '#contract/incident.ts';
import { changeText } from './reader.ts';
import { spansOf } from './times.ts';
import { byWords, localTime, spanWords } from './words.ts';

/** What the record does not hold but the review needs. */
export type ReviewFigures = {
  /** Tasks of its agents that ended from impact to resolution, and failed among them. */
  ended: number;
  failed: number;
};

/** The questions that a review has to answer; people fill them in. */
const FACTORS = [
  'What made it possible?',
  'What made it worse, or last longer?',
  'What went well, and should stay?',
  'How was it found, and could it have been found earlier?',
];

/**
 * A post-incident review in Markdown, drafted from the record: what is known is filled in, what people have to add stands
 * as a question. Pure.
 * @param zone IANA name of the time zone that its times are in
 * @param runs the stories of its runs, in Markdown
 */
export function draftReview(
  incident: IncidentDetail,
  figures: ReviewFigures,
  now: number,
  zone: string,
  runs: readonly string[] = [],
): string {
  const time = (at: number | null): string => (at === null ? 'not yet' : localTime(at, zone));
  const { times } = incident;
  const before = incident.changes.filter((change) => change.at <= times.detectedAt);
  return `${[
    `# Incident ${incident.id}: ${incident.title}`,
    summary(incident, now),
    `## Impact\n\n${impact(incident, figures, now)}`,
    `## Times (${zone})\n\n${table(
      ['What', 'When', 'After'],
      [
        ['First bad minute', times.impactAt === null ? 'no task failed' : time(times.impactAt), ''],
        ['Detected', time(times.detectedAt), spanText(spansOf(times, now).detect)],
        [
          'Mitigated',
          times.impactAt === null ? 'no task failed' : time(times.mitigatedAt),
          spanText(spansOf(times, now).mitigate),
        ],
        ['Resolved', time(times.resolvedAt), spanText(spansOf(times, now).resolve)],
      ],
    )}`,
    `## Detection\n\n${detection(incident, zone)}`,
    `## What changed before it\n\n${bullets(
      before.map((change) => {
        const aside = change.concerns ? '' : ', of others';
        return `${spanWords(times.detectedAt - change.at)} before (${time(change.at)}${aside}): ${changeText(change)}${byWords(change.by)}`;
      }),
      'Nothing changed in the six hours before it.',
    )}`,
    `## What was done\n\n${bullets(
      incident.timeline
        .filter(({ kind }) => kind === 'action' || kind === 'run')
        .toReversed()
        .map((entry) => `${time(entry.at)}: ${entry.text}${byWords(entry.by)}`),
      'No action was recorded.',
    )}`,
    ...(runs.length === 0 ? [] : [`## Runbooks\n\n${runs.join('\n\n')}`]),
    `## Timeline (${zone})\n\n${table(
      ['When', 'Kind', 'What'],
      incident.timeline.toReversed().map((entry) => [time(entry.at), entry.kind, `${entry.text}${byWords(entry.by)}`]),
    )}`,
    `## Contributing factors\n\n${FACTORS.map((question) => `### ${question}\n\n_To be filled in._`).join('\n\n')}`,
    `## Action items\n\n${table(['What', 'Who', 'By when'], [['', '', '']])}`,
  ].join('\n\n')}\n`;
}

function summary(incident: IncidentDetail, now: number): string {
  const { severity, agents, rehearsal, roles, resolveReason } = incident;
  const lasted = spanText(spansOf(incident.times, now).resolve);
  return bullets(
    [
      `Severity: ${severity}`,
      `State: ${incident.state}${resolveReason === null ? '' : `, because: ${resolveReason}`}`,
      `Lasted: ${lasted}`,
      `Agents: ${agents.join(', ') || 'none named'}`,
      ...roles.map(({ role, holder }) => `${role.charAt(0).toUpperCase()}${role.slice(1)}: ${holder.name}`),
      ...(rehearsal ? ['A rehearsal: no real work was touched'] : []),
      ...(incident.merged.length === 0
        ? []
        : [`Merged into it: ${incident.merged.map(({ id }) => `incident ${id}`).join(', ')}`]),
    ],
    '',
  );
}

function impact({ times, agents }: IncidentDetail, { ended, failed }: ReviewFigures, now: number): string {
  if (times.impactAt === null) return 'No task of its agents failed more than their objectives allow.';
  const span = spansOf(times, now).mitigate;
  const share = ended === 0 ? '' : ` (${((failed / ended) * 100).toFixed(1)} %)`;
  return `${failed} of ${ended} tasks${share} of ${agents.join(', ') || 'all agents'} failed from the first bad minute to the end of the incident. It hurt for ${spanText(span)}.`;
}

function detection({ alerts, openedBy, times }: IncidentDetail, zone: string): string {
  const how = openedBy === null ? 'An alert opened it.' : `${openedBy.name} opened it by hand.`;
  const found = alerts.map(
    (alert) =>
      `${localTime(alert.firedAt, zone)}: ${alert.summary} (\`${alert.rule}\`, ${alert.value})${alert.error === null ? '' : `: ${alert.error}`}`,
  );
  const after =
    times.impactAt === null
      ? ''
      : ` It took ${spanWords(Math.max(0, times.detectedAt - times.impactAt))} from the first bad minute.`;
  return `${how}${after}${found.length === 0 ? '' : `\n\n${bullets(found, '')}`}`;
}

function spanText(span: { ms: number; lasting: boolean } | null): string {
  if (span === null) return 'not measured';
  return `${span.lasting ? 'at least ' : ''}${spanWords(span.ms)}`;
}

function bullets(lines: readonly string[], none: string): string {
  return lines.length === 0 ? none : lines.map((line) => `- ${oneLine(line)}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => oneLine(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
