import type { TaskEnded } from '#contract/runtime.ts';
import type { KeptEnd, Rollups } from '../../store/rollup.ts';

function keyOf(ended: TaskEnded): string {
  return `${ended.task.agent} ${ended.task.id}`;
}

function rowOf(ended: TaskEnded): KeptEnd {
  return {
    agent: ended.task.agent,
    task: ended.task.id,
    at: ended.task.endedAt ?? ended.task.acceptedAt,
    doubt: ended.end === 'in-doubt' ? 1 : 0,
    body: JSON.stringify(ended),
  };
}

/**
 * Ends that a task's own row loses when it goes on: one in doubt that a person resolves is taken back, so that the task
 * counts once; one that failed and was requeued by a person stays an end, and is here when the rollups are made again.
 */
export function createKeptEnds(store: Rollups) {
  /** Ends in doubt that are counted, by agent and task. */
  const doubts = new Map<string, TaskEnded>();
  /** To write: the end, or null where it is taken back, with the change that made it so. */
  const dirty = new Map<string, { row: KeptEnd; taken: boolean; change: number }>();
  let changes = 0;

  function mark(ended: TaskEnded, taken: boolean): void {
    const row = rowOf(ended);
    changes += 1;
    dirty.set(`${row.agent} ${row.task} ${row.at}`, { row, taken, change: changes });
  }

  return {
    /**
     * Notes an end that is about to be counted.
     * @param supersedes whether it is the task's last: a late one takes nothing back
     * @returns those that it takes back
     */
    note(ended: TaskEnded, supersedes: boolean): TaskEnded[] {
      if (ended.end === 'succeeded' && doubts.size === 0) return [];
      const key = keyOf(ended);
      const doubt = supersedes ? doubts.get(key) : undefined;
      if (doubt) {
        doubts.delete(key);
        mark(doubt, true);
      }
      if (ended.end === 'in-doubt') doubts.set(key, ended);
      if (ended.end !== 'succeeded') mark(ended, false);
      return doubt ? [doubt] : [];
    },
    /**
     * Reads them. What is counted again from a moment on is not counted yet.
     * @returns what to tell of each end that the tasks give again, and those that they do not
     */
    load(recountFrom: number): { meet(ended: TaskEnded): void; unmet(): TaskEnded[] } {
      for (const row of store.doubts()) {
        const ended = JSON.parse(row.body) as TaskEnded;
        if (row.at < recountFrom) doubts.set(keyOf(ended), ended);
      }
      return missing(store, recountFrom, Number.MAX_SAFE_INTEGER);
    },
    /** Writes what changed, inside a commit. @returns a function to call when it is durable */
    flush(): () => void {
      const until = changes;
      for (const { row, taken } of dirty.values()) {
        if (taken) store.takeBackEnd(row.agent, row.task, row.at);
        else store.keepEnd(row);
      }
      return () => {
        for (const [key, { change }] of dirty) if (change <= until) dirty.delete(key);
      };
    },
  };
}

/** Kept ends of [from, to) that the tasks do not give again; one in doubt, only while no other end of its task is met. */
export function missing(
  store: Rollups,
  from: number,
  to: number,
): { meet(ended: TaskEnded): void; unmet(): TaskEnded[] } {
  const rows = new Map(store.keptEnds(from, to).map((row) => [`${row.agent} ${row.task} ${row.at}`, row]));
  const doubts = new Map<string, string>();
  for (const [key, row] of rows) if (row.doubt === 1) doubts.set(`${row.agent} ${row.task}`, key);
  return {
    meet(ended) {
      if (rows.size === 0) return;
      const key = keyOf(ended);
      rows.delete(`${key} ${ended.task.endedAt ?? ended.task.acceptedAt}`);
      const doubt = doubts.get(key);
      if (doubt !== undefined) rows.delete(doubt);
    },
    unmet: () => [...rows.values()].map((row) => JSON.parse(row.body) as TaskEnded),
  };
}
