import type { WorkerBeat } from '#contract/runtime.ts';
import type { ForkWorker, WorkerProcess } from '../fork.ts';
import type { Orphans } from '../orphans.ts';
import { type DeskMessage, type Ordered, type Supply, type ToolCalled, workerBatchSchema } from './protocol.ts';

/** A worker that said nothing for this long hangs: it is killed, its tasks go on elsewhere. */
const SILENCE_MS = 15_000;
/** One that is not ready by then hangs at its start, ms. */
const START_MS = 60_000;
const WATCH_MS = 1_000;
/** A worker that dies younger than this is started again with growing patience. */
const YOUNG_MS = 5_000;
const RESTART_CAP_MS = 10_000;

const ORPHAN_GRACE_MS = 2_000;

/** One worker process, and what is on its way to it. */
export type Worker = {
  name: string;
  process: WorkerProcess;
  ready: boolean;
  /** Ids of the tasks it holds. */
  assigned: Set<number>;
  /** Messages received and not yet committed, oldest first. */
  inbox: Ordered[];
  /** Definitions it has been told. */
  defined: Set<string>;
  outbox: DeskMessage[];
  /** Process ids of what it started and still runs. */
  children: Set<number>;
  /** Its inbox is in a commit that has not been answered. */
  committing: boolean;
  heardAt: number;
  bornAt: number;
  /** `group` and `single` take suspects once, and are ended after them. */
  kind: 'shared' | 'group' | 'single';
  /** How many suspects it took. */
  served: number;
  /** The desk ends it: what happens to its tasks is nobody's fault. */
  ending: boolean;
  /** The task that it is killed for. */
  culprit: number | null;
};

export type PoolOptions = {
  size: number;
  fork: ForkWorker;
  env: Record<string, string>;
  /** Ms on a clock that nobody sets. */
  now(): number;
  onMessages(worker: Worker): void;
  /** A tool call ended: it is counted at once, no commit holds it. */
  onCalled(worker: Worker, message: ToolCalled): void;
  /** @param asked the desk itself ended it */
  onExit(worker: Worker, reason: string, asked: boolean): void;
  /** What a worker gets before its first task. */
  supply(): Supply;
  orphans: Orphans;
  /** Integrations that refuse calls. */
  refused(): string[];
  log(message: string): void;
};

/** Ends what a dead worker left behind. Most have gone with their pipe; one that stands still is killed. */
function endOrphans(pids: ReadonlySet<number>): void {
  for (const pid of pids) {
    signal(pid, 'SIGTERM');
    setTimeout(signal, ORPHAN_GRACE_MS, pid, 'SIGKILL');
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone by itself.
  }
}

/** Keeps `size` worker processes alive, beside those that stand apart, and carries batches to and from them. */
export function createPool(options: PoolOptions) {
  const workers = new Map<string, Worker>();
  let number = 0;
  let youngDeaths = 0;
  let closing = false;
  const timers = new Set<NodeJS.Timeout>();

  function start(kind: Worker['kind']): void {
    number += 1;
    const bornAt = options.now();
    const worker: Worker = {
      name: `worker ${number}`,
      process: options.fork({ ...options.env, NIGHTDESK_WORKER: kind }),
      ready: false,
      assigned: new Set(),
      inbox: [],
      defined: new Set(),
      outbox: [],
      children: new Set(),
      committing: false,
      heardAt: bornAt,
      bornAt,
      kind,
      served: 0,
      ending: false,
      culprit: null,
    };
    workers.set(worker.name, worker);
    worker.process.onMessage((message) => receive(worker, message));
    worker.process.onExit((reason) => {
      workers.delete(worker.name);
      endOrphans(worker.children);
      for (const pid of [worker.process.pid, ...worker.children]) if (pid !== undefined) options.orphans.gone(pid);
      options.onExit(worker, reason, closing || worker.ending);
      if (closing || kind !== 'shared') return;
      youngDeaths = options.now() - bornAt < YOUNG_MS ? youngDeaths + 1 : 0;
      const wait = youngDeaths === 0 ? 0 : Math.min(RESTART_CAP_MS, 100 * 2 ** youngDeaths);
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (!closing) start('shared');
      }, wait);
      timers.add(timer);
    });
  }

  function receive(worker: Worker, message: unknown): void {
    worker.heardAt = options.now();
    const parsed = workerBatchSchema.safeParse(message);
    if (!parsed.success) {
      options.log(`${worker.name} sent a message that does not fit (${parsed.error.issues[0]?.message}); it is killed`);
      worker.process.kill('SIGKILL');
      return;
    }
    if (parsed.data.some(({ t }) => t === 'ready')) {
      if (worker.process.pid !== undefined) options.orphans.born(worker.process.pid);
      broadcast({ t: 'supply', supply: options.supply() }, [worker]);
      broadcast({ t: 'integrations', refused: options.refused() }, [worker]);
    }
    for (const one of parsed.data) {
      // A beat says only that it lives.
      if (one.t === 'beat') continue;
      if (one.t === 'called') options.onCalled(worker, one);
      else if (one.t === 'child') {
        worker.children[one.alive ? 'add' : 'delete'](one.pid);
        options.orphans[one.alive ? 'born' : 'gone'](one.pid);
      } else worker.inbox.push(one);
    }
    if (worker.inbox.length > 0) options.onMessages(worker);
  }

  /** Goes out at once, past what waits for a commit. */
  function broadcast(message: DeskMessage, to: Iterable<Worker>): void {
    for (const worker of to) worker.process.send([message]);
  }

  let watchedAt = options.now();
  const watch = setInterval(() => {
    const slept = options.now() - watchedAt > WATCH_MS * 3;
    watchedAt = options.now();
    for (const worker of workers.values()) {
      // After a laptop's sleep, or a long stall of the desk, the beats are still on their way.
      if (slept) worker.heardAt = watchedAt;
      const silence = worker.ready ? SILENCE_MS : START_MS;
      if (watchedAt - worker.heardAt < silence) continue;
      options.log(`${worker.name} said nothing for ${silence / 1_000} s; it is killed`);
      worker.process.kill('SIGKILL');
    }
  }, WATCH_MS);

  return {
    start(): void {
      for (let i = 0; i < options.size; i += 1) start('shared');
    },
    /** Forks one more, for suspects. */
    startApart(kind: 'group' | 'single'): void {
      if (!closing) start(kind);
    },
    /** Ends one that has nothing more to do. */
    retire(worker: Worker): void {
      if (worker.ending) return;
      worker.ending = true;
      worker.process.kill('SIGKILL');
    },
    /** Workers that died one after the other soon after their start. */
    youngDeaths(): number {
      const shared = [...workers.values()].filter((worker) => worker.kind === 'shared');
      const settled =
        shared.length === options.size && shared.every((worker) => options.now() - worker.bornAt >= YOUNG_MS);
      return settled ? 0 : youngDeaths;
    },
    all: (): IterableIterator<Worker> => workers.values(),
    get: (name: string): Worker | undefined => workers.get(name),
    /** To every worker that is ready; others get it when they are. */
    tellAll(message: DeskMessage): void {
      broadcast(
        message,
        [...workers.values()].filter((worker) => worker.ready),
      );
    },
    post(worker: Worker, message: DeskMessage): void {
      worker.outbox.push(message);
    },
    /** Sends what was posted, one batch a worker. */
    flush(): void {
      for (const worker of workers.values()) {
        if (worker.outbox.length === 0) continue;
        const batch = worker.outbox;
        worker.outbox = [];
        worker.process.send(batch);
      }
    },
    /** When each worker was heard last, ms ago; those that the desk ends are not among them. */
    beats(): WorkerBeat[] {
      const at = options.now();
      return [...workers.values()].flatMap(({ name, ready, kind, heardAt, ending }) =>
        ending ? [] : [{ name, ready, shared: kind === 'shared', ageMs: at - heardAt }],
      );
    },
    async close(): Promise<void> {
      closing = true;
      clearInterval(watch);
      for (const timer of timers) clearTimeout(timer);
      const gone = [...workers.values()].map(
        (worker) => new Promise<void>((resolve) => worker.process.onExit(() => resolve())),
      );
      for (const worker of workers.values()) worker.process.kill('SIGTERM');
      const late = setTimeout(() => {
        for (const worker of workers.values()) worker.process.kill('SIGKILL');
      }, 2_000);
      await Promise.all(gone);
      clearTimeout(late);
    },
  };
}
export type Pool = ReturnType<typeof createPool>;
