import type { FullTaskRow, RunnableRow, Tasks } from '../../store/task.ts';
import { type Lane, servedBy } from './lane.ts';
import type { Pool, Worker } from './pool.ts';

/** Workers for suspects that are started at once, and that live at once; each costs the memory of a process. */
const GROUPS_AT_ONCE = 8;
const GROUPS = 16;
/** Workers for one suspect each of a group that died. */
const SINGLES = 16;
/** After one that died before it had a task none is started for so long, ms. */
const PATIENCE_MS = 1_000;

export type IsolationOptions = {
  tasks: Tasks;
  lanes: ReadonlyMap<string, Lane>;
  pool(): Pool;
  /** A suspect leaves the queue, or comes back to it. */
  onMoved(id: number, lane: Lane, to: 'waiting' | 'queued'): void;
};

/**
 * Suspects: tasks that were running when their worker died. One of them may be the cause, the others were only near. They
 * go on apart from all others, in workers that are forked for them and end with them: each in one of its own, so that a
 * second death convicts nobody else. After a crash that made more suspects than there are such workers they go on in small
 * groups, none has to wait for the others; when a group dies, each of it goes on alone.
 */
export function createIsolation({ tasks, lanes, pool, onMoved }: IsolationOptions) {
  /** There may be suspects, waiting or at work. */
  let some = true;
  let pause: NodeJS.Timeout | undefined;

  function isOpen(lane: Lane | undefined): lane is Lane {
    return lane !== undefined && servedBy(lane) !== null && lane.control.intake === 'open';
  }

  /** Suspects that may start, by whether they have to be alone. */
  function waiting(): { first: number; single: number; any: boolean } {
    const counts = tasks.suspects();
    const open = counts.filter(({ agent }) => isOpen(lanes.get(agent)));
    const sum = (single: boolean): number =>
      open.reduce((all, each) => (each.crashes > 1 === single ? all + each.n : all), 0);
    return { first: sum(false), single: sum(true), any: counts.length > 0 };
  }

  function apart(kind: Worker['kind']): Worker[] {
    return [...pool().all()].filter((worker) => worker.kind === kind);
  }

  /** Ends workers that had their tasks, and forks others for the suspects that wait. */
  function look(): void {
    if (!some) return;
    const { first, single, any } = waiting();
    const groups = apart('group');
    const singles = apart('single');
    for (const worker of [...groups, ...singles]) {
      const isWanted = worker.served === 0 && (worker.kind === 'group' ? first : single) > 0;
      if (worker.assigned.size === 0 && !isWanted) pool().retire(worker);
    }
    some = any || groups.length + singles.length > 0;
    if (pause !== undefined) return;
    const fresh = (workers: Worker[]): number => workers.filter((worker) => worker.served === 0).length;
    const more = Math.min(Math.min(first, GROUPS_AT_ONCE) - fresh(groups), GROUPS - groups.length);
    for (let n = more; n > 0; n -= 1) pool().startApart('group');
    for (let n = Math.min(single - fresh(singles), SINGLES - singles.length); n > 0; n -= 1) {
      pool().startApart('single');
    }
  }

  return {
    look,
    /** Memory from the disk. */
    rebuild(): void {
      some = true;
    },
    /** Whether a task may share a worker with any other; a suspect waits. */
    admits(row: RunnableRow, lane: Lane): boolean {
      if (row.crashes === 0) return true;
      tasks.isolate(row.id, 'its worker died while it ran: it goes on apart from others');
      some = true;
      onMoved(row.id, lane, 'waiting');
      return false;
    },
    /** How many suspects a worker that had none takes: all, shared among those that are as fresh. */
    takes(worker: Worker): number {
      if (worker.served > 0) return 0;
      if (worker.kind === 'single') return 1;
      const fresh = apart('group').filter((each) => each.served === 0).length;
      return Math.ceil(waiting().first / Math.max(1, fresh));
    },
    /** The next suspect of a lane for a worker, back in the queue. */
    next(lane: Lane, worker: Worker): FullTaskRow | undefined {
      if (!isOpen(lane)) return undefined;
      const row = tasks.nextSuspect(lane.agent, worker.kind === 'single');
      if (row) onMoved(row.id, lane, 'queued');
      return row;
    },
    /** A worker is gone. */
    gone(worker: Worker): void {
      if (worker.kind === 'shared' || worker.served > 0 || worker.ending) return;
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

/** Whether a task that ran on a worker may have killed it. */
export function blameFor(worker: Worker, task: number): 'none' | 'suspect' | 'cause' {
  if (worker.culprit !== null) return 'none';
  if (worker.kind === 'shared') return 'suspect';
  return worker.served === 1 && worker.assigned.has(task) ? 'cause' : 'suspect';
}
