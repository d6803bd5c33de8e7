import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Fault, Provider } from '#contract/provider.ts';
import { readName, readShare, readSpan } from './argument.ts';
import type { Cli } from './cli.ts';
import { percentText, spanText, table } from './format.ts';
import { refuseInput } from './refusal.ts';

const LONGEST_LATENCY_MS = 600_000;

type FaultOptions = { errorRate?: number; latency?: number; limit?: number; down?: true; clear?: true };

/** `providers` and `fault`. */
export function addProviders(program: Command, cli: Cli): void {
  program
    .command('providers')
    .summary('list model providers and their breakers')
    .description(
      'Lists the model providers: whether each can be called, how its breaker stands, its last minute and its fault in a rehearsal.',
    )
    .action(async () => {
      const { client } = await cli.connect();
      const providers = await client.providers.list();
      cli.finish('providers', { providers }, providerTable(providers));
    });

  program
    .command('fault')
    .summary('dial a fault into a provider, in a rehearsal')
    .description(
      'Dials a fault into a provider. It replaces the one that was there, and works in a rehearsal only: real providers have faults of their own.',
    )
    .argument('<provider>', 'its name', readName)
    .addOption(
      new Option('--error-rate <share>', 'this share of calls fails as overloaded, 0 to 1').argParser(readShare),
    )
    .addOption(new Option('--latency <span>', 'every call takes this much longer, 10m at most').argParser(readLatency))
    .addOption(
      new Option('--limit <span>', 'every call is one too many, and asks to be left alone so long').argParser(
        readLatency,
      ),
    )
    .addOption(new Option('--down', 'every call fails as unreachable'))
    .addOption(new Option('--clear', 'take the fault away').conflicts(['errorRate', 'latency', 'limit', 'down']))
    .action(async (provider: string, options: FaultOptions) => {
      const fault = faultOf(options);
      const { client } = await cli.connect();
      const changed = await client.providers.fault({ provider, fault });
      cli.finish('fault', changed, `${changed.name}: ${faultText(changed.fault)}`);
    });
}

function readLatency(text: string): number {
  const ms = readSpan(text);
  if (ms > LONGEST_LATENCY_MS) throw new InvalidArgumentError('Write a span of 10m at most.');
  return ms;
}

function faultOf({ errorRate, latency, limit, down, clear }: FaultOptions): Fault | null {
  if (clear === true) return null;
  if (errorRate === undefined && latency === undefined && limit === undefined && down === undefined) {
    return refuseInput(
      'No fault is named.',
      'fault',
      'Give --down, --error-rate 0.3, --latency 2s, --limit 30s, or --clear.',
    );
  }
  return {
    ...{ errorRate: errorRate ?? 0, latencyMs: latency ?? 0, down: down ?? false },
    ...(limit === undefined ? {} : { retryAfterMs: limit }),
  };
}

function faultText(fault: Fault | null): string {
  if (fault === null) return 'no fault';
  const parts = [
    ...(fault.down ? ['down'] : []),
    ...(fault.errorRate > 0 ? [`${percentText(fault.errorRate)} of calls fail`] : []),
    ...(fault.latencyMs > 0 ? [`${spanText(fault.latencyMs)} slower`] : []),
    ...(fault.retryAfterMs === undefined ? [] : ['limits every call']),
  ];
  return parts.join(', ') || 'no fault';
}

/** Providers as a table. */
export function providerTable(providers: Provider[]): string {
  if (providers.length === 0) return 'No providers.';
  return table(providers, [
    { head: 'Provider', cell: (provider) => provider.name },
    { head: 'Answers', cell: answersText },
    { head: 'Breaker', cell: (provider) => provider.breaker },
    { head: 'Calls, 1 min', cell: (provider) => String(provider.calls), right: true },
    { head: 'Errors', cell: (provider) => String(provider.errors), right: true },
    { head: 'Fault', cell: (provider) => (provider.fault === null ? '-' : faultText(provider.fault)) },
    { head: 'Last error', cell: (provider) => provider.lastError?.message.slice(0, 80) ?? '-' },
  ]);
}

function answersText(provider: Provider): string {
  if (provider.rehearsal) return 'rehearsal';
  return provider.configured ? 'itself' : 'no key';
}
