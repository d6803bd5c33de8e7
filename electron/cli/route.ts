import { type Command, Option } from 'commander';
import type { Delivery, DeliveryFilter, RouteStanding } from '#contract/delivery.ts';
import { deliverySchema } from '#contract/delivery.ts';
import { readName, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { EXIT } from './exit.ts';
import { counted, momentText, plain, table } from './format.ts';

/** A test message is waited for so long, ms, and asked for this often. */
const TEST_MS = 30_000;
const ASK_MS = 200;

/** `route list|test|deliveries`: where alerts and reports are sent. */
export function addRoutes(program: Command, cli: Cli): void {
  const route = program
    .command('route')
    .summary('where alerts and reports are sent')
    .description(
      'Where alerts and reports are sent: the routes of nightdesk.yaml, and the native one, which is every connected desktop and browser.',
    );

  route
    .command('list')
    .summary('list routes and how each stands')
    .description('Lists the routes: what waits on each, when it took a message last, and why it takes none now.')
    .action(async () => {
      const { client } = await cli.connect();
      const routes = await client.alertRoutes.list();
      const failing = routes.some(({ failingSince }) => failingSince !== null);
      cli.finish('route list', { routes }, routeTable(routes, Date.now()), failing ? EXIT.failed : EXIT.ok);
    });

  route
    .command('test')
    .summary('send a test message')
    .description(
      'Sends a test message over a route, and waits for half a minute until it was taken. PagerDuty and Alertmanager end it at once.',
    )
    .argument('<name>', 'the name of the route', readName)
    .action(async (name: string) => {
      const { client } = await cli.connect();
      const until = Date.now() + TEST_MS;
      let delivery = await client.alertRoutes.test({ name });
      while (delivery.state === 'due' && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, ASK_MS));
        delivery = await client.alertRoutes.delivery({ id: delivery.id });
      }
      const exit = delivery.state === 'sent' ? EXIT.ok : delivery.state === 'due' ? EXIT.underWay : EXIT.failed;
      cli.finish('route test', delivery, `${name}: ${becameText(delivery)}`, exit);
    });

  route
    .command('deliveries')
    .summary('list messages and what became of each')
    .description('Lists the messages of alerts, reports and tests, newest first, each with what became of it.')
    .addOption(new Option('--route <name>', 'of this route').argParser(readName))
    .addOption(new Option('--state <state>', 'that stand so').choices(deliverySchema.shape.state.options))
    .addOption(new Option('--limit <count>', 'at most so many').argParser(readWhole(1, 1_000)).default(50))
    .action(async (filter: DeliveryFilter) => {
      const { client } = await cli.connect();
      const deliveries = await client.alertRoutes.deliveries(filter);
      cli.finish('route deliveries', { deliveries }, deliveryTable(deliveries, Date.now()));
    });
}

function routeTable(routes: RouteStanding[], now: number): string {
  return table(routes, [
    { head: 'Route', cell: ({ name }) => name },
    { head: 'Kind', cell: ({ kind }) => kind },
    {
      head: 'Stands',
      cell: ({ failingSince }) => (failingSince === null ? 'works' : `fails since ${momentText(failingSince, now)}`),
    },
    { head: 'Due', cell: ({ due }) => String(due), right: true },
    { head: 'Last sent', cell: ({ lastSentAt }) => (lastSentAt === null ? 'never' : momentText(lastSentAt, now)) },
    { head: 'Last error', cell: ({ lastError }) => plain(lastError ?? '-').slice(0, 80) },
  ]);
}

function deliveryTable(deliveries: Delivery[], now: number): string {
  if (deliveries.length === 0) return 'No messages.';
  return table(deliveries, [
    { head: 'Message', cell: ({ id }) => String(id), right: true },
    { head: 'Made', cell: ({ madeAt }) => momentText(madeAt, now) },
    { head: 'Route', cell: ({ route }) => route },
    { head: 'Kind', cell: ({ kind }) => kind },
    { head: 'State', cell: ({ state }) => state },
    { head: 'Attempts', cell: ({ attempts }) => String(attempts), right: true },
    { head: 'What', cell: ({ title }) => plain(title).slice(0, 60) },
    { head: 'Why', cell: ({ error }) => plain(error ?? '-').slice(0, 80) },
  ]);
}

function becameText({ state, attempts, error }: Delivery): string {
  switch (state) {
    case 'sent':
      return `the test message was taken${error === null ? '' : `, but ${plain(error)}`}`;
    case 'due':
      return `not taken after ${counted(attempts, 'attempt')}, it is tried again: ${plain(error ?? 'no answer yet')}`;
    case 'refused':
    case 'dropped':
      return `${state}: ${plain(error ?? 'no reason was given')}`;
  }
}
