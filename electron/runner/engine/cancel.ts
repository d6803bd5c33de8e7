import type { Actor } from '#contract/basic.ts';
import type { RuntimeEvent } from '#contract/runtime.ts';
import { hasEnded } from '#contract/task.ts';
import type { Family } from '../../store/family.ts';
import type { FullTaskRow, Tasks } from '../../store/task.ts';
import { endedEvent } from './ended.ts';
import type { FamilyDesk } from './family.ts';
import type { Pool } from './pool.ts';
import { parentOf, type Running, settledRow, waitingOf } from './running.ts';

/** A cancelled task that does not stop by itself loses its worker after this, ms. */
const CANCEL_GRACE_MS = 5_000;

export type CancellingOptions = {
  tasks: Tasks;
  family: Family;
  familyDesk: FamilyDesk;
  running: ReadonlyMap<number, Running>;
  /** Before memory of a run is changed: a rollback puts it back. */
  remember(run: Running): void;
  pool(): Pool;
  now(): number;
  /** Called inside the commit, for a task that no worker held. */
  onCancelled(row: FullTaskRow, by: Actor, events: RuntimeEvent[]): void;
  commit<T>(work: () => T): Promise<T>;
  log(message: string): void;
};

/** Cancels tasks wherever they stand, and what they spawned with them. */
export function createCancelling(options: CancellingOptions) {
  const { tasks, running, familyDesk } = options;

  /** @returns the tasks that a worker has to stop; undefined when this one had ended before */
  function cancelNow(number: number, by: Actor): number[] | undefined {
    const run = running.get(number);
    const row = run ? undefined : tasks.full(number);
    if (run) {
      options.remember(run);
      run.cancelling = true;
      options.family.markCancelling(number);
      const worker = options.pool().get(run.worker);
      if (worker) options.pool().post(worker, { t: 'abort', task: number, epoch: run.epoch });
    } else if (row && !hasEnded(row.state)) {
      const settled = settledRow(row, {
        state: 'cancelled',
        endedAt: options.now(),
        reason: `cancelled by ${by.name}`,
      });
      tasks.settle(settled);
      options.onCancelled(row, by, [
        { kind: 'task', id: `t${number}`, agent: row.agent },
        endedEvent(waitingOf(row), settled),
      ]);
      familyDesk.ended(number, parentOf(row.origin));
    } else {
      return undefined;
    }
    const below = familyDesk.children(number).flatMap((child) => cancelNow(child, by) ?? []);
    return run ? [number, ...below] : below;
  }

  function killIfStuck(number: number, epoch: number): void {
    const run = running.get(number);
    if (!run?.cancelling || run.epoch !== epoch) return;
    const worker = options.pool().get(run.worker);
    if (!worker) return;
    options.log(`t${number} did not stop ${CANCEL_GRACE_MS / 1000} s after its cancel: ${run.worker} is killed`);
    worker.culprit = number;
    worker.process.kill('SIGKILL');
  }

  /**
   * @param alongside written in the same commit
   * @returns false when it had ended before; rejects when the disk refuses
   */
  return async (number: number, by: Actor, alongside: () => void): Promise<boolean> => {
    const stopping = await options.commit(() => {
      const told = cancelNow(number, by);
      if (told !== undefined) alongside();
      return told;
    });
    for (const each of stopping ?? []) {
      const epoch = running.get(each)?.epoch;
      if (epoch !== undefined) setTimeout(() => killIfStuck(each, epoch), CANCEL_GRACE_MS).unref();
    }
    return stopping !== undefined;
  };
}
