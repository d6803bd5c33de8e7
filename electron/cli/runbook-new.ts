import { type Command, InvalidArgumentError } from 'commander';
import { nameSchema } from '#contract/basic.ts';
import type { RunbookOrigin } from '#contract/runbook-edit.ts';
import { readName } from './argument.ts';
import type { Cli } from './cli.ts';
import { refuse } from './refusal.ts';

/** `runbook new`: the file is then a file like any other, to be written in any editor. */
export function addNew(runbook: Command, cli: Cli): void {
  runbook
    .command('new')
    .description(
      "Writes a new runbook into the data folder's runbooks/: from a template that is sound as it stands, for an alert that has none, or from what was done in an incident. It is then a plain file: change it with any editor, and the desk reads it within a second.",
    )
    .argument('<name>', "its name, and its file's", readName)
    .option('--from <origin>', 'alert:RULE or incident:NUMBER', readOrigin)
    .action(async (name: string, { from }: { from?: RunbookOrigin }) => {
      const { client } = await cli.connect();
      const { text } = await client.runbooks.draft({ name, origin: from ?? { from: 'template' } });
      const saved = await client.runbooks.save({ name, text, baseHash: null });
      if (!saved.saved) {
        refuse('CONFLICT', `There is a runbook ${name} already.`, {
          kept: 'Nothing was written.',
          todo: 'Give the new one another name, or edit that file.',
          where: saved.file,
        });
      }
      const { file } = saved;
      cli.finish(
        'runbook new',
        { name, file },
        [
          `${name} is in ${file}`,
          `Check it: nightdesk runbook lint ${file}`,
          `Try it:   nightdesk runbook run ${name} --dry-run`,
        ].join('\n'),
      );
    });
}

function readOrigin(text: string): RunbookOrigin {
  const incident = /^incident:(\d{1,15})$/.exec(text)?.[1];
  if (incident !== undefined) return { from: 'incident', incident: Number(incident) };
  const rule = nameSchema.safeParse(/^alert:(.*)$/.exec(text)?.[1]);
  if (rule.success) return { from: 'alert', rule: rule.data };
  throw new InvalidArgumentError('Write alert:RULE, for example alert:worker-crash-loop, or incident:NUMBER.');
}
