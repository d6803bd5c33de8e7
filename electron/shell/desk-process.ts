import { join } from 'node:path';
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import type { Failure } from '#contract/errors.ts';
import { withoutSecrets } from '#contract/secret.ts';
import { logLine, logLines } from '../serve/log.ts';
import { type DeskArgument, fromDeskSchema, type ToDesk } from './channel.ts';
import { type DeskSource, WELL_MS, waitBefore } from './desk-source.ts';

/** A desk that is asked to close lets its workers finish their step; after this it is ended. */
const CLOSE_MS = 10_000;

export type DeskProcessOptions = {
  argument: DeskArgument;
  /** out/main. */
  folder: string;
  /** It could not open its data folder: trying again would not help. */
  onFailure(failure: Failure): void;
  /** It died and is started again after `wait` ms. */
  onDeath(wait: number): void;
  /** It answers, for the first time or again. */
  onUp(): void;
};

/** Keeps one desk process alive, and forks the workers that it asks for. */
export function runDeskProcess(options: DeskProcessOptions): DeskSource {
  const windows = new Set<(port: MessagePortMain) => void>();
  const workers = new Set<UtilityProcess>();
  let desk: UtilityProcess | undefined;
  let up = false;
  let deaths = 0;
  let closing = false;
  let restart: NodeJS.Timeout | undefined;

  function start(): void {
    const startedAt = Date.now();
    const child = utilityProcess.fork(join(options.folder, 'desk.js'), [JSON.stringify(options.argument)], {
      serviceName: 'Nightdesk desk',
      stdio: 'inherit',
    });
    desk = child;
    child.on('message', (data: unknown) => {
      const message = fromDeskSchema.parse(data);
      if (message.t === 'up') {
        up = true;
        options.onUp();
        for (const give of windows) give(portTo(child));
      } else if (message.t === 'failed') {
        closing = true;
        options.onFailure(message.failure);
        child.kill();
      } else {
        forkWorker(child, message.worker, message.env);
      }
    });
    child.once('exit', (code) => {
      up = false;
      desk = undefined;
      // Workers journal through their desk: without it they have nothing to do.
      for (const worker of workers) worker.kill();
      if (closing) return;
      deaths = Date.now() - startedAt > WELL_MS ? 1 : deaths + 1;
      const wait = waitBefore(deaths);
      logLine(`the desk process ended (exit code ${code}); it is started again in ${wait} ms`);
      options.onDeath(wait);
      restart = setTimeout(start, wait);
    });
  }

  function forkWorker(owner: UtilityProcess, worker: number, env: Record<string, string>): void {
    const child = utilityProcess.fork(join(options.folder, 'desktop-worker.js'), [], {
      serviceName: `Nightdesk worker ${worker}`,
      env: { ...withoutSecrets(process.env), ...env },
      stdio: 'pipe',
    });
    workers.add(child);
    const tell = (message: ToDesk, ports?: MessagePortMain[]) => {
      if (owner === desk) owner.postMessage(message, ports);
    };
    child.once('spawn', () => {
      const { port1, port2 } = new MessageChannelMain();
      child.postMessage(null, [port2]);
      tell({ t: 'forked', worker, pid: child.pid }, [port1]);
      logLines(child.stdout, `worker ${child.pid}: `);
      logLines(child.stderr, `worker ${child.pid}: `);
    });
    child.once('exit', (code) => {
      workers.delete(child);
      tell({ t: 'exited', worker, code });
    });
  }

  start();
  return {
    connect(give) {
      windows.add(give);
      if (up && desk) give(portTo(desk));
      return () => windows.delete(give);
    },
    async close() {
      closing = true;
      clearTimeout(restart);
      const child = desk;
      if (!child) return;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.postMessage({ t: 'close' } satisfies ToDesk);
      const late = setTimeout(() => child.kill(), CLOSE_MS);
      await gone;
      clearTimeout(late);
    },
  };
}

/** A console's end of a fresh channel whose other end the desk got. */
function portTo(desk: UtilityProcess): MessagePortMain {
  const { port1, port2 } = new MessageChannelMain();
  desk.postMessage({ t: 'console' } satisfies ToDesk, [port1]);
  return port2;
}
