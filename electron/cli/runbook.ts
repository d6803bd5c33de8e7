import type { Command } from 'commander';
import type { RunbookSummary, RunDetail } from '#contract/runbook.ts';
import { readName, readNumber, readPair } from './argument.ts';
import type { Cli } from './cli.ts';
import type { Client } from './client.ts';
import { EXIT } from './exit.ts';
import { momentText, table } from './format.ts';
import { lint } from './lint.ts';
import { openPrompt } from './prompt.ts';
import { refuse, refuseInput } from './refusal.ts';
import { createDriver, type Driven } from './runbook-run.ts';
import { openStepText, runText } from './runbook-text.ts';

type Pairs = Record<string, string>;
type RunOptions = { input?: Pairs; incident?: number; run?: number; yes?: true; answer?: Pairs; skip?: Pairs };

/** `runbook list`, `runbook lint` and `runbook run`. */
export function addRunbooks(program: Command, cli: Cli): void {
  const runbook = program
    .command('runbook')
    .summary('list, check and run runbooks')
    .description('Runbooks: Markdown checklists whose steps act.');
  runbook
    .command('list')
    .description('Lists the runbooks of this desk.')
    .action(async () => {
      const { client } = await cli.connect();
      const runbooks = await client.runbooks.list();
      cli.finish('runbook list', { runbooks }, runbooks.length === 0 ? 'No runbook.' : runbookTable(runbooks));
    });
  runbook
    .command('lint')
    .description(
      'Checks runbook files, or folders of them. Without any, those of the desk that runs, the names in them too; where none runs, the shipped ones and those of the data folder. Warnings do not fail it.',
    )
    .argument('[files...]', 'Markdown files or folders')
    .action((files: string[]) => lint(cli, files));
  runbook
    .command('run')
    .description(
      'Runs a runbook step by step. On a terminal it shows each step with its plan and asks; with --yes it goes as far as it can without asking; otherwise it shows the open step and ends. The run stays open at the desk, for the console or a later call to go on with.',
    )
    .argument('<name>', 'its name', readName)
    .option('--input <name=value>', 'an input of the runbook; may be repeated', readPair)
    .option(
      '--incident <number>',
      'fill the inputs from its alert; goes on with its open run of this runbook',
      readNumber,
    )
    .option('--run <number>', 'go on with this run', readNumber)
    .option('--yes', 'confirm every step that acts or measures, but those that ask for a typed name')
    .option(
      '--answer <step=choice>',
      'the answer to a question by step id or answer name; "done" for a step done by hand, "else" for a failed check, the name for a step that asks for it typed; may be repeated',
      readPair,
    )
    .option('--skip <step=reason>', 'go past a step, open or failed, with a reason; may be repeated', readPair)
    .action((name: string, options: RunOptions) => run(cli, name, options));
}

async function run(cli: Cli, name: string, options: RunOptions): Promise<void> {
  const { client } = await cli.connect();
  const begun = await begin(client, name, options);
  cli.note(`Run ${begun.id} of ${begun.title}${begun.rehearsal ? ', in a rehearsal' : ''}`);
  const { stdin, stderr } = cli.terminal;
  const asks = options.yes !== true && !cli.isJson() && stdin.isTTY === true && stderr.isTTY === true;
  const prompt = asks ? openPrompt(cli.terminal) : null;
  const driver = createDriver({
    client,
    note: cli.note,
    ask: prompt === null ? null : prompt.ask,
    yes: options.yes === true,
    answers: new Map(Object.entries(options.answer ?? {})),
    skips: new Map(Object.entries(options.skip ?? {})),
  });
  try {
    const driven = await driver.drive(begun);
    cli.finish(
      'runbook run',
      { run: driven.run, open: driven.open, waitsFor: driven.waitsFor },
      [runText(driven.run), ...waitText(driven, asks)].join('\n\n'),
      exitOf(driven),
    );
  } finally {
    prompt?.close();
  }
}

/** The run to work on: the one named, the incident's open one, or a new one. */
async function begin(client: Client, name: string, options: RunOptions): Promise<RunDetail> {
  if (options.run !== undefined) {
    if (options.input !== undefined)
      refuseInput('A run has its inputs already.', '--input', 'Leave out --input or --run.');
    const found = await client.runs.get({ id: options.run });
    if (found.runbook === name) return found;
    return refuse('CONFLICT', `Run ${found.id} is one of ${found.runbook}.`, {
      kept: 'Nothing was changed.',
      todo: `Go on with it: nightdesk runbook run ${found.runbook} --run ${found.id}`,
      where: '--run',
    });
  }
  if (options.incident !== undefined) {
    const { run: open } = await client.incidents.get({ id: options.incident });
    if (open?.runbook === name && options.input === undefined) return client.runs.get({ id: open.id });
  }
  return client.runs.start({
    runbook: name,
    inputs: options.input ?? {},
    ...(options.incident === undefined ? {} : { incident: options.incident }),
  });
}

function exitOf({ run, failed }: Driven): number {
  if (run.outcome === 'recovered') return EXIT.ok;
  return run.endedAt !== null || failed ? EXIT.failed : EXIT.person;
}

function waitText({ run, open, waitsFor }: Driven, asked: boolean): string[] {
  if (waitsFor === null) return [];
  const goOn = `Go on with it in the console, or: nightdesk runbook run ${run.runbook} --run ${run.id}`;
  return [...(open === null || asked ? [] : [openStepText(run, open)]), `${waitsFor}\n${goOn}`];
}

function runbookTable(runbooks: RunbookSummary[]): string {
  return table(runbooks, [
    { head: 'Runbook', cell: ({ name }) => name },
    { head: 'Title', cell: ({ title }) => title },
    { head: 'Answers', cell: ({ matchAlerts }) => matchAlerts.join(', ') || '-' },
    { head: 'Steps', cell: ({ steps, live }) => (live ? String(steps) : `${steps} by hand`), right: true },
    { head: 'Faults', cell: ({ errors, warnings }) => String(errors + warnings), right: true },
    { head: 'Last run', cell: ({ lastRunAt }) => (lastRunAt === null ? '-' : momentText(lastRunAt, Date.now())) },
    { head: 'Outcome', cell: ({ lastOutcome }) => lastOutcome ?? '-' },
  ]);
}
