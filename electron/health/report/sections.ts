import type { ReportAgent, ReportData, ReportSpan } from '#contract/report.ts';
import { type Chart, daysChart, rateChart } from './chart.ts';
import {
  countText,
  failureText,
  marksText,
  objectiveText,
  percent,
  rateText,
  spanText,
  statText,
  timeText,
  usd,
  VERDICTS,
} from './words.ts';

/*
 * What a report says, as headed tables and lines, once: Markdown, HTML and PDF only draw it. Pure.
 */

export type Table = { head: string[]; rows: string[][] };
export type Section = { title: string; text: string[]; charts: Chart[]; table: Table | null };

export function sectionsOf(data: ReportData): Section[] {
  return [
    section(
      'Objectives',
      [],
      {
        head: [
          'Agent',
          'Verdict',
          'Success, 7 days',
          'Objective',
          'Budget spent, 7 d',
          'Success, 28 days',
          'Verdict, 28 d',
        ],
        rows: data.agents.map(({ name, week, weeks4, objective }) => [
          name,
          VERDICTS[week.verdict],
          rateText(week.success),
          objectiveText(objective.success),
          week.budgetSpent === null ? '-' : percent(week.budgetSpent, 0),
          rateText(weeks4.success),
          VERDICTS[weeks4.verdict],
        ]),
      },
      [rateChart(data.agents)],
    ),
    ...data.agents.map((agent) => agentSection(agent, data.zone)),
    incidents(data),
    alerts(data),
    drills(data),
    changes(data),
    section('What is not in these numbers', [], {
      head: ['What', 'How many', 'Why'],
      rows: data.exclusions.map(({ what, count, why }) => [what, count === null ? '-' : String(count), why]),
    }),
  ];
}

function section(title: string, text: string[], table: Table | null, charts: Chart[] = []): Section {
  return { title, text, charts, table };
}

function agentSection(agent: ReportAgent, zone: string): Section {
  const row = (name: string, of: (span: ReportSpan) => string): string[] => [
    name,
    of(agent.week),
    of(agent.before),
    of(agent.weeks4),
  ];
  const { correctness, objective } = agent;
  if (agent.weeks4.success.total === 0) {
    return section(
      agent.name,
      [`Nothing of it ended in 28 days: nothing can be said of its objective of ${objectiveText(objective.success)}.`],
      null,
    );
  }
  return section(
    agent.name,
    [
      `Objective ${objectiveText(objective.success)}${objective.p95Ms === null ? '' : `, p95 within ${spanText(objective.p95Ms)}`}, over ${spanText(objective.windowMs)}, set in ${objective.from === 'file' ? 'the agent’s file' : 'the console'}.`,
      failureText(agent),
      `Degraded successes of the week: ${marksText(agent)}.`,
      ...(correctness === null
        ? []
        : [
            `Correctness by samples that people judged: ${
              correctness.estimate === null
                ? 'no verdicts yet'
                : `${percent(correctness.estimate.estimate)} (${(correctness.estimate.low * 100).toFixed(1)}-${(correctness.estimate.high * 100).toFixed(1)}), ${correctness.verdicts} verdicts in 28 days`
            }.`,
          ]),
    ],
    {
      head: ['', 'This week', 'Week before', '28 days'],
      rows: [
        row('Verdict', (span) => VERDICTS[span.verdict]),
        row('Success, after retries', (span) => rateText(span.success)),
        row('First attempt', (span) => rateText(span.firstAttempt)),
        row('Lift by retries', (span) =>
          span.retryLift === null ? '-' : `${(span.retryLift * 100).toFixed(1)} points`,
        ),
        row('Failed, timed out, rejected', ({ ends }) => `${ends.failed}, ${ends.timedOut}, ${ends.rejected}`),
        row('In doubt, overdue', ({ ends }) => `${ends.inDoubt}, ${ends.overdue ?? 'not counted'}`),
        row('Error budget spent', (span) => (span.budgetSpent === null ? '-' : percent(span.budgetSpent, 0))),
        row('p50, p95, p99', ({ latency }) =>
          [latency.p50Ms, latency.p95Ms, latency.p99Ms].map((ms) => (ms === null ? '-' : spanText(ms))).join(', '),
        ),
        row('Within the latency bound', ({ latency }) =>
          latency.within === null
            ? 'no bound'
            : `${rateText(latency.within)}, ${VERDICTS[latency.verdict ?? 'unknown']}`,
        ),
        row('Good minutes of measured', ({ availability }) =>
          availability.measuredMinutes === 0
            ? 'none measured'
            : `${countText(availability.goodMinutes)}/${countText(availability.measuredMinutes)}, coverage ${percent(availability.coverage)}`,
        ),
        row('Cost, per success', (span) => `${usd(span.costUsd)}, ${usd(span.costPerSuccessUsd)}`),
        row('Tokens in, out', ({ tokens }) => `${countText(tokens.in)}, ${countText(tokens.out)}`),
      ],
    },
    [daysChart(agent, zone)],
  );
}

function incidents({ incidents: all, times, zone }: ReportData): Section {
  const real = all.filter((incident) => !incident.rehearsal);
  const rehearsed = all.length - real.length;
  const lines = [
    `Times of the last 28 days (${times.incidents} incidents): to detect ${statText(times.detect)}; to mitigate ${statText(times.mitigate)}; to resolve ${statText(times.resolve)}.`,
    ...(rehearsed > 0 ? [`${rehearsed} more were rehearsed and stand apart.`] : []),
  ];
  if (all.length === 0)
    return section('Incidents', ['None in this week.', ...lines.slice(0, times.incidents > 0 ? 1 : 0)], null);
  const at = (moment: number | null): string => (moment === null ? '-' : timeText(moment, zone));
  return section('Incidents', lines, {
    head: ['', 'Incident', 'Severity', 'First bad minute', 'Detected', 'Mitigated', 'Resolved', 'Agents'],
    rows: all.map((incident) => [
      `#${incident.id}`,
      `${incident.title}${incident.rehearsal ? ' (rehearsal)' : ''}${incident.resolution === null ? '' : `: ${incident.resolution}`}`,
      incident.severity,
      at(incident.times.impactAt),
      at(incident.times.detectedAt),
      at(incident.times.mitigatedAt),
      at(incident.times.resolvedAt),
      incident.agents.join(', ') || '-',
    ]),
  });
}

function alerts({ alerts: { fired, pages, precision, rules } }: ReportData): Section {
  if (fired === 0) return section('Alerts', ['None fired in this week.'], null);
  return section(
    'Alerts',
    [
      `${fired} fired, ${pages} of them paged. Precision: ${rateText(precision)} of the pages were acknowledged, or something was done in their incident.`,
    ],
    {
      head: ['Rule', 'Fired', 'Paged'],
      rows: rules.map((rule) => [rule.rule, String(rule.fired), String(rule.pages)]),
    },
  );
}

function drills({ drills: all, zone }: ReportData): Section {
  if (all.length === 0) return section('Drills', ['None in this week: nothing was rehearsed.'], null);
  return section('Drills', [], {
    head: ['Drill', 'Outcome', 'When'],
    rows: all.map(({ name, outcome, at }) => [name, outcome, timeText(at, zone)]),
  });
}

function changes({ changes: all, zone }: ReportData): Section {
  if (all.length === 0) return section('Changes', ['None in this week.'], null);
  return section('Changes', [], {
    head: ['When', 'What', 'Change'],
    rows: all.map(({ at, subject, text }) => [timeText(at, zone), subject, text]),
  });
}
