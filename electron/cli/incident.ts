import type { Command } from 'commander';
import type { Incident } from '#contract/incident.ts';
import { readNumber } from './argument.ts';
import type { Cli } from './cli.ts';
import { momentText, table } from './format.ts';

/** `incidents` and `ack`. */
export function addIncidents(program: Command, cli: Cli): void {
  program
    .command('incidents')
    .summary('list open incidents')
    .description('Lists open incidents, each with the runbook that answers it.')
    .option('--all', 'resolved ones, too')
    .action(async (options: { all?: true }) => {
      const { client } = await cli.connect();
      const incidents = await client.incidents.list({ open: options.all !== true });
      const none = options.all === true ? 'There was no incident.' : 'No open incident.';
      cli.finish('incidents', { incidents }, incidents.length === 0 ? none : incidentTable(incidents, Date.now()));
    });

  program
    .command('ack')
    .summary('acknowledge an incident')
    .description('Acknowledges an incident: says that somebody is at it.')
    .argument('<incident>', 'its number', readNumber)
    .action(async (id: number) => {
      const { client } = await cli.connect();
      const incident = await client.incidents.acknowledge({ id });
      cli.finish('ack', incident, `#${incident.id} ${incident.state}: ${incident.title}`);
    });
}

/** Incidents as a table. */
export function incidentTable(incidents: Incident[], now: number): string {
  return table(incidents, [
    { head: 'Incident', cell: (incident) => `#${incident.id}` },
    { head: 'State', cell: (incident) => incident.state },
    { head: 'Since', cell: (incident) => momentText(incident.openedAt, now) },
    { head: 'What', cell: (incident) => incident.title },
    { head: 'Runbook', cell: runbookText },
  ]);
}

function runbookText({ run, runbooks }: Incident): string {
  if (run !== null) return `${run.runbook}, run ${run.id} at step ${run.step} of ${run.steps}`;
  return runbooks.map(({ name }) => name).join(', ') || '-';
}
