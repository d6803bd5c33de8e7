import type { Command } from 'commander';
import type { SettingsView } from '#contract/settings.ts';
import { dataFolderOf } from './agent-folder.ts';
import type { Cli } from './cli.ts';
import { findDeskOn } from './client.ts';
import { EXIT } from './exit.ts';
import { counted, plain } from './format.ts';

/** `settings`: nightdesk.yaml as it is in force, or as it would be. */
export function addSettingsView(program: Command, cli: Cli): void {
  program
    .command('settings')
    .summary('show nightdesk.yaml as it is in force, and what is wrong with it')
    .description(
      'Shows the settings of the desk that runs; where none runs, what nightdesk.yaml of the data folder says. Secrets are shown by name, and values that may be secrets are masked. Fails when the file has an error: the settings that were good last stay in force then.',
    )
    .action(async () => {
      const view = await readView(cli);
      const exit = view.problems.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
      cli.finish('settings', view, viewText(view), exit);
    });
}

async function readView(cli: Cli): Promise<SettingsView> {
  if (findDeskOn(cli.dataFolder()) !== undefined) return (await cli.connect()).client.settings.get();
  const { viewSettings } = await import('../desk/settings.ts');
  return viewSettings(dataFolderOf(cli));
}

function viewText({ file, settings, problems }: SettingsView): string {
  const lines = problems.map(
    ({ line, column, severity, message, fix }) =>
      `${file}:${line}:${column} ${severity} ${plain(message)}${fix === null ? '' : `; ${plain(fix)}`}`,
  );
  return [file, JSON.stringify(settings, null, 2), ...lines, counted(problems.length, 'problem')].join('\n');
}
