import type { FullTaskRow } from '../../store/task.ts';
import type { Delivery } from './delivery.ts';
import type { Lane } from './lane.ts';

/** Where tasks stand in the counts of their lanes. Every function is called inside a commit; what it moves is told after it. */
export function createPlaces(laneOf: (agent: string) => Lane, delivery: Delivery) {
  /** One that waited is queued; it is not told one by one. */
  function promoted(agent: string): void {
    const lane = laneOf(agent);
    lane.waiting -= 1;
    lane.queued += 1;
    delivery.lane(lane);
  }

  return {
    promoted,
    /** A task leaves the queue of its lane, or comes back to it. */
    move(id: number, lane: Lane, to: 'waiting' | 'queued'): void {
      const one = to === 'queued' ? 1 : -1;
      lane.queued += one;
      lane.waiting -= one;
      delivery.lane(lane);
      delivery.task(id, lane.agent);
    },
    /** One that waited is queued. */
    woken(id: number, agent: string): void {
      promoted(agent);
      delivery.task(id, agent);
    },
    /** One that had ended, or was in doubt, is queued. */
    requeued(id: number, agent: string): void {
      const lane = laneOf(agent);
      lane.queued += 1;
      delivery.lane(lane);
      delivery.task(id, agent);
    },
    /** One that no worker held has ended. */
    left(row: FullTaskRow): void {
      const lane = laneOf(row.agent);
      if (row.state === 'queued') lane.queued -= 1;
      else lane.waiting -= 1;
      delivery.lane(lane);
    },
  };
}
