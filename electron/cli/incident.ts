import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Incident,
  type IncidentRole,
  type IncidentSeverity,
  incidentRoleSchema,
  incidentSeveritySchema,
} from '#contract/incident.ts';
import { readName, readNumber, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { momentText, table } from './format.ts';
import { incidentText, statsText } from './incident-text.ts';
import { refuseInput } from './refusal.ts';

type ListOptions = { all?: true; severity?: IncidentSeverity; search?: string };
type OpenOptions = { severity: IncidentSeverity; agent: string[]; note?: string };
type HandoverOptions = { role: IncidentRole; next?: string; done?: string; open?: string };
type DraftOptions = { fresh?: true; out?: string; save?: string };

/** `incidents`, `ack`, and `incident` with everything that people do with one. */
export function addIncidents(program: Command, cli: Cli): void {
  program
    .command('incidents')
    .summary('list open incidents')
    .description('Lists open incidents, each with the runbook that answers it.')
    .option('--all', 'resolved ones, too')
    .action(async (options: { all?: true }) => listIncidents(cli, 'incidents', options));

  program
    .command('ack')
    .summary('acknowledge an incident')
    .description('Acknowledges an incident: says that somebody is at it.')
    .argument('<incident>', 'its number', readNumber)
    .action((id: number) => tellIncident(cli, 'ack', async (client) => client.incidents.acknowledge({ id })));

  const incident = program
    .command('incident')
    .summary('work on incidents: open, hand over, merge, resolve, review')
    .description('Everything that people do with incidents, as the console does it.');
  addReading(incident, cli);
  addWork(incident, cli);
  addPeople(incident, cli);
  addMoves(incident, cli);
}

function addReading(incident: Command, cli: Cli): void {
  incident
    .command('list')
    .summary('list open incidents')
    .description('Lists open incidents, the newest first.')
    .option('--all', 'resolved ones, too')
    .addOption(new Option('--severity <severity>', 'of this severity alone').argParser(readSeverity))
    .option('--search <text>', 'whose title, agents or alerts hold this')
    .action((options: ListOptions) => listIncidents(cli, 'incident list', options));

  incident
    .command('show')
    .summary('show an incident: what is wrong, what changed before it, what was done, the next step')
    .description(
      'Shows an incident as its page does: since when, its times, people and alerts, what changed before it with the nearest first, and its timeline.',
    )
    .argument('<incident>', 'its number', readNumber)
    .action(async (id: number) => {
      const { client } = await cli.connect();
      const found = await client.incidents.get({ id });
      cli.finish('incident show', found, incidentText(found, Date.now()));
    });

  incident
    .command('stats')
    .summary('show the times to detect, mitigate and resolve')
    .description(
      'Shows the times to detect, mitigate and resolve of the incidents that opened in the last days: how many, their median and 90th percentile. Those that last count as at least what they last by now. Rehearsed ones stand apart.',
    )
    .addOption(new Option('--days <days>', 'opened in the last days').argParser(readWhole(1, 366)).default(28))
    .option('--rehearsal', 'of rehearsed ones')
    .action(async ({ days, rehearsal }: { days: number; rehearsal?: true }) => {
      const { client } = await cli.connect();
      const stats = await client.incidents.stats({ days, rehearsal: rehearsal === true });
      cli.finish('incident stats', stats, statsText(stats));
    });

  incident
    .command('draft')
    .summary('write the post-incident review')
    .description(
      'Prints the post-incident review in Markdown: drafted from the record until somebody saves it, then what was saved. --save keeps a file as the review, unless somebody else saved meanwhile.',
    )
    .argument('<incident>', 'its number', readNumber)
    .option('--fresh', 'drafted anew from the record, whatever was saved')
    .option('--out <file>', 'into this file')
    .addOption(new Option('--save <file>', 'keep the text of this file as the review').conflicts(['fresh', 'out']))
    .action(async (id: number, { fresh, out, save }: DraftOptions) => {
      const { client } = await cli.connect();
      const draft = await client.incidents.draft({ id, fresh: fresh === true });
      if (save !== undefined) {
        const saved = await client.incidents.saveDraft({ id, text: readText(save), version: draft.version });
        cli.finish('incident draft', saved, `Saved as version ${saved.version}.`);
        return;
      }
      if (out !== undefined) writeFileSync(out, draft.text);
      cli.finish('incident draft', draft, out === undefined ? draft.text : `Written to ${out}.`);
    });
}

function addWork(incident: Command, cli: Cli): void {
  incident
    .command('open')
    .summary('open an incident by hand')
    .description('Opens an incident that no alert has opened.')
    .argument('<title>', 'what is wrong, in one line')
    .addOption(new Option('--severity <severity>', 'sev1, sev2 or sev3').argParser(readSeverity).default('sev2'))
    .addOption(
      new Option('--agent <agent>', 'whom it concerns; may be repeated')
        .argParser(readNames)
        .default([], 'nobody in particular'),
    )
    .option('--note <text>', 'the first note')
    .action((title: string, { severity, agent, note }: OpenOptions) =>
      tellIncident(cli, 'incident open', async (client) =>
        client.incidents.open({ title, severity, agents: agent, ...(note === undefined ? {} : { note }) }),
      ),
    );

  incident
    .command('ack')
    .summary('acknowledge an incident')
    .description('Says that somebody is at it. The first who says so counts.')
    .argument('<incident>', 'its number', readNumber)
    .action((id: number) => tellIncident(cli, 'incident ack', async (client) => client.incidents.acknowledge({ id })));

  incident
    .command('note')
    .summary('add a note')
    .description('Adds a note to the timeline. Notes are added, never edited.')
    .argument('<incident>', 'its number', readNumber)
    .argument('<text>', 'for whoever reads this next')
    .action((id: number, text: string) =>
      tellIncident(cli, 'incident note', async (client) => client.incidents.note({ id, text })),
    );

  incident
    .command('severity')
    .summary('change the severity')
    .description('Changes the severity. When it rises, an acknowledgement of somebody else ends.')
    .argument('<incident>', 'its number', readNumber)
    .argument('<severity>', 'sev1, sev2 or sev3', readSeverity)
    .option('--reason <reason>', 'why')
    .action((id: number, severity: IncidentSeverity, { reason }: { reason?: string }) =>
      tellIncident(cli, 'incident severity', async (client) =>
        client.incidents.severity({ id, severity, ...(reason === undefined ? {} : { reason }) }),
      ),
    );

  incident
    .command('resolve')
    .summary('resolve an incident by hand')
    .description('Resolves an incident. Refused while alerts of it fire, unless --anyway is given.')
    .argument('<incident>', 'its number', readNumber)
    .argument('<reason>', 'why it is over')
    .option('--anyway', 'although alerts of it still fire')
    .action((id: number, reason: string, { anyway }: { anyway?: true }) =>
      tellIncident(cli, 'incident resolve', async (client) =>
        client.incidents.resolve({ id, reason, anyway: anyway === true }),
      ),
    );

  incident
    .command('reopen')
    .summary('open a resolved incident again')
    .description('Opens a resolved incident again.')
    .argument('<incident>', 'its number', readNumber)
    .argument('<reason>', 'why it is not over')
    .action((id: number, reason: string) =>
      tellIncident(cli, 'incident reopen', async (client) => client.incidents.reopen({ id, reason })),
    );
}

function addPeople(incident: Command, cli: Cli): void {
  incident
    .command('role')
    .summary('take a role, give it to somebody, or leave it')
    .description('Takes a role: commander, responder or communications. One person commands and one communicates.')
    .argument('<incident>', 'its number', readNumber)
    .argument('<role>', 'commander, responder or communications', readRole)
    .option('--to <person>', 'give it to this person')
    .addOption(new Option('--leave', 'leave it').conflicts('to'))
    .action((id: number, role: IncidentRole, { to, leave }: { to?: string; leave?: true }) =>
      tellIncident(cli, 'incident role', async (client) =>
        leave === true
          ? client.incidents.release({ id, role })
          : client.incidents.take({ id, role, ...(to === undefined ? {} : { holder: to }) }),
      ),
    );

  incident
    .command('handover')
    .summary('hand your role over, with a note')
    .description(
      'Hands a role over to another person. The note says what was done, what is open and the next step; what is not given is drafted from the record.',
    )
    .argument('<incident>', 'its number', readNumber)
    .argument('<person>', 'who takes over')
    .addOption(new Option('--role <role>', 'the role').argParser(readRole).default('commander'))
    .option('--done <text>', 'what was done')
    .option('--open <text>', 'what is open')
    .option('--next <text>', 'the next step')
    .action((id: number, to: string, { role, ...given }: HandoverOptions) =>
      tellIncident(cli, 'incident handover', async (client) => {
        const note = { ...(await client.incidents.handoverDraft({ id })), ...given };
        return client.incidents.handOver({ id, to, role, note });
      }),
    );
}

function addMoves(incident: Command, cli: Cli): void {
  incident
    .command('merge')
    .summary('merge an incident into another')
    .description(
      'Moves alerts and timeline into another incident, to which this one then points; its runs count there. Undone by nightdesk incident undo.',
    )
    .argument('<incident>', 'the number of the one that goes', readNumber)
    .argument('<into>', 'the number of the one that stays', readNumber)
    .action((id: number, into: number) =>
      tellIncident(cli, 'incident merge', async (client) => client.incidents.merge({ id, into })),
    );

  incident
    .command('split')
    .summary('split alerts off into a new incident')
    .description(
      'Makes a new incident of some alerts; the timeline and runs stay with the old one. Undone by nightdesk incident undo.',
    )
    .argument('<incident>', 'its number', readNumber)
    .argument('<alerts...>', 'ids of alerts, as incident show prints them')
    .option('--title <title>', 'of the new one; that of its first alert without it')
    .action((id: number, alerts: string[], { title }: { title?: string }) =>
      tellIncident(cli, 'incident split', async (client) =>
        client.incidents.split({ id, alerts, ...(title === undefined ? {} : { title }) }),
      ),
    );

  incident
    .command('undo')
    .summary('undo the newest merge or split of an incident')
    .description('Takes back the newest merge or split that an incident was part of.')
    .argument('<incident>', 'its number', readNumber)
    .action((id: number) =>
      tellIncident(cli, 'incident undo', async (client) => {
        const { lastMove } = await client.incidents.get({ id });
        if (lastMove === null)
          return refuseInput(
            `Incident ${id} was not merged or split.`,
            'incident',
            'Look at it: nightdesk incident show.',
          );
        return client.incidents.undo({ id, move: lastMove.id });
      }),
    );
}

type Client = Awaited<ReturnType<Cli['connect']>>['client'];
type Told =
  | 'ack'
  | `incident ${'open' | 'ack' | 'note' | 'severity' | 'resolve' | 'reopen' | 'role' | 'handover' | 'merge' | 'split' | 'undo'}`;

/** Does something with an incident, and says how it stands then. */
async function tellIncident(cli: Cli, name: Told, act: (client: Client) => Promise<Incident>): Promise<void> {
  const { client } = await cli.connect();
  const incident = await act(client);
  cli.finish(name, incident, `#${incident.id} ${incident.state}: ${incident.title}`);
}

async function listIncidents(
  cli: Cli,
  name: 'incidents' | 'incident list',
  { all, severity, search }: ListOptions,
): Promise<void> {
  const { client } = await cli.connect();
  const found = await client.incidents.list({ open: all !== true });
  const wanted = search?.toLowerCase() ?? '';
  const incidents = found.filter(
    (incident) => (severity === undefined || incident.severity === severity) && textOf(incident).includes(wanted),
  );
  const none = all === true ? 'There was no incident.' : 'No open incident.';
  cli.finish(name, { incidents }, incidents.length === 0 ? none : incidentTable(incidents, Date.now()));
}

function textOf({ id, title, agents, alerts }: Incident): string {
  return [`#${id}`, title, ...agents, ...alerts.map(({ rule }) => rule)].join(' ').toLowerCase();
}

/** Incidents as a table. */
export function incidentTable(incidents: Incident[], now: number): string {
  return table(incidents, [
    { head: 'Incident', cell: (incident) => `#${incident.id}` },
    { head: 'Severity', cell: (incident) => incident.severity },
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

function readSeverity(text: string): IncidentSeverity {
  const severity = incidentSeveritySchema.safeParse(text);
  if (!severity.success) throw new InvalidArgumentError('Write sev1, sev2 or sev3.');
  return severity.data;
}

function readRole(text: string): IncidentRole {
  const role = incidentRoleSchema.safeParse(text);
  if (!role.success) throw new InvalidArgumentError('Write commander, responder or communications.');
  return role.data;
}

function readNames(text: string, before: string[]): string[] {
  return [...before, readName(text)];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return refuseInput(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      '--save',
      'Name a file that is there.',
    );
  }
}
