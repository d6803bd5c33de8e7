import { type Command, Option } from 'commander';
import type { ErrorClass, Submit, Task, TaskDetail, TaskState } from '#contract/task.ts';
import { errorClassSchema, hasEnded } from '#contract/task.ts';
import { readMoment, readName, readSpan, readStates, readTaskId, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import type { Client } from './client.ts';
import { EXIT } from './exit.ts';
import { momentText, spanText, table, usdText } from './format.ts';
import { readJson } from './input.ts';
import { refuseInput } from './refusal.ts';
import { submitBatch } from './submit-batch.ts';
import { taskText } from './task-text.ts';

const WAIT_MS = 300_000;
const SHOWN = 20;

type SubmitOptions = {
  input?: string;
  batch?: string;
  key?: string;
  priority: number;
  at?: number;
  wait?: true;
  timeout: number;
};
type TasksOptions = { agent?: string; state?: TaskState[]; class?: ErrorClass; limit: number; before?: string };

/** `submit`, `tasks` and `task`. */
export function addTasks(program: Command, cli: Cli): void {
  program
    .command('submit')
    .summary('give an agent a task')
    .description(
      'Gives an agent a task. When it answers, the task is on the disk; the same key is done once, whoever sends it.',
    )
    .argument('<agent>', 'its name', readName)
    .option('--input <file>', 'the input, one JSON document; - reads standard input')
    .addOption(
      new Option(
        '--batch <file>',
        'many tasks, one { "input": ..., "key": ... } a line; - reads standard input',
      ).conflicts(['input', 'key', 'wait']),
    )
    .option('--key <key>', 'idempotency key: submitting it again returns the first task')
    .addOption(
      new Option('--priority <number>', 'tasks with a higher one start first, always; -100 to 100')
        .argParser(readPriority)
        .default(0),
    )
    .addOption(
      new Option('--at <moment>', 'not before this: 2026-11-30T08:00:00Z, or +30m from now').argParser((text) =>
        readMoment(text, Date.now()),
      ),
    )
    .option('--wait', 'wait for its end and show it')
    .addOption(
      new Option('--timeout <span>', 'with --wait, wait this long')
        .argParser(readSpan)
        .default(WAIT_MS, spanText(WAIT_MS))
        .implies({ wait: true }),
    )
    .action((agent: string, options: SubmitOptions) => submit(cli, agent, options));

  program
    .command('tasks')
    .summary('list tasks, newest first')
    .description('Lists tasks, newest first.')
    .option('--agent <agent>', 'of this agent', readName)
    .option('--state <states>', 'in these states, separated by commas', readStates)
    .addOption(new Option('--class <class>', 'with an error of this class').choices(errorClassSchema.options))
    .option('--limit <number>', 'this many at most', readWhole(1, 1_000), SHOWN)
    .option('--before <task>', 'older than this task: the next page', readTaskId)
    .action(async ({ class: errorClass, ...options }: TasksOptions) => {
      const { client } = await cli.connect();
      const page = await client.tasks.list(errorClass === undefined ? options : { ...options, errorClass });
      const more = page.next === null ? '' : ` Older ones: --before ${page.next}`;
      const total = page.total >= page.totalCap ? `more than ${page.totalCap}` : String(page.total);
      cli.finish('tasks', page, page.tasks.length === 0 ? 'No task fits.' : taskTable(page.tasks, Date.now()));
      if (page.tasks.length > 0) cli.note(`${page.tasks.length} of ${total}.${more}`);
    });

  program
    .command('task')
    .summary('show a task with its attempts and steps')
    .description('Shows everything that is known of one task: input, output, attempts and journaled steps.')
    .argument('<task>', 'its id', readTaskId)
    .action(async (id: string) => {
      const { client } = await cli.connect();
      const task = await client.tasks.get({ id });
      cli.finish('task', task, taskText(task, Date.now()));
    });
}

const readPriority = (text: string): number => {
  const number = readWhole(0, 100)(text.replace(/^-/, ''));
  return text.startsWith('-') ? -number : number;
};

async function submit(cli: Cli, agent: string, options: SubmitOptions): Promise<void> {
  if (options.key !== undefined && (options.key.length < 1 || options.key.length > 200)) {
    refuseInput('A key has 1 to 200 characters.', '--key', 'Give a shorter one, or none.');
  }
  const when = options.at === undefined ? {} : { runAt: options.at };
  if (options.batch !== undefined) {
    return submitBatch(cli, agent, options.batch, { priority: options.priority, ...when });
  }
  if (options.input === undefined) {
    return refuseInput(
      'Nothing is submitted.',
      '--input',
      'Give the input with --input FILE, or many with --batch FILE.',
    );
  }
  const request: Submit = {
    agent,
    input: await readJson(options.input, cli.terminal.stdin),
    priority: options.priority,
    ...when,
  };
  const { client } = await cli.connect();
  const submitted = await client.tasks.submit(options.key === undefined ? request : { ...request, key: options.key });
  const { id, duplicate } = submitted;
  const accepted = duplicate ? `${id}, submitted before under this key` : id;
  if (options.wait !== true) {
    cli.finish('submit', { ...submitted, task: null }, accepted);
    return;
  }
  cli.note(`Accepted as ${accepted}. Waiting for its end.`);
  const task = await waitForEnd(client, id, options.timeout);
  const exit = hasEnded(task.state) ? (task.state === 'succeeded' ? EXIT.ok : EXIT.failed) : EXIT.underWay;
  if (exit === EXIT.underWay)
    cli.note(`It has not ended in ${spanText(options.timeout)}; it goes on: nightdesk task ${id}`);
  cli.finish('submit', { ...submitted, task }, taskText(task, Date.now()), exit);
}

/** The task at its end, or as it stands when the time is up. */
async function waitForEnd(client: Client, id: string, withinMs: number): Promise<TaskDetail> {
  const late = AbortSignal.timeout(withinMs);
  try {
    for await (const _ of await client.tasks.watchOne({ id }, { signal: late })) {
      const task = await client.tasks.get({ id });
      if (hasEnded(task.state)) return task;
    }
  } catch (error) {
    if (!late.aborted) throw error;
  }
  return client.tasks.get({ id });
}

function taskTable(tasks: Task[], now: number): string {
  return table(tasks, [
    { head: 'Task', cell: (task) => task.id },
    { head: 'Agent', cell: (task) => task.agent },
    { head: 'State', cell: (task) => task.state },
    { head: 'Accepted', cell: (task) => momentText(task.acceptedAt, now) },
    {
      head: 'Took',
      cell: (task) => (task.endedAt === null ? '-' : spanText(task.endedAt - task.acceptedAt)),
      right: true,
    },
    { head: 'Attempts', cell: (task) => String(task.attempts), right: true },
    { head: 'Cost', cell: (task) => usdText(task.costUsd), right: true },
    { head: 'Marks', cell: (task) => task.marks.join(' ') || '-' },
    { head: 'Reason', cell: (task) => task.reason?.slice(0, 80) ?? '-' },
  ]);
}
