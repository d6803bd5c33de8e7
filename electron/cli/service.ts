import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Result } from '#contract/errors.ts';
import { findDesk } from '../serve/claim.ts';
import { defaultDataFolder, findHome } from '../serve/home.ts';
import { agentsOption, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { connectTo } from './client.ts';
import { EXIT } from './exit.ts';
import { momentText, spanText } from './format.ts';
import type { Output } from './output.ts';
import { refuse } from './refusal.ts';
import { findHost, runProgram, type ServiceHost } from './service-host.ts';
import { type ServicePlan, serviceName, writablePlan } from './service-unit.ts';

/** How long a desk that was just installed may take until it answers, ms. */
const START_MS = 30_000;
const LOOK_MS = 100;

/** `service install`, `service status` and `service remove`: the desk in the background, for as long as you are logged in or longer. */
export function addService(program: Command, cli: Cli): void {
  const service = program.command('service').summary('run the desk in the background, without a window or a terminal');
  service
    .command('install')
    .summary('have the system run the desk, now and from every login on')
    .description(
      'Has the system run nightdesk serve on the data folder, now and from every login on, and again when it ends: as a systemd user unit, a launchd agent, or a scheduled task. The desktop and the command line attach to it. Where a desk runs on the folder already, the service takes over when that ends. Installing again replaces what was installed.',
    )
    .option('--port <port>', 'port to listen on; 0 takes a free one', readWhole(0, 65_535), 0)
    .addOption(agentsOption())
    .action(async (options: { port: number; agents: string[] }) => {
      const dataFolder = folderOf(cli);
      const plan = granted(writablePlan(planOf(dataFolder, options)));
      const host = granted(hostOf(dataFolder));
      mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
      const held = findDesk(dataFolder);
      const wasOurs = held !== undefined && host.isActive();
      granted(host.install(plan));
      if (held === undefined || wasOurs) await answering(dataFolder, held?.desk, host);
      else cli.note(`Another desk runs on ${dataFolder} (process ${held.pid}): the service takes over when it ends.`);
      await show('service install', cli, dataFolder, host);
    });
  service
    .command('status')
    .summary('whether the desk runs in the background, since when, and where')
    .description(
      'Says whether the service is installed and whether its desk answers, since when, where, and which version. Exits with 1 when it is installed and no desk answers.',
    )
    .action(async () => {
      const dataFolder = folderOf(cli);
      await show('service status', cli, dataFolder, granted(hostOf(dataFolder)));
    });
  service
    .command('remove')
    .summary('stop the desk in the background and forget it; the data stay')
    .description('Stops the service and takes it out of the system. The data folder stays as it is.')
    .action(async () => {
      const dataFolder = folderOf(cli);
      const host = granted(hostOf(dataFolder));
      if (!host.isInstalled()) {
        refuse('NOT_FOUND', `No service is installed for ${dataFolder}.`, {
          kept: 'Nothing was changed.',
          todo: 'Name its data folder with --data.',
        });
      }
      granted(host.remove());
      const { file, manager } = host;
      cli.finish(
        'service remove',
        { dataFolder, manager, file },
        `The service is gone; the data stay in ${dataFolder}.`,
      );
    });
}

function folderOf(cli: Cli): string {
  return resolve(cli.dataFolder() ?? defaultDataFolder());
}

function hostOf(dataFolder: string): Result<ServiceHost> {
  const { platform, env } = process;
  return findHost({ platform, env, name: serviceName(dataFolder, defaultDataFolder()), dataFolder, run: runProgram });
}

function planOf(dataFolder: string, { port, agents }: { port: number; agents: string[] }): ServicePlan {
  const folders = agents.flatMap((folder) => ['--agents', resolve(folder)]);
  const words = ['serve', '--data', dataFolder, '--no-open', '--port', String(port), ...folders];
  const { username } = userInfo();
  const domain = process.env.USERDOMAIN;
  return {
    dataFolder,
    command: [process.execPath, entry(), ...words],
    path: process.env.PATH ?? '',
    log: join(dataFolder, 'service.log'),
    user: domain === undefined ? username : `${domain}\\${username}`,
  };
}

/** The command itself, as the system can start it without a shell. */
function entry(): string {
  return join(findHome(import.meta.dirname).root, 'electron/cli/nightdesk.mjs');
}

/** Waits until a desk answers that was not there before. */
async function answering(dataFolder: string, before: string | undefined, host: ServiceHost): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until; ) {
    const desk = findDesk(dataFolder);
    if (desk !== undefined && desk.desk !== before) return;
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  refuse('UNREACHABLE', `The service was installed, and no desk answers after ${START_MS / 1_000} s.`, {
    kept: `${host.manager} goes on trying to start it; the data folder was not touched.`,
    todo: `See why: ${host.logs}`,
    where: host.file,
  });
}

async function show(
  name: 'service install' | 'service status',
  cli: Cli,
  dataFolder: string,
  host: ServiceHost,
): Promise<void> {
  const desk = findDesk(dataFolder);
  const about = desk === undefined ? undefined : await aboutOf(desk);
  const installed = host.isInstalled();
  const document: Output<'service status'> = {
    dataFolder,
    manager: host.manager,
    file: host.file,
    installed,
    active: installed && host.isActive(),
    desk:
      desk === undefined || about === undefined
        ? null
        : {
            address: desk.address,
            pid: desk.pid,
            version: about.version,
            startedAt: about.startedAt,
            host: about.host,
          },
    hints: installed ? host.hints() : [],
  };
  cli.finish(
    name,
    document,
    statusText(document, Date.now()),
    installed && about === undefined ? EXIT.failed : EXIT.ok,
  );
}

async function aboutOf(desk: NonNullable<ReturnType<typeof findDesk>>) {
  const connected = await connectTo(desk);
  try {
    return await connected.client.about();
  } finally {
    connected.close();
  }
}

function statusText(
  { installed, active, manager, file, desk, dataFolder, hints }: Output<'service status'>,
  now: number,
): string {
  const service = installed
    ? `The service is installed in ${manager} (${file}) and ${active ? 'runs' : 'does not run'}.`
    : `No service is installed for ${dataFolder}: nightdesk service install`;
  const running =
    desk === null
      ? `No desk answers on ${dataFolder}.`
      : `Nightdesk ${desk.version} answers at ${desk.address}, since ${momentText(desk.startedAt, now)} (${spanText(now - desk.startedAt)}), as process ${desk.pid}${desk.host === 'desktop' ? ', of a desktop: the service takes over when that ends' : ''}.`;
  return [service, running, ...hints].join('\n');
}

function granted<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, message, ...data } = result.error;
  return refuse(code, message, data);
}
