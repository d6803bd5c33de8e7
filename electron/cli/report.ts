import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Rate } from '#contract/health.ts';
import {
  type Report,
  type ReportFormat,
  type ReportSummary,
  reportFormatSchema,
  weekSchema,
} from '#contract/report.ts';
import { zoneSchema } from '#contract/zone.ts';
import { readName, readNumber } from './argument.ts';
import type { Cli } from './cli.ts';
import { fields, momentText, percentText, table } from './format.ts';

type MakeOptions = { week?: string; zone?: string; agent?: string[]; format: ReportFormat; out?: string };

/** `report`, `report list|show|send`: what was promised in a week, and what was kept. */
export function addReports(program: Command, cli: Cli): void {
  const report = program
    .command('report')
    .description('The weekly service report: what was promised, and what was kept.');
  report
    .command('make', { isDefault: true })
    .summary('make one; the same as report alone')
    .description(
      'Makes the report of a week from one frozen data set: verdict of each objective, 7 and 28 days side by side, incidents, alerts, changes, and what is not in the numbers. Without --out it prints the Markdown.',
    )
    .option('--week <week>', 'the ISO week, as 2026-W47; the last one that is over where it is left out', readWeek)
    .option('--zone <zone>', 'the time zone in which its days begin', readZone)
    .option('--agent <agents...>', 'only these agents', readNames)
    .option('--format <format>', reportFormatSchema.options.join(', '), readFormat, 'html' as const)
    .option('--out <file>', 'write it there')
    .action(async ({ week, zone, agent, format, out }: MakeOptions) => {
      const { client } = await cli.connect();
      const made = await client.reports.make({
        ...(week === undefined ? {} : { week }),
        ...(zone === undefined ? {} : { zone }),
        ...(agent === undefined ? {} : { agents: agent }),
      });
      const { content } = await client.reports.file({ id: made.id, format: out === undefined ? 'md' : format });
      const bytes = Buffer.from(content, 'base64');
      const file = out === undefined ? null : resolve(out);
      if (file !== null) writeFileSync(file, bytes);
      cli.finish(
        'report make',
        { report: made, file },
        file === null ? bytes.toString('utf8') : writtenText(made, file),
      );
    });

  report
    .command('list')
    .summary('reports that were made')
    .description('Lists the reports that were made, the newest first.')
    .action(async () => {
      const { client } = await cli.connect();
      const reports = await client.reports.list();
      cli.finish(
        'report list',
        { reports },
        reports.length === 0 ? 'No report yet: nightdesk report' : listText(reports),
      );
    });

  report
    .command('show')
    .summary('one that was made')
    .description('Shows a report that was made, from the data set that it was made from.')
    .argument('<report>', 'its number', readNumber)
    .option('--format <format>', reportFormatSchema.options.join(', '), readFormat, 'md' as const)
    .option('--out <file>', 'write it there')
    .action(async (id: number, { format, out }: { format: ReportFormat; out?: string }) => {
      const { client } = await cli.connect();
      const made = await client.reports.get({ id });
      if (out === undefined && format === 'pdf') throw new InvalidArgumentError('a PDF needs --out FILE');
      const { content } = await client.reports.file({ id, format });
      const bytes = Buffer.from(content, 'base64');
      const file = out === undefined ? null : resolve(out);
      if (file !== null) writeFileSync(file, bytes);
      cli.finish(
        'report show',
        { report: made, file },
        file === null ? bytes.toString('utf8') : writtenText(made, file),
      );
    });

  report
    .command('send')
    .summary('send one to routes')
    .description('Sends a report to routes: as PDF and HTML by mail, as a few lines to a chat.')
    .argument('<report>', 'its number', readNumber)
    .argument('<routes...>', 'names of routes')
    .action(async (id: number, to: string[]) => {
      const { client } = await cli.connect();
      const sent = await client.reports.send({ id, to });
      cli.finish('report send', sent, `Report ${id} is on its way to ${to.join(', ')}: nightdesk route deliveries`);
    });
}

function writtenText({ id, hash, data }: Report, file: string): string {
  const rows = data.agents.map(({ name, week, objective }) => ({ name, week, objective }));
  return [
    fields([
      ['Report', `${id}, week ${data.week}`],
      ['File', file],
      ['Data', `SHA-256 ${hash}`],
    ]),
    table(rows, [
      { head: 'Agent', cell: ({ name }) => name },
      { head: 'Verdict', cell: ({ week }) => week.verdict },
      { head: 'Success', cell: ({ week }) => rateText(week.success) },
      { head: 'Objective', cell: ({ objective }) => percentText(objective.success) },
    ]),
  ].join('\n\n');
}

function rateText({ estimate, good, total }: Rate): string {
  return estimate === null ? 'no data' : `${percentText(estimate)}, ${good}/${total}`;
}

function listText(reports: ReportSummary[]): string {
  return table(reports, [
    { head: 'Report', cell: ({ id }) => String(id) },
    { head: 'Week', cell: ({ week }) => week },
    { head: 'Made', cell: ({ madeAt }) => momentText(madeAt, Date.now()) },
    { head: 'By', cell: ({ by }) => by },
    { head: 'Met', cell: ({ met }) => String(met) },
    { head: 'Missed', cell: ({ missed }) => String(missed) },
    { head: 'No verdict', cell: ({ open }) => String(open) },
  ]);
}

function readWeek(text: string): string {
  return valid(weekSchema.safeParse(text));
}

function readZone(text: string): string {
  return valid(zoneSchema.safeParse(text));
}

function readFormat(text: string): ReportFormat {
  return valid(reportFormatSchema.safeParse(text));
}

function readNames(text: string, before: string[] = []): string[] {
  return [...before, readName(text)];
}

function valid<T>(
  parsed: { success: true; data: T } | { success: false; error: { issues: { message: string }[] } },
): T {
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join('; '));
}
