import type { RuntimeEvent } from '#contract/runtime.ts';
import { type Lane, viewOf } from './lane.ts';

export type DeliveryOptions = {
  /** Sends what was posted to workers. */
  flush(): void;
  /** When all that the commit led to was done. */
  look(): void;
  emit(events: RuntimeEvent[]): void;
};

/** What a commit leads to once it is on the disk: what workers and listeners are told, and what follows in memory. */
export function createDelivery(options: DeliveryOptions) {
  let events: RuntimeEvent[] = [];
  /** The task whose change was told last. */
  let toldLast = 0;
  /** What follows a commit in memory that the disk does not hold. */
  let afterwards: (() => void)[] = [];
  const dirty = new Set<Lane>();

  function take(): RuntimeEvent[] {
    const taken = events;
    events = [];
    toldLast = 0;
    return taken;
  }

  return {
    /** A task has changed. A step and the end that comes with it are one change. */
    task(id: number, agent: string): void {
      if (id === toldLast) return;
      toldLast = id;
      events.push({ kind: 'task', id: `t${id}`, agent });
    },
    /** The counts or the control record of a lane have changed. */
    lane(lane: Lane): void {
      dirty.add(lane);
    },
    event(...more: RuntimeEvent[]): void {
      events.push(...more);
    },
    after(follow: () => void): void {
      afterwards.push(follow);
    },
    /** The commit was refused: nothing of it is told. */
    drop(): void {
      take();
      afterwards = [];
    },
    /** The commit is durable. */
    deliver(): void {
      const due = afterwards;
      afterwards = [];
      for (const follow of due) follow();
      options.flush();
      options.look();
      for (const lane of dirty) events.push({ kind: 'lane', lane: viewOf(lane) });
      dirty.clear();
      if (events.length > 0) options.emit(take());
    },
  };
}
export type Delivery = ReturnType<typeof createDelivery>;
