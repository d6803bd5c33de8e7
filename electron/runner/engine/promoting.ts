import type { Tasks } from '../../store/task.ts';
import type { Due } from './due.ts';

/** Deferred tasks that go back to the queue in one commit. */
const PROMOTE_BATCH = 2_000;

export type PromotingOptions = {
  tasks: Tasks;
  due: Due;
  now(): number;
  mendClock(): void;
  /** A commit, with the claims that it makes possible. */
  change(work: () => void): void;
  /** A task of this agent waited, and is queued. */
  onPromoted(agent: string): void;
};

/** Puts tasks that wait back into the queue: their moment has come, a provider serves again, a budget has room. */
export function createPromoting({ tasks, due, now, mendClock, change, onPromoted }: PromotingOptions) {
  /** Makes deferred tasks of these agents runnable again, at most `limit` of each. */
  function promoteDeferred(agents: string[], limit: number): void {
    change(() => {
      for (const agent of agents) {
        const promoted = tasks.promoteDeferred(agent, Math.min(limit, PROMOTE_BATCH));
        for (const each of promoted) onPromoted(each);
        if (promoted.length === PROMOTE_BATCH && limit > PROMOTE_BATCH)
          setImmediate(() => promoteDeferred([agent], limit));
      }
    });
  }

  /** Makes tasks that wait for a budget runnable again: there is room, or the gate says for which there is none. */
  function promoteBudget(): void {
    change(() => {
      const promoted = tasks.promoteBudget(PROMOTE_BATCH);
      for (const agent of promoted) onPromoted(agent);
      if (promoted.length === PROMOTE_BATCH) setImmediate(promoteBudget);
    });
  }

  return {
    promoteDeferred,
    promoteBudget,
    /** What is due by now. */
    promoteDue(): void {
      change(() => {
        mendClock();
        for (const agent of tasks.promoteDue(now())) onPromoted(agent);
        due.wakeAt(tasks.nextDue());
      });
    },
  };
}
