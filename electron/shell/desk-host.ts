import { userInfo } from 'node:os';
import type { MessagePortMain } from 'electron';
import type { Failure } from '#contract/errors.ts';
import { type RunningDesk, startDesk } from '../serve/run.ts';
import { deskArgumentSchema, type FromDesk, toDeskSchema } from './channel.ts';
import { createPortWorkers } from './port-worker.ts';
import { createPortRpc } from './rpc-port.ts';

/*
 * The desk process of the desktop (an Electron utility process): the same desk as `nightdesk serve`, reached by the
 * window over a MessagePort and, on 127.0.0.1, by the command line.
 */

const main = process.parentPort;

function tell(message: FromDesk): void {
  main.postMessage(message);
}

function fail(failure: Failure): void {
  tell({ t: 'failed', failure });
}

const workers = createPortWorkers((worker, env) => tell({ t: 'fork', worker, env }));
const early: MessagePortMain[] = [];
let serveConsole = (port: MessagePortMain): void => void early.push(port);
let running: RunningDesk | undefined;

main.on('message', ({ data, ports: [port] }) => {
  const message = toDeskSchema.parse(data);
  switch (message.t) {
    case 'console':
      if (port) serveConsole(port);
      return;
    case 'forked':
      if (port) workers.forked(message.worker, port, message.pid);
      return;
    case 'exited':
      workers.exited(message.worker, message.code);
      return;
    case 'close':
      void (running?.close() ?? Promise.resolve()).then(() => process.exit(0));
  }
});

const started = await startDesk({
  ...deskArgumentSchema.parse(JSON.parse(process.argv.at(-1) ?? '')),
  kind: 'desktop',
  forkWorker: workers.fork,
});
if (started.ok) {
  running = started.value;
  const { router } = running.desk;
  const actor = { name: userInfo().username, via: 'console' } as const;
  serveConsole = createPortRpc(router, actor);
  for (const port of early) serveConsole(port);
  tell({ t: 'up' });
} else {
  fail(started.error);
}
