import type { Command } from 'commander';
import type { DryRun, RunDetail } from '#contract/runbook.ts';
import { readName, readNumber, readPair } from './argument.ts';
import type { Cli } from './cli.ts';
import type { Client } from './client.ts';
import { EXIT } from './exit.ts';
import { plain } from './format.ts';
import { openPrompt } from './prompt.ts';
import { eventText, type RunEvent } from './runbook-event.ts';
import { type Driven, driveRun } from './runbook-run.ts';
import { openScreen } from './runbook-screen.ts';
import { openStepText, planLines, runText, stepTitle } from './runbook-text.ts';

type Pairs = Record<string, string>;
type DriveOptions = { yes?: true; answer?: Pairs; skip?: Pairs };
type RunOptions = DriveOptions & { input?: Pairs; incident?: number; dryRun?: true };

const HOW =
  'On a terminal the checklist is drawn, each step shows its plan and asks; "?" lists what can be said. Without one, or with --yes, --json, it goes as far as was said beforehand. What --yes never does: it types no name (confirm=type), gives no approval (approve=N), answers no question and checks nothing off. Ctrl-C leaves the run open at the desk, which goes on with what was begun. Exits with 0 when it recovered, 1 when it ended otherwise or a step failed, 12 when it waits for a person.';

/** `runbook run` and `runbook resume`. */
export function addDriving(runbook: Command, cli: Cli): void {
  driven(runbook.command('run').summary('run a runbook step by step').argument('<name>', 'its name', readName))
    .description(`Runs a runbook step by step. ${HOW}`)
    .option('--input <name=value>', 'an input of the runbook; may be repeated', readPair)
    .option(
      '--incident <number>',
      'fill the inputs from its alert; goes on with its open run of this runbook',
      readNumber,
    )
    .option(
      '--dry-run',
      'plan every step from the state as it is now, and change nothing; exits with 1 where one could not be done',
    )
    .action((name: string, options: RunOptions) => run(cli, name, options));
  driven(runbook.command('resume').summary('go on with a run').argument('<run>', 'its number', readNumber))
    .description(`Goes on with a run that is open, from the step it stands at. ${HOW}`)
    .action(async (id: number, options: DriveOptions) => {
      const { client } = await cli.connect();
      await drive(cli, client, await client.runs.get({ id }), options);
    });
}

function driven(command: Command): Command {
  return command
    .option('--yes', 'confirm every step that acts or measures, but those that ask for a typed name or for approvals')
    .option(
      '--answer <step=choice>',
      'the answer to a question by step id or answer name; "done" for a step done by hand, "retry" or "else" for a failed one, the name for a step that asks for it typed; may be repeated',
      readPair,
    )
    .option('--skip <step=reason>', 'go past a step, open or failed, with a reason; may be repeated', readPair);
}

async function run(cli: Cli, name: string, options: RunOptions): Promise<void> {
  const { client } = await cli.connect();
  const request = {
    runbook: name,
    inputs: options.input ?? {},
    ...(options.incident === undefined ? {} : { incident: options.incident }),
  };
  if (options.dryRun === true) {
    const planned = await client.runs.dryRun(request);
    const exit = planned.steps.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
    cli.line('runbook run --dry-run', planned);
    cli.end(dryRunText(planned), exit);
    return;
  }
  const open = options.input === undefined ? await openRunOf(client, name, options.incident) : null;
  await drive(cli, client, open ?? (await client.runs.start(request)), options);
}

async function openRunOf(client: Client, name: string, incident: number | undefined): Promise<RunDetail | null> {
  if (incident === undefined) return null;
  const { run: open } = await client.incidents.get({ id: incident });
  return open?.runbook === name ? client.runs.get({ id: open.id }) : null;
}

async function drive(cli: Cli, client: Client, begun: RunDetail, options: DriveOptions): Promise<void> {
  const { stdin, stderr } = cli.terminal;
  const asks = options.yes !== true && !cli.isJson() && stdin.isTTY === true && stderr.isTTY === true;
  if (!asks) cli.note(`Run ${begun.id} of ${plain(begun.title)}${begun.rehearsal ? ', in a rehearsal' : ''}`);
  const prompt = asks ? openPrompt(cli.terminal) : null;
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  process.once('SIGINT', leave);
  try {
    const driven = await driveRun(begun, {
      client,
      screen: prompt === null ? null : openScreen(cli.terminal, prompt),
      yes: options.yes === true,
      answers: new Map(Object.entries(options.answer ?? {})),
      skips: new Map(Object.entries(options.skip ?? {})),
      signal: leaving.signal,
      onEvent: (event) => tell(cli, event, asks),
    });
    const { run, open, waitsFor } = driven;
    cli.line('runbook run', { event: 'stopped', at: Date.now(), run, open, waitsFor });
    cli.end([runText(run), ...waitText(driven, asks)].join('\n\n'), exitOf(driven));
  } finally {
    process.off('SIGINT', leave);
    prompt?.close();
  }
}

/** The same for machines and, where no checklist is drawn, for who looks on. */
function tell(cli: Cli, event: RunEvent, drawn: boolean): void {
  cli.line('runbook run', event);
  const text = drawn ? null : eventText(event);
  if (text !== null) cli.note(text);
}

function exitOf({ run, failed }: Driven): number {
  if (run.outcome === 'recovered') return EXIT.ok;
  return run.endedAt !== null || failed ? EXIT.failed : EXIT.person;
}

function waitText({ run, open, waitsFor }: Driven, asked: boolean): string[] {
  if (waitsFor === null) return [];
  const goOn = `Go on with it in the console, or: nightdesk runbook resume ${run.id}`;
  return [...(open === null || asked ? [] : [openStepText(run, open)]), `${waitsFor}\n${goOn}`];
}

function dryRunText({ title, steps }: DryRun): string {
  const texts = steps.map(({ index, section, title: step, directive, plan, says, ok }) =>
    [
      `${ok ? ' ' : '!'} ${index + 1} ${plain(section)}: ${stepTitle({ title: step })}`,
      ...(directive === null ? [] : [`    ${plain(directive)}`]),
      ...(plan === null ? [] : planLines(plan).map((line) => `    ${line}`)),
      `    ${plain(says)}`,
    ].join('\n'),
  );
  return [`${plain(title)}, as it would go now. Nothing was changed.`, ...texts].join('\n');
}
