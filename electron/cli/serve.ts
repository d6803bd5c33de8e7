import { type Command, Option } from 'commander';
import { findDesk } from '../serve/claim.ts';
import { defaultDataFolder } from '../serve/home.ts';
import { agentsOption, readWhole } from './argument.ts';
import { openBrowser } from './browser.ts';
import type { Cli } from './cli.ts';
import { refuse } from './refusal.ts';
import { rehearsalDataFolder, TRAFFIC_PER_MINUTE } from './rehearsal.ts';

type ServeOptions = {
  agents: string[];
  host: string;
  port: number;
  rehearsal?: number;
  open: boolean;
  allowRemote?: boolean;
};

/** `serve`: a desk on this machine, for browsers and command lines. */
export function addServe(program: Command, cli: Cli): void {
  program
    .command('serve')
    .summary('run a desk and serve its console to a browser')
    .description(
      'Runs a desk until Ctrl-C and prints an address that lets one browser in, once. Where a desk runs on the data folder already, it refuses and says a fresh address of that one.',
    )
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 takes a free one', readWhole(0, 65_535), 0)
    .addOption(
      new Option(
        '--rehearsal [perMinute]',
        `no real model is called, faults can be dialled, and each sample agent is given this many tasks a minute (${TRAFFIC_PER_MINUTE} when left out)`,
      )
        .argParser(readWhole(0, 60_000))
        .preset(String(TRAFFIC_PER_MINUTE)),
    )
    .addOption(agentsOption())
    .option('--no-open', 'do not open a browser')
    .option('--allow-remote', 'let --host be one that other machines reach; put TLS in front of it')
    .action((options: ServeOptions) => serve(cli, options));
}

async function serve(cli: Cli, options: ServeOptions): Promise<void> {
  const rehearsal = options.rehearsal !== undefined;
  const dataFolder = cli.dataFolder() ?? (rehearsal ? rehearsalDataFolder() : defaultDataFolder());
  // Loaded here alone: the desk is half a second of modules that no other command needs.
  const { runServe } = await import('../serve/index.ts');
  const started = await runServe({
    dataFolder,
    agentFolders: options.agents,
    rehearsal,
    trafficPerMinute: options.rehearsal ?? 0,
    host: options.host,
    port: options.port,
    allowRemote: options.allowRemote,
  });
  if (!started.ok) {
    const { code, message, ...data } = started.error;
    const running = code === 'CONFLICT' ? await inviteTo(dataFolder) : undefined;
    return refuse(
      code,
      message,
      running === undefined ? data : { ...data, todo: `Open it at ${running} . ${data.todo}` },
    );
  }
  const { address, desk, invite, stopped } = started.value;
  const open = invite();
  const about = desk.about();
  cli.finish(
    'serve',
    { open, address, about },
    [
      rehearsal ? `This is a rehearsal; its data are in ${dataFolder}` : `The data are in ${dataFolder}`,
      `Open it at ${open}`,
    ].join('\n'),
  );
  cli.note('That address lets one browser in, once. Ctrl-C stops the desk.');
  if (options.open) openBrowser(open, () => cli.note('No browser could be opened: open the address yourself.'));
  await stopped;
}

/** A fresh address of the desk that runs on a folder; undefined when it gives none. */
async function inviteTo(dataFolder: string): Promise<string | undefined> {
  const desk = findDesk(dataFolder);
  if (desk === undefined) return undefined;
  const answer = await fetch(`${desk.address}/v1/invitations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${desk.token}` },
  }).catch(() => undefined);
  if (answer?.ok !== true) return undefined;
  return ((await answer.json()) as { address: string }).address;
}
