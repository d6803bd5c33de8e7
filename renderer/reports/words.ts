import type { FailureSwitch } from '#contract/agent.ts';
import type { ObjectiveVerdict } from '#contract/objective.ts';
import type { ReportAgent, ReportData, ReportSpan } from '#contract/report.ts';
import { isoWeekOf } from '#contract/week.ts';
import { countText, percentText, spanText, usdText } from '../kit/index.ts';

const FAILURES: Record<FailureSwitch, string> = {
  failed: 'it failed',
  incorrect: 'it was incorrect',
  retried: 'it needed more than one attempt',
  slow: 'it took longer than the bound',
};

const WORST: readonly ObjectiveVerdict[] = ['missed', 'insufficient-data', 'met', 'unknown'];

/** Missed ones first, those of which nothing is known last. */
export function worstFirst(agents: readonly ReportAgent[]): ReportAgent[] {
  return agents.toSorted((a, b) => WORST.indexOf(a.week.verdict) - WORST.indexOf(b.week.verdict));
}

/** What this number takes for a failure: printed beside it, always. */
export function failureWords({ objective }: ReportAgent): string {
  return `failed means: ${objective.failure.map((each) => FAILURES[each]).join(', ')}`;
}

/** Days as a reader knows them: `16 Nov – 22 Nov 2026`. */
export function spanOfDays({ from, to, zone }: Pick<ReportData, 'from' | 'to' | 'zone'>): string {
  const day = (at: number, year: boolean): string =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      day: 'numeric',
      month: 'short',
      ...(year ? { year: 'numeric' as const } : {}),
    }).format(at);
  return `${day(from, false)} – ${day(to - 1, true)}`;
}

export function budgetWords(span: ReportSpan): string {
  return span.budgetSpent === null
    ? 'no tasks'
    : `${countText(Math.round(span.budgetSpent * 100))}% of the error budget`;
}

/** The figures under an agent's rate, each of this week, the week before and 28 days. */
export const FIGURES: { name: string; of(span: ReportSpan): string }[] = [
  { name: 'First attempt', of: ({ firstAttempt }) => rateWords(firstAttempt) },
  {
    name: 'Lift by retries',
    of: ({ retryLift }) => (retryLift === null ? '–' : `${(retryLift * 100).toFixed(1)} points`),
  },
  {
    name: 'Failed, timed out, rejected',
    of: ({ ends }) => [ends.failed, ends.timedOut, ends.rejected].map(countText).join(', '),
  },
  {
    name: 'In doubt, overdue',
    of: ({ ends }) => `${countText(ends.inDoubt)}, ${ends.overdue === null ? 'not counted' : countText(ends.overdue)}`,
  },
  {
    name: 'p50, p95, p99',
    of: ({ latency }) =>
      [latency.p50Ms, latency.p95Ms, latency.p99Ms].map((ms) => (ms === null ? '–' : spanText(ms))).join(', '),
  },
  {
    name: 'Within the latency bound',
    of: ({ latency }) => (latency.within === null ? 'no bound' : rateWords(latency.within)),
  },
  {
    name: 'Good minutes',
    of: ({ availability }) =>
      availability.measuredMinutes === 0
        ? 'none measured'
        : `${countText(availability.goodMinutes)} of ${countText(availability.measuredMinutes)}, ${percentText(availability.coverage)} covered`,
  },
  {
    name: 'Cost, per success',
    of: ({ costUsd, costPerSuccessUsd }) =>
      `${usdText(costUsd)}, ${costPerSuccessUsd === null ? '–' : usdText(costPerSuccessUsd)}`,
  },
];

function rateWords(rate: { estimate: number | null; good: number; total: number }): string {
  return rate.estimate === null
    ? 'no data'
    : `${percentText(rate.estimate)}, ${countText(rate.good)}/${countText(rate.total)}`;
}

/** One sentence on the whole. */
export function summaryWords({ agents }: ReportData): string {
  const missed = agents.filter(({ week }) => week.verdict === 'missed').map(({ name }) => name);
  const met = agents.filter(({ week }) => week.verdict === 'met').length;
  const open = agents.length - met - missed.length;
  return [
    `${met} of ${agents.length} objectives met`,
    ...(missed.length === 0 ? [] : [`missed by ${missed.join(', ')}`]),
    ...(open === 0 ? [] : [`${open} without a verdict`]),
  ].join(' · ');
}

/** This week and those before it on this machine's calendar, the newest first, as `2026-W47`. */
export function weeksBack(now: number, count: number): string[] {
  const date = new Date(now);
  // Dates, not moments: a day may have 23 hours.
  const today = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Array.from({ length: count }, (_, back) => isoWeekOf(today - back * 7 * 86_400_000));
}
