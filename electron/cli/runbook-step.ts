import type { Command } from 'commander';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { readNumber } from './argument.ts';
import type { Cli } from './cli.ts';
import { EXIT } from './exit.ts';
import { plain } from './format.ts';
import { refuse, refuseInput } from './refusal.ts';
import { findStep } from './runbook-ask.ts';
import { confirmCommand } from './runbook-decide.ts';
import { currentOf } from './runbook-event.ts';
import { planLines, runText, stepTitle } from './runbook-text.ts';

type Made = RunCommand | Promise<RunCommand>;

/** Everything else that is done to a run: each is one command, answered once it is durable. */
export function addStepCommands(runbook: Command, cli: Cli): void {
  const onRun = (name: string, description: string) =>
    runbook.command(name).description(description).argument('<run>', 'its number', readNumber);
  const onStep = (name: string, description: string) =>
    onRun(name, description).argument('<step>', 'its number or its id');
  const tell = (id: number, make: (run: RunDetail) => Made) => tellRun(cli, id, make);

  onRun(
    'approve',
    'Agrees to the step that is next, as yourself, on the plan as it is now; it acts once enough people have.',
  )
    .option('--typed <name>', 'the name, where the step asks for it typed')
    .action((id: number, { typed }: { typed?: string }) =>
      tell(id, (run) => {
        const step = currentOf(run);
        if (step === null) return refuseInput(`No step of run ${id} is next.`, '<run>', 'Look with runbook resume.');
        for (const line of step.plan === null ? [] : planLines(step.plan)) cli.note(line);
        return confirmCommand(step, typed);
      }),
    );
  onStep('renew', 'Begins the lease of a step anew, as long as it was.').action((id: number, step: string) =>
    tell(id, (run) => ({ do: 'renew', step: named(run, step).id })),
  );
  onStep('undo', 'Undoes what a step did.').action((id: number, step: string) =>
    tell(id, (run) => ({ do: 'undo', step: named(run, step).id })),
  );
  onStep('cancel', 'Stops a step that is under way. A wait is then over; whatever else was under way has failed.')
    .requiredOption('--reason <text>', 'why')
    .action((id: number, step: string, { reason }: { reason: string }) =>
      tell(id, (run) => ({ do: 'cancel', step: named(run, step).id, reason })),
    );
  onStep(
    'roll-back',
    'Undoes what was done from a step on, the last first, and stands at that step again. Without --yes it shows what that would do, changes nothing and exits with 12.',
  )
    .option('--yes', 'do it')
    .action((id: number, step: string, { yes }: { yes?: true }) => rollBack(cli, id, step, yes === true));
  onRun('take-over', 'Takes a run over from who holds it; they are told.').action((id: number) =>
    tell(id, () => ({ do: 'take-over' })),
  );
  onRun('hand-over', 'Hands a run over.')
    .argument('<to>', 'who holds it from now on')
    .action((id: number, to: string) => tell(id, () => ({ do: 'hand-over', to })));
  for (const what of ['adopt', 'ignore'] as const) {
    onRun(
      what,
      what === 'adopt'
        ? "Takes steps over from the runbook's file, which has changed since the run began."
        : "Keeps the run's own steps where the runbook's file has changed since.",
    )
      .argument('[steps...]', 'their ids; all that differ without any')
      .action((id: number, steps: string[]) => tell(id, (run) => decideOnEdit(run, what, steps)));
  }
  onRun('end', 'Ends a run. Where its recovery is not proven that takes a reason, which stands in the audit.')
    .option('--reason <text>', 'why')
    .action((id: number, { reason }: { reason?: string }) =>
      tell(id, () => ({ do: 'end', ...(reason === undefined ? {} : { reason }) })),
    );
}

async function tellRun(cli: Cli, id: number, make: (run: RunDetail) => Made): Promise<void> {
  const { client } = await cli.connect();
  const command = await make(await client.runs.get({ id }));
  const run = await client.runs.command({ id, command });
  cli.finish('runbook command', run, runText(run));
}

async function rollBack(cli: Cli, id: number, step: string, yes: boolean): Promise<void> {
  const { client } = await cli.connect();
  const run = await client.runs.get({ id });
  const target = named(run, step);
  const plan = await client.runs.rollBackPlan({ id, step: target.id });
  const lines = plan.flatMap(({ title, says, plan: planned }) => [
    `${stepTitle({ title })}: ${plain(says)}`,
    ...(planned === null ? [] : planLines(planned).map((line) => `  ${line}`)),
  ]);
  if (yes) {
    for (const line of lines) cli.note(line);
    const after = await client.runs.command({ id, command: { do: 'roll-back', step: target.id } });
    cli.finish('runbook roll-back', { plan, run: after }, runText(after));
    return;
  }
  const nothing = 'Nothing was done from there on that can be undone.';
  const text = lines.length === 0 ? nothing : [...lines, 'Nothing was changed. --yes does it.'].join('\n');
  cli.finish('runbook roll-back', { plan, run: null }, text, lines.length === 0 ? EXIT.ok : EXIT.person);
}

function named(run: RunDetail, text: string): RunStep {
  const step = findStep(run, text, () => false);
  if (step !== undefined) return step;
  return refuse('NOT_FOUND', `Run ${run.id} has no step ${text}.`, {
    kept: 'Nothing was changed.',
    todo: `It has 1 to ${run.steps.length}: ${run.steps.map(({ id }) => id).join(', ')}.`,
    where: '<step>',
  });
}

function decideOnEdit({ id, edited }: RunDetail, what: 'adopt' | 'ignore', named: string[]): RunCommand {
  if (edited === null) {
    return refuse('CONFLICT', `The file of run ${id} has nothing that the run has not.`, {
      kept: 'Nothing was changed.',
      todo: 'Go on with the run.',
    });
  }
  const differ = edited.changes.map(({ step }) => step);
  const unknown = named.find((step) => !differ.includes(step));
  if (unknown !== undefined)
    refuseInput(`Step ${unknown} does not differ.`, '[steps...]', `These do: ${differ.join(', ')}.`);
  return { do: what, hash: edited.hash, steps: named.length === 0 ? differ : named };
}
