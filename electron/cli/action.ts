import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { Action, Outcome, Plan, Receipt } from '#contract/action.ts';
import { readName, readPart, readSpan, readTaskId, readUsd, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import type { Client } from './client.ts';
import { EXIT } from './exit.ts';
import { fields, plain, spanText } from './format.ts';

const VERIFY_EVERY_MS = 100;
const VERIFY_WITHIN_MS = 120_000;

type ActionOptions = { timeout: number };
type RerouteOptions = { to: string; share?: number; for?: number };

/** `pause`, `drain`, `resume`, `reroute` and `cancel`: each is planned, executed and verified. */
export function addActions(program: Command, cli: Cli): void {
  const lanes = {
    pause:
      'Pauses an agent: no task starts, and running ones stop before their next model call. New tasks are accepted and wait.',
    drain: 'Drains an agent: no task starts, and running ones finish. New tasks are accepted and wait.',
  };
  for (const verb of ['pause', 'drain'] as const) {
    verified(program.command(verb).summary(`${verb} an agent's intake`).argument('<agent>', 'its name', readName))
      .description(lanes[verb])
      .addOption(new Option('--for <span>', 'it ends by itself after this span').argParser(readSpan))
      .action((agent: string, options: ActionOptions & { for?: number }) =>
        act(cli, { verb, agent, ...leased(options.for) }, options),
      );
  }
  verified(program.command('resume').summary("open an agent's intake").argument('<agent>', 'its name', readName))
    .description('Opens the intake of an agent that is paused or draining.')
    .action((agent: string, options: ActionOptions) => act(cli, { verb: 'resume', agent }, options));
  verified(program.command('reroute').summary('put a provider first').argument('<agent>', 'its name', readName))
    .description('Puts a provider of an agent first in its route, from the next step of every task.')
    .addOption(
      new Option('--to <provider>', 'a provider of its route, or "default" for the route in its file')
        .argParser(readName)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--share <share>',
        'of the tasks, 0.1 or 10%; the rest stays where it is. All of them when left out',
      ).argParser(readPart),
    )
    .addOption(new Option('--for <span>', 'it ends by itself after this span').argParser(readSpan))
    .action((agent: string, { to, share, ...options }: ActionOptions & RerouteOptions) =>
      act(
        cli,
        { verb: 'reroute', agent, to, ...(share === undefined ? {} : { share }), ...leased(options.for) },
        options,
      ),
    );
  verified(program.command('cancel').summary('cancel a task').argument('<task>', 'its id', readTaskId))
    .description('Cancels a task: a step that runs is told to stop, effects that are done stay done.')
    .action(async (task: string, options: ActionOptions) => {
      const { client } = await cli.connect();
      await client.tasks.get({ id: task });
      await act(cli, { verb: 'cancel', task }, options);
    });
}

/** `set` and `reset`. */
export function addSettings(program: Command, cli: Cli): void {
  verified(program.command('set').summary("set an agent's concurrency or daily budget"))
    .description(
      "Sets how many tasks of an agent run at once, what it may spend a day, or both, in place of its file's values. A raised budget lets tasks that wait for it go on.",
    )
    .argument('<agent>', 'its name', readName)
    .addOption(
      new Option('--concurrency <count>', 'tasks at once, or "default" for its file\'s').argParser(
        orDefault(readWhole(1, 10_000)),
      ),
    )
    .addOption(
      new Option('--budget <usd>', 'US dollars a day, or "default" for its file\'s').argParser(orDefault(readUsd)),
    )
    .addOption(new Option('--for <span>', 'it ends by itself after this span').argParser(readSpan))
    .action(
      (
        agent: string,
        options: ActionOptions & { concurrency?: number | 'default'; budget?: number | 'default'; for?: number },
      ) =>
        act(
          cli,
          {
            verb: 'set',
            agent,
            ...(options.concurrency === undefined ? {} : { concurrency: ownOr(options.concurrency) }),
            ...(options.budget === undefined ? {} : { budgetUsd: ownOr(options.budget) }),
            ...leased(options.for),
          },
          options,
        ),
    );
  verified(program.command('reset').summary('close a breaker').argument('<name>', 'a provider or an integration'))
    .description('Closes the breaker of a provider or an integration that is well again: tasks that wait for it go on.')
    .action((breaker: string, options: ActionOptions) => act(cli, { verb: 'reset', breaker }, options));
}

function orDefault(read: (text: string) => number): (text: string) => number | 'default' {
  return (text) => (text === 'default' ? text : read(text));
}

/** Null stands for what the agent's file says. */
function ownOr(value: number | 'default'): number | null {
  return value === 'default' ? null : value;
}

function verified(command: Command): Command {
  return command.addOption(
    new Option('--timeout <span>', 'wait this long for its effect')
      .argParser(readSpan)
      .default(VERIFY_WITHIN_MS, spanText(VERIFY_WITHIN_MS)),
  );
}

function leased(forMs: number | undefined): { forMs?: number } {
  return forMs === undefined ? {} : { forMs };
}

async function act(cli: Cli, action: Action, options: ActionOptions): Promise<void> {
  const { client } = await cli.connect();
  const plan = await client.actions.plan({ action });
  cli.note(planText(plan));
  const receipt = await client.actions.execute({ action, key: randomUUID(), planHash: plan.hash });
  const outcome = await seeEffect(client, receipt, options.timeout);
  cli.finish('action', { plan, receipt, outcome }, outcomeText(outcome, receipt), exitOf(outcome));
}

/** Looks until the effect is there or will not come, or the time is up. */
async function seeEffect(client: Client, receipt: Receipt, withinMs: number): Promise<Outcome> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const outcome = await client.actions.verify({ receipt });
    if (outcome.state !== 'pending' || Date.now() >= deadline) return outcome;
    await wait(VERIFY_EVERY_MS);
  }
}

function exitOf(outcome: Outcome): number {
  switch (outcome.state) {
    case 'applied':
      return EXIT.ok;
    case 'pending':
      return EXIT.underWay;
    case 'diverged':
      return EXIT.failed;
  }
}

function outcomeText(outcome: Outcome, receipt: Receipt): string {
  const evidence = plain(outcome.evidence);
  switch (outcome.state) {
    case 'applied':
      return `Done, seen after ${spanText(Date.now() - receipt.acceptedAt)}: ${evidence}`;
    case 'pending':
      return `Accepted, its effect is not there yet: ${evidence}`;
    case 'diverged':
      return `Accepted, and its effect did not come: ${evidence}`;
  }
}

/** A plan as lines: what changes, what it touches, what undoes it. */
export function planText(plan: Pick<Plan, 'willChange' | 'touches' | 'headroom' | 'undoneBy'>): string {
  return fields([
    ['Will change', plan.willChange],
    ['Touches', plan.touches],
    ['Headroom', plan.headroom],
    ['Undone by', plan.undoneBy],
  ]);
}
