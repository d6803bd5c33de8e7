import type { Events } from '../../store/event.ts';
import type { IndicatorTasks } from '../../store/indicator.ts';

/** Counted anew at most this often, ms, and never more than a share of the time. */
const EVERY_MS = 1_000;
const SHARE = 20;

export type OverdueOptions = {
  tasks: IndicatorTasks;
  events: Events;
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
};

/** An agent whose tasks in flight are looked at. */
export type Watched = { name: string; isEmbedded: boolean; deadlineMs: number; inFlight: number };

/** Tasks in flight past their deadline: live, for they have not ended and no bucket holds them. */
export function createOverdue({ tasks, events, now, passed }: OverdueOptions) {
  let counts = new Map<string, number>();
  let failed: string | null = null;
  let nextAt = Number.NEGATIVE_INFINITY;

  function countOf(agent: Watched, idAt: (moment: number) => number): number {
    if (agent.inFlight === 0) return 0;
    const until = now() - agent.deadlineMs;
    return agent.isEmbedded ? tasks.inFlightUntil(agent.name, idAt(until)) : events.overdue(agent.name, until);
  }

  return {
    /** Counts again, when it is time. */
    refresh(agents: readonly Watched[]): void {
      const began = passed();
      if (began < nextAt) return;
      const ids = new Map<number, number>();
      const idAt = (moment: number): number => {
        const id = ids.get(moment) ?? tasks.idAt(moment);
        ids.set(moment, id);
        return id;
      };
      try {
        counts = new Map(agents.map((agent) => [agent.name, countOf(agent, idAt)]));
        failed = null;
      } catch (error) {
        failed = error instanceof Error ? error.message : String(error);
      }
      nextAt = passed() + Math.max(EVERY_MS, SHARE * (passed() - began));
    },
    /** Null when it could not be counted: that is not zero. */
    of: (agent: string): number | null => (failed === null ? (counts.get(agent) ?? 0) : null),
    /** Why the last count failed. */
    failed: (): string | null => failed,
  };
}
