import { fork } from 'node:child_process';
import { withoutSecrets } from '#contract/secret.ts';
import type { ForkWorker } from '../desk/types.ts';
import { findHome } from './home.ts';
import { logLine, logLines } from './log.ts';

const { workerEntry } = findHome(import.meta.dirname);

/** Forks workers as child processes of this one. What agents print goes to the desk's log. */
export const forkWorker: ForkWorker = (env) => {
  const child = fork(workerEntry, [], {
    env: { ...withoutSecrets(process.env), ...env },
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const name = `worker ${child.pid ?? '(not started)'}: `;
  logLines(child.stdout, name);
  logLines(child.stderr, name);
  child.on('error', (error) => logLine(`${name}${error.message}`));
  return {
    pid: child.pid,
    send(message) {
      // A message to a worker that just died is lost with it; its exit says so.
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (listener) => child.on('message', listener),
    onExit(listener) {
      if (child.pid === undefined) child.once('error', (error) => listener(error.message));
      else if (child.exitCode !== null || child.signalCode !== null)
        listener(reasonOf(child.exitCode, child.signalCode));
      else child.once('exit', (code, signal) => listener(reasonOf(code, signal)));
    },
    kill: (signal) => child.kill(signal),
  };
};

function reasonOf(code: number | null, signal: string | null): string {
  return signal ?? `exit code ${code}`;
}
