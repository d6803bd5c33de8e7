import { type Command, Option } from 'commander';
import type { Integration, Spend } from '#contract/integration.ts';
import type { ProviderEvent, Route } from '#contract/provider.ts';
import { readName, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { momentText, percentText, plain, table, usdText } from './format.ts';

/** `budgets`, `integrations`, `routes` and `history`: what stands between tasks and the world. */
export function addGuards(program: Command, cli: Cli): void {
  program
    .command('budgets')
    .summary('show what was spent today against the budgets')
    .description(
      'Shows what the desk, its agents and its providers spent in the running UTC day, what calls under way may still cost, and the daily budgets. Raise the one of an agent with nightdesk set.',
    )
    .action(async () => {
      const { client } = await cli.connect();
      const spends = await client.budgets.list();
      cli.finish('budgets', { spends }, spendTable(spends));
    });
  program
    .command('integrations')
    .summary('list the systems that tools reach, and their breakers')
    .description(
      'Lists the systems that tools reach: how the breaker of each stands, its last minute, its last error, and the agents that its outage pauses.',
    )
    .action(async () => {
      const { client } = await cli.connect();
      const integrations = await client.integrations.list();
      cli.finish('integrations', { integrations }, integrationTable(integrations, Date.now()));
    });
  program
    .command('routes')
    .summary('show which model serves each agent, and why')
    .description(
      'Shows the route of each agent in the order in force, and what each entry would do with the next call: serve it, or not and why.',
    )
    .action(async () => {
      const { client } = await cli.connect();
      const routes = await client.providers.routes();
      cli.finish('routes', { routes }, routeTable(routes));
    });
  program
    .command('history')
    .summary('show what befell the providers')
    .description('Shows failovers, breakers and cooldowns of the model providers, newest first.')
    .argument('[provider]', 'its name; all of them without it', readName)
    .addOption(new Option('--limit <count>', 'at most so many').argParser(readWhole(1, 1_000)).default(50))
    .action(async (provider: string | undefined, { limit }: { limit: number }) => {
      const { client } = await cli.connect();
      const events = await client.providers.events({ limit, ...(provider === undefined ? {} : { provider }) });
      cli.finish('history', { events }, eventTable(events, Date.now()));
    });
}

function spendTable(spends: Spend[]): string {
  return table(spends, [
    {
      head: 'Budget of',
      cell: (spend) => (spend.scope === 'desk' ? 'the whole desk' : `${spend.scope} ${spend.name}`),
    },
    { head: 'Spent', cell: (spend) => usdText(spend.usd), right: true },
    { head: 'Reserved', cell: (spend) => usdText(spend.reservedUsd), right: true },
    { head: 'Of', cell: (spend) => (spend.budgetUsd === null ? '-' : usdText(spend.budgetUsd)), right: true },
    { head: 'Tokens', cell: (spend) => String(spend.tokens), right: true },
    { head: 'Of', cell: (spend) => (spend.budgetTokens === null ? '-' : String(spend.budgetTokens)), right: true },
    { head: 'Share', cell: (spend) => (spend.share === null ? '-' : percentText(spend.share)), right: true },
    { head: 'Stands', cell: (spend) => spend.level },
  ]);
}

function integrationTable(integrations: Integration[], now: number): string {
  if (integrations.length === 0) return 'No agent lists a tool.';
  return table(integrations, [
    { head: 'Integration', cell: (each) => each.name },
    { head: 'Breaker', cell: (each) => each.breaker },
    { head: 'Calls, 1 min', cell: (each) => String(each.calls), right: true },
    { head: 'Errors', cell: (each) => String(each.errors), right: true },
    { head: 'Last effect', cell: (each) => (each.lastEffectAt === null ? '-' : momentText(each.lastEffectAt, now)) },
    { head: 'Critical to', cell: (each) => each.criticalTo.join(', ') || '-' },
    { head: 'Last error', cell: (each) => plain(each.lastError?.message ?? '-').slice(0, 80) },
  ]);
}

function routeTable(routes: Route[]): string {
  if (routes.length === 0) return 'No agents.';
  const rows = routes.flatMap(({ agent, hops, reroutedTo }) =>
    hops.map((hop, index) => ({ ...hop, agent: index === 0 ? agent : '', rerouted: hop.provider === reroutedTo })),
  );
  return table(rows, [
    { head: 'Agent', cell: (row) => row.agent },
    { head: 'Model', cell: (row) => `${row.provider}/${row.model}${row.rerouted ? ' (rerouted)' : ''}` },
    {
      head: 'Next call',
      cell: (row) => (row.state === 'returning' ? `gets ${percentText(row.share)}` : row.state.replaceAll('-', ' ')),
    },
    { head: 'Calls', cell: (row) => String(row.calls), right: true },
  ]);
}

function eventTable(events: ProviderEvent[], now: number): string {
  if (events.length === 0) return 'Nothing befell them.';
  return table(events, [
    { head: 'At', cell: (event) => momentText(event.at, now) },
    { head: 'Provider', cell: (event) => event.provider },
    { head: 'What', cell: (event) => event.kind },
    { head: 'In words', cell: (event) => plain(event.text) },
  ]);
}
