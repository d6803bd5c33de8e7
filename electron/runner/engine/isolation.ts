import type { FullTaskRow, Tasks } from '../../store/task.ts';
import { type Lane, servedBy } from './lane.ts';
import type { Pool, Worker } from './pool.ts';

/** Worker processes for suspects at once: each costs the start of a process. */
const AT_ONCE = 4;
/** One that died before it had a task is not tried again sooner, ms. */
const PATIENCE_MS = 1_000;

export type IsolationOptions = {
  tasks: Tasks;
  lanes: ReadonlyMap<string, Lane>;
  pool(): Pool;
  /** A suspect leaves the queue, or comes back to it. */
  onMoved(id: number, lane: Lane, to: 'waiting' | 'queued'): void;
};

/**
 * Suspects: tasks that were running when their worker died. One of them may be the cause, the others were only near. Each
 * goes on in a worker process of its own, forked for it and ended after it: a second death convicts nobody else.
 */
export function createIsolation({ tasks, lanes, pool, onMoved }: IsolationOptions) {
  /** There may be suspects that wait. */
  let some = true;
  let pause: NodeJS.Timeout | undefined;

  function isOpen(lane: Lane | undefined): lane is Lane {
    return lane !== undefined && servedBy(lane) !== null && lane.control.intake === 'open';
  }

  /** Ends workers that had their task, and forks others for the suspects that wait. */
  function look(): void {
    if (!some) return;
    const alone = [...pool().all()].filter((worker) => worker.alone);
    const counts = tasks.suspects();
    const waiting = counts.reduce((sum, { agent, n }) => sum + (isOpen(lanes.get(agent)) ? n : 0), 0);
    for (const worker of alone) {
      if (worker.assigned.size === 0 && (worker.served || waiting === 0)) pool().retire(worker);
    }
    some = counts.length > 0 || alone.length > 0;
    if (pause !== undefined) return;
    const fresh = alone.filter((worker) => !worker.served).length;
    for (let n = Math.min(waiting - fresh, AT_ONCE - alone.length); n > 0; n -= 1) pool().startAlone();
  }

  return {
    look,
    /** Memory from the disk. */
    rebuild(): void {
      some = true;
    },
    /** Whether a task may share a worker; a suspect waits for one of its own. */
    admits(row: FullTaskRow, lane: Lane): boolean {
      if (row.crashes === 0) return true;
      tasks.isolate(row.id, 'its worker died while it ran: it goes on in a worker of its own');
      some = true;
      onMoved(row.id, lane, 'waiting');
      return false;
    },
    /** The suspects of a lane for a worker of its own, back in the queue. */
    next(lane: Lane): FullTaskRow | undefined {
      if (!some || !isOpen(lane)) return undefined;
      const row = tasks.nextSuspect(lane.agent);
      if (row) onMoved(row.id, lane, 'queued');
      return row;
    },
    /** A worker is gone. */
    gone(worker: Worker): void {
      if (!worker.alone || worker.served) return;
      clearTimeout(pause);
      pause = setTimeout(() => {
        pause = undefined;
        look();
      }, PATIENCE_MS);
    },
    close: (): void => clearTimeout(pause),
  };
}
export type Isolation = ReturnType<typeof createIsolation>;
