import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Rate } from '#contract/health.ts';
import {
  type FailureSwitch,
  failureSwitchSchema,
  type Objective,
  type ObjectiveChange,
  type ObjectivePreview,
  type ObjectiveStanding,
} from '#contract/objective.ts';
import { readName, readSpan } from './argument.ts';
import type { Cli } from './cli.ts';
import { counted, fields, momentText, percentText, spanText, table, usdText, words } from './format.ts';

/** What `set` and `preview` take: what is left out stays as it is in force. */
type Given = { success?: number; p95?: number | 'none'; window?: number; failure?: FailureSwitch[] };

/** `objective list`, `show`, `set`, `clear` and `preview`. */
export function addObjectives(program: Command, cli: Cli): void {
  const objective = program
    .command('objective')
    .summary('what is promised of agents, and how they stand against it')
    .description(
      "Shows what is promised of agents and how they stand against it, and sets objectives over those of the agents' files.",
    );
  objective
    .command('list')
    .summary('every objective with its verdict')
    .description('Lists the objective of each agent, its verdict, and how much of its error budget is used.')
    .action(async () => {
      const { client } = await cli.connect();
      const objectives = await client.objectives.list();
      cli.finish('objective list', { objectives }, objectives.length === 0 ? 'No agents.' : listTable(objectives));
    });
  objective
    .command('show')
    .summary('one agent against its objective')
    .description("Shows an agent's objective, how it stands against it, and where its error budget goes.")
    .argument('<agent>', 'its name', readName)
    .action(async (name: string) => {
      const { client } = await cli.connect();
      const standing = await client.objectives.get({ name });
      cli.finish('objective show', standing, standingText(standing, Date.now()));
    });
  withChange(
    objective
      .command('set')
      .summary("set an objective over the agent's file")
      .description(
        'Sets an objective that stands over the one of the file until it is taken back. What is left out stays as it is in force.',
      ),
  ).action(async (agent: string, given: Given) => {
    const { client } = await cli.connect();
    const standing = await client.objectives.set(changeOf(agent, given));
    cli.finish('objective set', standing, standingText(standing, Date.now()));
  });
  objective
    .command('clear')
    .summary('take back what was set')
    .description("Takes back an objective that was set: the one of the agent's file stands again.")
    .argument('<agent>', 'its name', readName)
    .action(async (name: string) => {
      const { client } = await cli.connect();
      const standing = await client.objectives.clear({ name });
      cli.finish('objective clear', standing, standingText(standing, Date.now()));
    });
  withChange(
    objective
      .command('preview')
      .summary('what an objective would have done with the past')
      .description(
        'Replays the last 30 days, minute by minute, against an objective: how often it would have paged. Nothing is changed.',
      ),
  ).action(async (agent: string, given: Given) => {
    const { client } = await cli.connect();
    const preview = await client.objectives.preview(changeOf(agent, given));
    cli.finish('objective preview', preview, previewText(agent, preview, Date.now()));
  });
}

function withChange(command: Command): Command {
  return command
    .argument('<agent>', 'its name', readName)
    .addOption(new Option('--success <percent>', 'share of good tasks: 99.5%').argParser(readPercent))
    .addOption(
      new Option('--p95 <span>', '95 of 100 tasks end within this: 30s; none for no bound').argParser(readBound),
    )
    .addOption(new Option('--window <span>', 'the span it is judged over: 28d').argParser(readSpan))
    .addOption(
      new Option(
        '--failure <list>',
        'what counts as failure beside a failed task, separated by commas: incorrect, retried, slow; failed for nothing else',
      ).argParser(readFailure),
    );
}

function readPercent(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(percent > 0 && percent < 100)) {
    throw new InvalidArgumentError('Write a percentage between 0% and 100%, for example 99.5%.');
  }
  return Number((percent / 100).toFixed(8));
}

/** Commander takes null for nothing given. */
function readBound(text: string): number | 'none' {
  return text === 'none' ? text : readSpan(text);
}

function readFailure(text: string): FailureSwitch[] {
  return text.split(',').map((word) => {
    const found = failureSwitchSchema.safeParse(word.trim());
    if (!found.success) throw new InvalidArgumentError(`Write any of ${failureSwitchSchema.options.join(', ')}.`);
    return found.data;
  });
}

function changeOf(agent: string, { success, p95, window, failure }: Given): ObjectiveChange {
  return {
    agent,
    ...(success === undefined ? {} : { success }),
    ...(p95 === undefined ? {} : { p95Ms: p95 === 'none' ? null : p95 }),
    ...(window === undefined ? {} : { windowMs: window }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function listTable(standings: ObjectiveStanding[]): string {
  return table(standings, [
    { head: 'Agent', cell: ({ objective }) => objective.agent },
    { head: 'Objective', cell: ({ objective }) => promiseText(objective) },
    { head: 'Success', cell: ({ success }) => rateText(success) },
    { head: 'Verdict', cell: ({ verdict }) => words(verdict) },
    {
      head: 'p95',
      cell: ({ latency }) => (latency === null ? '-' : `${rateText(latency.within)} ${words(latency.verdict)}`),
    },
    { head: 'Budget used', cell: ({ errorBudget }) => spentText(errorBudget.spent), right: true },
    { head: 'Burn 1 h', cell: ({ errorBudget }) => burnText(errorBudget.burn1h), right: true },
    { head: '6 h', cell: ({ errorBudget }) => burnText(errorBudget.burn6h), right: true },
    { head: 'From', cell: ({ objective }) => objective.from },
  ]);
}

function standingText(standing: ObjectiveStanding, now: number): string {
  const { objective, verdict, success, overdue, latency, errorBudget, weeks, availability, cost } = standing;
  return fields([
    ['Agent', objective.agent],
    ['Objective', promiseText(objective)],
    ['Counts as failure', failureText(objective.failure)],
    ['Set', setText(standing, now)],
    ['Verdict', words(verdict)],
    ['Success', rateText(success)],
    ['Overdue', overdue === 0 ? null : `${counted(overdue, 'task')}, among the failed`],
    ['Latency', latency === null ? null : `${rateText(latency.within)} in time: ${words(latency.verdict)}`],
    [
      'Error budget',
      `${spentText(errorBudget.spent)} used: ${errorBudget.bad} of ${errorBudget.allowed.toFixed(1)} failures`,
    ],
    ['Burn', `${burnText(errorBudget.burn1h)} in 1 h, ${burnText(errorBudget.burn6h)} in 6 h`],
    ['Used up', exhaustedText(standing, now)],
    ['Last 7 days', `${rateText(weeks.now)}; before ${rateText(weeks.before)}: ${changeText(weeks.change)}`],
    [
      'Good minutes',
      `${availability.goodMinutes} of ${availability.measuredMinutes} measured; ${percentText(availability.coverage)} of the window`,
    ],
    [
      'Cost today',
      cost === null
        ? null
        : `${usdText(cost.spentUsd)} of ${usdText(cost.budgetUsd)}; ${cost.forecastUsd === null ? 'no forecast yet' : `${usdText(cost.forecastUsd)} by its end`}`,
    ],
  ]);
}

function previewText(agent: string, preview: ObjectivePreview, now: number): string {
  const { objective, from, to, success, verdict, latency, pages, tickets, resolutionMs, notes } = preview;
  const head = fields([
    ['Objective', `${promiseText(objective)}; counts ${failureText(objective.failure)}`],
    ['Verdict', `${words(verdict)}: ${rateText(success)}`],
    [
      'Latency',
      latency === null
        ? null
        : `${words(latency.verdict)}: ${rateText(latency.within)} in time${latency.exact ? '' : ', estimated'}`,
    ],
    [
      'Would have made',
      `${counted(pages.length, 'page')} and ${counted(tickets, 'ticket')} for ${agent} in ${spanText(to - from)}, judged each ${spanText(resolutionMs)}`,
    ],
    ...notes.map((note): [string, string] => ['Note', note]),
  ]);
  if (pages.length === 0) return head;
  const rows = table(pages, [
    { head: 'Paged at', cell: (page) => momentText(page.at, now) },
    { head: 'For', cell: (page) => (page.untilAt === null ? 'still' : spanText(page.untilAt - page.at)) },
    { head: 'Rule', cell: (page) => page.rule },
    { head: 'Value', cell: (page) => page.value },
  ]);
  return `${head}\n\n${rows}`;
}

function promiseText({ success, p95Ms, windowMs }: Objective): string {
  const latency = p95Ms === null ? '' : `, p95 ${spanText(p95Ms)}`;
  return `${Number((success * 100).toFixed(4))}%${latency} over ${spanText(windowMs)}`;
}

function failureText(failure: readonly FailureSwitch[]): string {
  return ['failed', ...failure.filter((each) => each !== 'failed')].join(', ');
}

function setText({ objective: { from, since, by } }: ObjectiveStanding, now: number): string {
  if (from === 'file') return "in the agent's file";
  return `by ${by?.name ?? 'somebody'}${since === null ? '' : ` at ${momentText(since, now)}`}, over the file's`;
}

function rateText({ estimate, low, high, good, total }: Rate): string {
  if (estimate === null) return 'not measured';
  return `${percentText(estimate)} (${percentText(low)}-${percentText(high)}), ${good}/${total}`;
}

function spentText(spent: number | null): string {
  return spent === null ? 'unknown' : percentText(spent);
}

function exhaustedText({ errorBudget: { exhaustedAt, spent } }: ObjectiveStanding, now: number): string | null {
  if (exhaustedAt === null) return null;
  return spent !== null && spent >= 1 ? 'already' : `${momentText(exhaustedAt, now)}, at the pace of 6 h`;
}

function burnText(burn: number | null): string {
  return burn === null ? 'unknown' : `${burn.toFixed(1)}x`;
}

function changeText(change: ObjectiveStanding['weeks']['change']): string {
  return change === 'unclear' ? 'no difference that chance cannot explain' : change;
}
