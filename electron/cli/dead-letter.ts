import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import { type Action, REQUEUE_MAX } from '#contract/action.ts';
import { type ErrorClass, errorClassSchema, type Submitted } from '#contract/task.ts';
import { planText } from './action.ts';
import { readMoment, readName, readTaskId, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { plain } from './format.ts';
import { readJson } from './input.ts';
import { openPrompt } from './prompt.ts';
import { refuseInput } from './refusal.ts';

type RequeueOptions = {
  agent?: string;
  state?: 'failed' | 'cancelled';
  class?: ErrorClass;
  text?: string;
  from?: number;
  to?: number;
  limit?: number;
  yes?: true;
};
type NewTaskOptions = { input: string; key?: string };
type ForkOptions = { step: string; key?: string };

/** `requeue`, `retry`, `resubmit` and `fork`: what becomes of tasks that ended, or wait. */
export function addDeadLetters(program: Command, cli: Cli): void {
  program
    .command('requeue')
    .summary('put dead letters back into the queue')
    .description(
      'Puts tasks that failed or were cancelled back into the queue: these, or all that the options find. Each keeps its id, its key, its journal and its finished steps, and gets fresh attempts. Tasks in doubt are resolved instead: nightdesk resolve.',
    )
    .argument('[tasks...]', 'their ids', (text: string, before: string[] = []) => [...before, readTaskId(text)])
    .option('--agent <agent>', 'of this agent', readName)
    .addOption(new Option('--state <state>', 'that ended so').choices(['failed', 'cancelled']))
    .addOption(new Option('--class <class>', 'whose error was of this class').choices(errorClassSchema.options))
    .option('--text <text>', 'with this in the id or key')
    .option('--from <moment>', 'that ended at this moment or later', (text: string) => readMoment(text, Date.now()))
    .option('--to <moment>', 'that ended before this moment', (text: string) => readMoment(text, Date.now()))
    .addOption(
      new Option('--limit <number>', 'the newest so many; 1000 when left out').argParser(readWhole(1, REQUEUE_MAX)),
    )
    .option('--yes', 'do not ask whether to go on')
    .action((tasks: string[], options: RequeueOptions) => requeue(cli, tasks, options));

  program
    .command('retry')
    .summary('try a task now that backs off')
    .description('Tries a task at once that backs off after a failure, or waits for a provider or an integration.')
    .argument('<task>', 'its id', readTaskId)
    .action(async (id: string) => {
      const { client } = await cli.connect();
      const task = await client.tasks.retry({ id });
      cli.finish('retry', task, `${task.id} ${task.state}`);
    });

  program
    .command('resubmit')
    .summary('do the work of a task again, with another input')
    .description(
      'Submits a new task in place of one that ended, with another input. It names its origin, which stays as it ended.',
    )
    .argument('<task>', 'the id of the one that ended', readTaskId)
    .requiredOption('--input <file>', 'the input, one JSON document; - reads standard input')
    .option('--key <key>', 'idempotency key of the new task')
    .action(async (id: string, { input, key }: NewTaskOptions) => {
      const document = await readJson(input, cli.terminal.stdin);
      const { client } = await cli.connect();
      const made = await client.tasks.resubmit({ id, input: document, ...(key === undefined ? {} : { key }) });
      cli.finish('resubmit', made, madeText(made));
    });

  program
    .command('fork')
    .summary('do the work of a task again from one of its steps on')
    .description(
      'Submits a new task that goes on from a finished step of another one. What that one did up to there is not done again; effects that follow are sent again, under keys of the new task.',
    )
    .argument('<task>', 'the id of the other one', readTaskId)
    .requiredOption('--step <step>', 'the name of the finished step')
    .option('--key <key>', 'idempotency key of the new task')
    .action(async (id: string, { step, key }: ForkOptions) => {
      const { client } = await cli.connect();
      const made = await client.tasks.fork({ id, step, ...(key === undefined ? {} : { key }) });
      cli.finish('fork', made, madeText(made));
    });
}

function madeText({ id, duplicate }: Submitted): string {
  return duplicate ? `${id}, submitted before under this key` : id;
}

async function requeue(cli: Cli, tasks: string[], options: RequeueOptions): Promise<void> {
  const { yes, class: errorClass, from: endedFrom, to: endedTo, ...rest } = options;
  const filter = {
    ...rest,
    ...(errorClass === undefined ? {} : { errorClass }),
    ...(endedFrom === undefined ? {} : { endedFrom }),
    ...(endedTo === undefined ? {} : { endedTo }),
  };
  const isFiltered = Object.keys(filter).length > 0;
  if (tasks.length > 0 === isFiltered) {
    return refuseInput(
      tasks.length > 0 ? 'Ids name the tasks already.' : 'Nothing says which tasks.',
      'tasks',
      'Give ids, or options that find them: --agent, --state, --class, --text, --from, --to, --limit.',
    );
  }
  const { client } = await cli.connect();
  const asked: Action = tasks.length > 0 ? { verb: 'requeue', tasks } : { verb: 'requeue', ...filter };
  const plan = await client.actions.plan({ action: asked });
  cli.note(planText(plan));
  if (isFiltered && yes !== true && !(await agreed(cli))) {
    return refuseInput('Nothing was requeued.', '--yes', 'Look at what it touches, then say --yes.');
  }
  const { action, hash: planHash } = plan;
  const receipt = await client.actions.execute({ action, key: randomUUID(), planHash });
  const outcome = await client.actions.verify({ receipt });
  cli.finish('action', { plan, receipt, outcome }, `Done: ${plain(outcome.evidence)}`);
}

/** Asks on a terminal; elsewhere nobody agrees. */
async function agreed(cli: Cli): Promise<boolean> {
  const { stdin, stderr } = cli.terminal;
  if (cli.isJson() || stdin.isTTY !== true || stderr.isTTY !== true) return false;
  const prompt = openPrompt(cli.terminal);
  try {
    const answer = await prompt.ask('Requeue them? [y/N]');
    return /^y(es)?$/i.test(answer ?? '');
  } finally {
    prompt.close();
  }
}
