import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type LintFormat, lintFormatSchema } from '#contract/runbook-lint.ts';
import { readName, readNumber } from './argument.ts';
import type { Cli } from './cli.ts';
import { lint } from './lint.ts';
import { addDriving } from './runbook-drive.ts';
import { exportOf } from './runbook-export.ts';
import { libraryText, metricsText, runbookText, runsText, stepMetricsText } from './runbook-library.ts';
import { addNew } from './runbook-new.ts';
import { addStepCommands } from './runbook-step.ts';

/** `runbook` with everything that people do with runbooks and their runs. */
export function addRunbooks(program: Command, cli: Cli): void {
  const runbook = program
    .command('runbook')
    .summary('list, check, run, prove runbooks')
    .description('Runbooks: Markdown checklists whose steps act.');
  addReading(runbook, cli);
  addNew(runbook, cli);
  addDriving(runbook, cli);
  addStepCommands(runbook, cli);
  addRuns(runbook, cli);
}

function addReading(runbook: Command, cli: Cli): void {
  runbook
    .command('list')
    .description('Lists the runbooks of this desk, how fresh each is, and the alerts that none answers.')
    .action(async () => {
      const { client } = await cli.connect();
      const [runbooks, metrics] = await Promise.all([client.runbooks.list(), client.runbooks.metrics()]);
      cli.finish('runbook list', { runbooks, metrics }, libraryText(runbooks, metrics, Date.now()));
    });
  runbook
    .command('show')
    .description('Shows a runbook: its inputs, its steps with their directives, what is wrong with it.')
    .argument('<name>', 'its name', readName)
    .action(async (name: string) => {
      const { client } = await cli.connect();
      const found = await client.runbooks.get({ name });
      cli.finish('runbook show', found, runbookText(found));
    });
  runbook
    .command('metrics')
    .description(
      'Shows how runbooks are used: runs and their outcomes, when each was last used and last proven, when its review is due; with a name, how long each of its steps takes, and how often it is skipped or fails.',
    )
    .argument('[name]', 'of one', readName)
    .action(async (name: string | undefined) => {
      const { client } = await cli.connect();
      if (name === undefined) {
        const metrics = await client.runbooks.metrics();
        cli.finish('runbook metrics', { library: metrics, runbook: null }, metricsText(metrics, Date.now()));
        return;
      }
      const metrics = await client.runbooks.stepMetrics({ name });
      cli.finish('runbook metrics', { library: null, runbook: metrics }, stepMetricsText(metrics, Date.now()));
    });
  runbook
    .command('lint')
    .description(
      'Checks runbook files, or folders of them. Without any, those of the desk that runs, the names in them too; where none runs, the shipped ones and those of the data folder. Warnings do not fail it.',
    )
    .argument('[files...]', 'Markdown files or folders')
    .addOption(
      new Option(
        '--format <format>',
        'how findings are written; sarif is SARIF 2.1.0, github the annotations of a workflow',
      )
        .choices(lintFormatSchema.options)
        .default('text', 'text, or json with --json,'),
    )
    .action((files: string[], { format }: { format: LintFormat }) => lint(cli, files, format));
}

function addRuns(runbook: Command, cli: Cli): void {
  runbook
    .command('runs')
    .description('Lists runs, newest first.')
    .option('--incident <number>', 'of this incident', readNumber)
    .option('--open', 'that have not ended')
    .action(async ({ incident, open }: { incident?: number; open?: true }) => {
      const { client } = await cli.connect();
      const all = await client.runs.list(incident === undefined ? {} : { incident });
      const runs = open === true ? all.filter(({ endedAt }) => endedAt === null) : all;
      cli.finish('runbook runs', { runs }, runsText(runs, Date.now()));
    });
  runbook
    .command('export')
    .description(
      'Writes a run down: what fired, what was done, time by section, steps skipped or failed, and an edit of the runbook that they propose. In Markdown, or with --json for machines.',
    )
    .argument('<run>', 'its number', readNumber)
    .option('--out <file>', 'into this file')
    .action(async (id: number, { out }: { out?: string }) => {
      const { client } = await cli.connect();
      const [run, { text }] = await Promise.all([client.runs.get({ id }), client.runs.report({ id })]);
      const document = exportOf(run, text);
      if (out !== undefined) writeFileSync(out, cli.isJson() ? `${JSON.stringify(document, null, 2)}\n` : text);
      cli.finish('runbook export', document, out === undefined ? text.trimEnd() : `Written to ${out}.`);
    });
}
