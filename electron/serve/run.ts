import { readFileSync } from 'node:fs';
import { availableParallelism, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Result, succeed } from '#contract/errors.ts';
import type { About } from '#contract/rpc.ts';
import { openDesk } from '../desk/index.ts';
import type { Desk, ForkWorker } from '../desk/types.ts';
import { claimFolder } from './claim.ts';
import { forkWorker } from './fork.ts';
import { findHome } from './home.ts';
import { keepLog, logLine } from './log.ts';
import { openSecrets } from './secret.ts';
import { type Served, serveDesk } from './serve.ts';

export type RunOptions = {
  dataFolder: string;
  rehearsal: boolean;
  /** Tasks a minute of the rehearsal's traffic for each agent; 0 for none. */
  trafficPerMinute: number;
  /** Folders with agents, beside the shipped ones and `agents` in the data folder. */
  agentFolders: string[];
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** Default 0: a free one. */
  port?: number | undefined;
  /** Lets `host` be one that other machines reach. */
  allowRemote?: boolean | undefined;
};

/** A desk that runs and answers over HTTP. */
export type RunningDesk = {
  desk: Desk;
  /** Without a token. */
  address: string;
  /** A fresh address that lets one browser in, once. */
  invite: Served['invite'];
  /** Stops intake, lets workers finish their step, frees the data folder. */
  close(): Promise<void>;
};

/** Claims the data folder, opens its desk, serves it and says in desk.json where. Undone in reverse when a part fails. */
export async function startDesk(
  options: RunOptions & { kind: About['host']; forkWorker?: ForkWorker },
): Promise<Result<RunningDesk>> {
  const home = findHome(import.meta.dirname);
  const claimed = claimFolder(options.dataFolder, Date.now());
  if (!claimed.ok) return claimed;
  const claim = claimed.value;
  keepLog(join(options.dataFolder, 'desk.log'));
  let address: string | null = null;
  const opened = await openDesk({
    dataFolder: options.dataFolder,
    agentFolders: [home.agentFolder, join(options.dataFolder, 'agents'), ...options.agentFolders],
    trial: null,
    runbookFolders: [home.runbookFolder, join(options.dataFolder, 'runbooks')],
    rehearsal: options.rehearsal,
    trafficPerMinute: options.trafficPerMinute,
    workers: workerCount(),
    upkeepEntry: home.upkeepEntry,
    host: options.kind,
    version: versionOf(home.root),
    user: userInfo().username,
    address: () => address,
    forkWorker: options.forkWorker ?? forkWorker,
    env: process.env,
    log: logLine,
  });
  if (!opened.ok) {
    claim.release();
    return opened;
  }
  const desk = opened.value;
  const secrets = openSecrets(options.dataFolder);
  const served = await serveDesk(desk, {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    allowRemote: options.allowRemote ?? false,
    rendererFolder: home.rendererFolder,
    secrets,
    log: logLine,
  });
  if (!served.ok) {
    await desk.close();
    claim.release();
    return served;
  }
  const about = desk.about();
  address = served.value.address;
  claim.publish({
    address,
    token: secrets.bearer,
    desk: about.desk,
    startedAt: about.startedAt,
  });
  return succeed({
    desk,
    address: served.value.address,
    invite: served.value.invite,
    async close() {
      await served.value.close();
      await desk.close();
      claim.release();
    },
  });
}

/**
 * Runs a served desk until it is told to stop by SIGINT or SIGTERM: then it closes in order. A second signal ends it at
 * once; what was committed is kept.
 *
 * @returns the running desk, with `stopped` settling once it has closed
 */
export async function runServe(options: RunOptions): Promise<Result<RunningDesk & { stopped: Promise<void> }>> {
  const started = await startDesk({ ...options, kind: 'serve' });
  if (!started.ok) return started;
  const running = started.value;
  const stopped = new Promise<void>((resolve, reject) => {
    let stopping = false;
    const stop = () => {
      if (stopping) process.exit(1);
      stopping = true;
      logLine('stopping: workers finish their step');
      running.close().then(resolve, reject);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
  return succeed({ ...running, stopped });
}

/** One worker a core, less the desk's own; at least two, so that one that is killed leaves one at work. */
function workerCount(): number {
  return Math.max(2, Math.min(8, availableParallelism() - 1));
}

function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
