import type { MessagePortMain } from 'electron';
import type { ForkWorker } from '../desk/types.ts';

/** Workers that main forks on the desk's behalf; their messages go from port to port, past main. */
export type PortWorkers = {
  fork: ForkWorker;
  forked(worker: number, port: MessagePortMain, pid: number | undefined): void;
  exited(worker: number, code: number): void;
};

type Slot = {
  pid: number | undefined;
  port: MessagePortMain | undefined;
  /** Sent before its port came. */
  waiting: unknown[];
  /** Killed before its pid was known. */
  condemned: 'SIGTERM' | 'SIGKILL' | undefined;
  onMessage: ((message: unknown) => void)[];
  onExit: ((reason: string) => void)[];
};

/** @param ask asks main to fork one */
export function createPortWorkers(ask: (worker: number, env: Record<string, string>) => void): PortWorkers {
  const slots = new Map<number, Slot>();
  let last = 0;
  return {
    fork(env) {
      last += 1;
      const slot: Slot = {
        pid: undefined,
        port: undefined,
        waiting: [],
        condemned: undefined,
        onMessage: [],
        onExit: [],
      };
      slots.set(last, slot);
      ask(last, env);
      return {
        get pid() {
          return slot.pid;
        },
        send(message) {
          if (slot.port) slot.port.postMessage(message);
          else slot.waiting.push(message);
        },
        onMessage: (listener) => void slot.onMessage.push(listener),
        onExit: (listener) => void slot.onExit.push(listener),
        kill(signal) {
          if (slot.pid === undefined) slot.condemned = signal;
          else kill(slot.pid, signal);
        },
      };
    },
    forked(worker, port, pid) {
      const slot = slots.get(worker);
      if (!slot) return;
      slot.pid = pid;
      slot.port = port;
      port.on('message', ({ data }) => {
        for (const listener of slot.onMessage) listener(data);
      });
      port.start();
      for (const message of slot.waiting.splice(0)) port.postMessage(message);
      if (slot.condemned && pid !== undefined) kill(pid, slot.condemned);
    },
    exited(worker, code) {
      const slot = slots.get(worker);
      slots.delete(worker);
      for (const listener of slot?.onExit ?? []) listener(`exit code ${code}`);
    },
  };
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It is gone already; main tells its exit.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
