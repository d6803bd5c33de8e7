import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { findHome } from '../serve/home.ts';
import { addActions, addSettings } from './action.ts';
import { addAgents } from './agent.ts';
import { addAlerts } from './alert.ts';
import { addAudit } from './audit.ts';
import { addKeeping } from './backup.ts';
import { type CliInUse, createCli, type Terminal } from './cli.ts';
import { addDeadLetters } from './dead-letter.ts';
import { addEvents } from './event.ts';
import { addGuards } from './guard.ts';
import { addIncidents } from './incident.ts';
import { addInvite } from './invite.ts';
import { addObjectives } from './objective.ts';
import { addPeople } from './people.ts';
import { addProviders } from './provider.ts';
import { addReports } from './report.ts';
import { addRoutes } from './route.ts';
import { addRunbooks } from './runbook.ts';
import { addSamples } from './sample.ts';
import { addSecrets } from './secret.ts';
import { addServe } from './serve.ts';
import { addService } from './service.ts';
import { addSettingsView } from './settings.ts';
import { addSilence } from './silence.ts';
import { addStatus } from './status.ts';
import { addTasks } from './task.ts';
import { addTokens } from './token.ts';

/** The `nightdesk` command with all its subcommands. Parsing fails by throwing; nothing exits the process. */
export function createProgram(terminal: Terminal): { program: Command; cli: CliInUse } {
  const program = new Command('nightdesk');
  const cli = createCli(terminal, () => program.opts());
  program
    .description('An operations console for AI agents in production, and the runner that carries them.')
    .version(version())
    .option(
      '--data <folder>',
      "the desk's data folder; without it the default one, or the rehearsal's where only that runs",
    )
    .option('--json', 'print one JSON document on standard output')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      // Said once, in the words of every other failure.
      outputError: () => {},
    })
    .exitOverride();
  addServe(program, cli);
  addService(program, cli);
  addStatus(program, cli);
  addTasks(program, cli);
  addActions(program, cli);
  addSettings(program, cli);
  addPeople(program, cli);
  addInvite(program, cli);
  addSamples(program, cli);
  addReports(program, cli);
  addDeadLetters(program, cli);
  addProviders(program, cli);
  addGuards(program, cli);
  addEvents(program, cli);
  addIncidents(program, cli);
  addAlerts(program, cli);
  addObjectives(program, cli);
  addRunbooks(program, cli);
  addSilence(program, cli);
  addSecrets(program, cli);
  addTokens(program, cli);
  addKeeping(program, cli);
  addAudit(program, cli);
  addAgents(program, cli);
  addSettingsView(program, cli);
  addRoutes(program, cli);
  return { program, cli };
}

function version(): string {
  const { root } = findHome(import.meta.dirname);
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
