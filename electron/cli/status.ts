import type { Command } from 'commander';
import type { AgentHealth, Rate } from '#contract/health.ts';
import type { Cli } from './cli.ts';
import { counted, momentText, percentText, plain, spanText, table, usdText, words } from './format.ts';
import { incidentTable } from './incident.ts';
import type { Output } from './output.ts';
import { providerTable } from './provider.ts';
import { refuse } from './refusal.ts';

/** `status`: what the board shows, now. */
export function addStatus(program: Command, cli: Cli): void {
  program
    .command('status')
    .summary('show agents, providers, incidents and what is in force')
    .description(
      'Shows what the board shows: the desk, its agents over the last hour, providers, open incidents and the mitigations in force.',
    )
    .action(async () => {
      const { client, address } = await cli.connect();
      const frames = await client.board.watch({ window: '1h' });
      const first = await frames.next();
      await frames.return?.();
      const desk = first.done || first.value.kind !== 'snapshot' ? undefined : first.value.state.desk.desk;
      if (first.done || first.value.kind !== 'snapshot' || desk === undefined) {
        return refuse('UNREACHABLE', 'The desk sent no board.', { kept: 'Nothing was changed.', todo: 'Try again.' });
      }
      const { agents, providers, incidents, interventions } = first.value.state;
      const document: Output<'status'> = {
        about: await client.about(),
        address,
        desk,
        agents: Object.values(agents),
        providers: Object.values(providers),
        incidents: Object.values(incidents),
        interventions: Object.values(interventions),
      };
      cli.finish('status', document, statusText(document));
    });
}

function statusText({ about, address, desk, agents, providers, incidents, interventions }: Output<'status'>): string {
  const now = desk.at;
  const head = [
    `Nightdesk ${about.version} at ${address}, since ${momentText(about.startedAt, now)} (${spanText(now - about.startedAt)})`,
    `Data in ${about.dataFolder}`,
    ...(about.rehearsal ? ['A rehearsal: no real model is called.'] : []),
    ...desk.troubles.map(plain),
    ...(desk.ingest !== null && desk.ingest.dropped > 0
      ? [`${counted(desk.ingest.dropped, 'event')} of other runtimes refused, and in no number`]
      : []),
    ...(desk.fileProblems > 0 ? [`${counted(desk.fileProblems, 'error')} in agent and runbook files`] : []),
    ...(desk.waitingForPerson.inDoubt > 0
      ? [`${counted(desk.waitingForPerson.inDoubt, 'task')} in doubt: nightdesk tasks --state in-doubt`]
      : []),
    ...(desk.waitingForPerson.questions + desk.waitingForPerson.reviews > 0
      ? [
          `${counted(desk.waitingForPerson.questions, 'question')} and ${counted(desk.waitingForPerson.reviews, 'review')} wait for a person: nightdesk questions`,
        ]
      : []),
  ];
  const inForce = interventions.map(({ verb, agent, to, by, since, until }) => {
    const end = until === null ? 'until it is undone' : `for another ${spanText(until - now)}`;
    return `${verb} ${agent}${to === null ? '' : ` to ${to}`}, ${end} (${plain(by.name)}, ${momentText(since, now)})`;
  });
  return [
    head.join('\n'),
    agents.length === 0 ? 'No agents.' : agentTable(agents),
    providerTable(providers),
    incidents.length === 0 ? 'No open incident.' : incidentTable(incidents, now),
    ...(inForce.length === 0 ? [] : [['In force:', ...inForce].join('\n')]),
  ].join('\n\n');
}

function agentTable(agents: AgentHealth[]): string {
  return table(agents, [
    { head: 'Agent', cell: (agent) => agent.name },
    { head: 'State', cell: (agent) => words(agent.state) },
    { head: 'Intake', cell: (agent) => agent.intake },
    { head: 'Success, 1 h', cell: successText },
    { head: 'First try', cell: (agent) => rateText(agent.firstAttempt), right: true },
    {
      head: 'Overdue',
      cell: ({ counts }) => (counts.overdue === null ? 'unknown' : String(counts.overdue)),
      right: true,
    },
    { head: 'p95', cell: (agent) => (agent.p95Ms === null ? '-' : spanText(agent.p95Ms)), right: true },
    { head: 'Queued', cell: (agent) => String(agent.queued), right: true },
    { head: 'Running', cell: (agent) => String(agent.running), right: true },
    { head: 'Waiting', cell: (agent) => String(agent.waiting), right: true },
    { head: 'Cost today', cell: (agent) => usdText(agent.costTodayUsd), right: true },
  ]);
}

/** Never a bare rate of too few, nor an old one of what is not known now. */
function successText({ state, success }: AgentHealth): string {
  switch (state) {
    case 'unknown':
      return 'unknown';
    case 'not-enough-data':
      return `${success.good} of ${success.total}, not enough data`;
    case 'met':
    case 'slow':
    case 'failing':
      return `${percentText(success.estimate ?? 0)} (${percentText(success.low)}-${percentText(success.high)}) of ${success.total}`;
  }
}

/** A rate with what it is made of: `98.1% of 210`. */
function rateText(rate: Rate): string {
  return rate.estimate === null ? '-' : `${percentText(rate.estimate)} of ${rate.total}`;
}
