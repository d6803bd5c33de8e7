import { fileURLToPath } from 'node:url';
import type { DeskMessage, WorkerMessage } from '../../electron/runner/engine/protocol.ts';
import type { ForkWorker } from '../../electron/runner/fork.ts';

/*
 * Real worker processes under a clock that a test moves: their beats come by that clock, a provider's dialled latency
 * passes on it, and it is known whether one of them still works.
 */

const CLOCK = fileURLToPath(new URL('./library-clock.ts', import.meta.url));
const BEAT_MS = 2_000;
/** Turns of the event loop after which what the desk commits and sends is on its way. */
const TURNS = 12;

const realTimeout = globalThis.setTimeout;

export type Workers = {
  fork: ForkWorker;
  /** Waits until no worker has anything to do before time passes. */
  idle(): Promise<void>;
  /** Kills those that run. */
  kill(): void;
  /** While true, each dies as soon as it is started. */
  dieAtStart(on: boolean): void;
  /** While true, all stand still: they neither beat nor work. Those that are started meanwhile do so, too. */
  stop(on: boolean): void;
};

type Followed = {
  pid: number | undefined;
  ready: boolean;
  /** Attempts that go on without the desk's clock, by task and epoch. */
  busy: Set<string>;
  kill(): void;
};

function nameOf({ task, epoch }: { task: number; epoch: number }): string {
  return `${task}.${epoch}`;
}

export function followWorkers(fork: ForkWorker): Workers {
  const alive = new Set<Followed>();
  let dying = false;
  let stopped = false;

  function signal(worker: Followed, name: 'SIGSTOP' | 'SIGCONT'): void {
    if (worker.pid !== undefined) process.kill(worker.pid, name);
  }

  function isBusy(): boolean {
    return !stopped && [...alive].some(({ ready, busy }) => !ready || busy.size > 0);
  }

  return {
    fork(env) {
      const child = fork({ ...env, NODE_OPTIONS: `--import=${CLOCK}`, NIGHTDESK_TEST_NOW: String(Date.now()) });
      const worker: Followed = { pid: child.pid, ready: false, busy: new Set(), kill: () => child.kill('SIGKILL') };
      alive.add(worker);
      let hears: (message: unknown) => void = () => {};
      const beats = setInterval(() => {
        if (worker.ready && !stopped) hears([{ t: 'beat' }]);
      }, BEAT_MS);
      if (dying) worker.kill();
      if (stopped) signal(worker, 'SIGSTOP');
      return {
        ...child,
        send(batch) {
          const messages = batch as DeskMessage[];
          const now = messages.filter((message) => {
            if (message.t === 'start') worker.busy.add(nameOf(message));
            if (message.t !== 'pass') return true;
            const latencyMs = message.verdict.kind === 'go' ? (message.verdict.fault?.latencyMs ?? 0) : 0;
            if (latencyMs === 0) {
              worker.busy.add(nameOf(message));
              return true;
            }
            setTimeout(() => {
              if (!alive.has(worker)) return;
              worker.busy.add(nameOf(message));
              child.send([withoutLatency(message)]);
            }, latencyMs);
            return false;
          });
          if (now.length > 0) child.send(now);
        },
        onMessage(listener) {
          hears = listener;
          child.onMessage((batch) => {
            const told = (batch as WorkerMessage[]).filter(({ t }) => t !== 'beat');
            for (const message of told) {
              if (message.t === 'ready') worker.ready = true;
              if (message.t === 'gate' || message.t === 'end') worker.busy.delete(nameOf(message));
            }
            if (told.length > 0) listener(told);
          });
        },
        onExit: (listener) =>
          child.onExit((reason) => {
            clearInterval(beats);
            alive.delete(worker);
            listener(reason);
          }),
      };
    },
    async idle() {
      for (let turns = 0; turns < TURNS; turns += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!isBusy()) continue;
        turns = 0;
        await new Promise((resolve) => realTimeout(resolve, 2));
      }
    },
    kill() {
      for (const worker of alive) worker.kill();
    },
    dieAtStart(on) {
      dying = on;
    },
    stop(on) {
      stopped = on;
      for (const worker of alive) signal(worker, on ? 'SIGSTOP' : 'SIGCONT');
    },
  };
}

/** The call goes out at once: its latency has passed. */
function withoutLatency(message: Extract<DeskMessage, { t: 'pass' }>): DeskMessage {
  const { verdict } = message;
  if (verdict.kind !== 'go' || verdict.fault === null) return message;
  return { ...message, verdict: { ...verdict, fault: { ...verdict.fault, latencyMs: 0 } } };
}
