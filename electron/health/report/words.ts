import type { FailureSwitch } from '#contract/agent.ts';
import type { Rate } from '#contract/health.ts';
import type { SpanStat } from '#contract/incident.ts';
import type { ObjectiveVerdict } from '#contract/objective.ts';
import type { Report, ReportAgent, ReportData } from '#contract/report.ts';

/*
 * The words and figures that every format of a report has in common.
 */

export const VERDICTS: Record<ObjectiveVerdict, string> = {
  met: 'met',
  missed: 'missed',
  'insufficient-data': 'insufficient data',
  unknown: 'unknown',
};

const SWITCHES: [FailureSwitch, string][] = [
  ['incorrect', 'succeeded but was incorrect'],
  ['retried', 'needed more than one attempt'],
  ['slow', 'took longer than the latency bound'],
];

/** `1,512,000`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** Digits enough to tell an objective like 99.95 % from 100 %. */
export function objectiveText(success: number): string {
  return `${Number((success * 100).toFixed(3))} %`;
}

/** `97.2 % (95.1-98.4), 412/424`: never a bare percentage. */
export function rateText({ estimate, low, high, good, total }: Rate): string {
  if (estimate === null) return 'no data';
  // A rate below 1 is never written as 100.0 %.
  const shown = good < total && percent(estimate) === '100.0 %' ? percent(estimate, 3) : percent(estimate);
  return `${shown} (${(low * 100).toFixed(1)}-${(high * 100).toFixed(1)}), ${countText(good)}/${countText(total)}`;
}

export function spanText(ms: number | null): string {
  if (ms === null) return '-';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 48 * 3_600_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

export function usd(amount: number | null): string {
  if (amount === null) return '-';
  return `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}

export function dateText(moment: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(moment);
}

export function timeText(moment: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(moment);
}

export function dayName(moment: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short' }).format(moment);
}

/** `12 min (n 4)`; `>=` where an incident that still lasts may move it. */
export function statText({ n, medianMs, medianAtLeast, p90Ms, p90AtLeast }: SpanStat): string {
  if (n === 0) return 'none measured';
  return `median ${medianAtLeast ? '>= ' : ''}${spanText(medianMs)}, p90 ${p90AtLeast ? '>= ' : ''}${spanText(p90Ms)}, n ${n}`;
}

/** What of a week's successes was less than clean. */
export function marksText({ week }: ReportAgent): string {
  const of = week.ends.succeeded;
  const parts = Object.entries(week.marks).filter(([, count]) => count > 0);
  if (of === 0) return 'no successes';
  return parts.length === 0
    ? 'none'
    : parts.map(([mark, count]) => `${mark} ${percent(count / of)} (${count})`).join(', ');
}

/** The three questions of every SLA, answered: what this number takes for a failure. */
export function failureText({ objective }: ReportAgent): string {
  const listed = (want: boolean): string =>
    SWITCHES.filter(([name]) => objective.failure.includes(name) === want)
      .map(([, words]) => words)
      .join(', or ');
  const [also, not] = [listed(true), listed(false)];
  return [
    'A task counts as failed when it failed, timed out, was rejected, is in doubt or overdue',
    also === '' ? '' : `, and when it ${also}`,
    not === '' ? '.' : `; not when it ${not}.`,
  ].join('');
}

export function titleOf({ week, environment, rehearsal }: ReportData): string {
  return `Service report, week ${week}, ${environment}${rehearsal ? ' (rehearsal)' : ''}`;
}

/** One sentence on the whole. */
export function summaryOf({ agents }: ReportData): string {
  const count = (verdict: ObjectiveVerdict): number => agents.filter((agent) => agent.week.verdict === verdict).length;
  const open = count('insufficient-data') + count('unknown');
  const missed = agents.filter((agent) => agent.week.verdict === 'missed').map((agent) => agent.name);
  return [
    `${count('met')} of ${agents.length} objectives met`,
    missed.length === 0 ? 'none missed' : `${missed.length} missed (${missed.join(', ')})`,
    ...(open === 0 ? [] : [`${open} without enough data for a verdict`]),
  ].join(', ');
}

/** How it was made, so that it can be made again. */
export function provenance({ hash, madeAt, data }: Report): string {
  return `Made by ${data.tool} at ${new Date(madeAt).toISOString()} from one data set, SHA-256 ${hash}. Days in ${data.zone}. Ends told after ${new Date(data.cutOffAt).toISOString()} are not in it. Intervals: Wilson, 95 %. Percentiles within 1 %.`;
}
