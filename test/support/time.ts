/** A moment in the tests' calendar: 2026-11-24, 03:00 UTC. */
export const NIGHT = Date.UTC(2026, 10, 24, 3);

/** A clock that stands still until a test moves it, and the timers on it. */
export type VirtualTime = {
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
  /** Sets `now` back; timers come when they would have come. */
  setBack(ms: number): void;
  after(ms: number, work: () => void): () => void;
  /** Moves it, and calls what came due on the way, in order. */
  advance(ms: number): void;
  /** When the next timer is due, ms from now; undefined without one. */
  next(): number | undefined;
};

export function virtualTime(start: number): VirtualTime {
  let now = start;
  let back = 0;
  let timers: { at: number; work: () => void }[] = [];

  function due(until: number) {
    return timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
  }
  return {
    now: () => now - back,
    passed: () => now - start,
    setBack(ms) {
      back += ms;
    },
    after(ms, work) {
      const timer = { at: now + ms, work };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    advance(ms) {
      const until = now + ms;
      for (let timer = due(until); timer !== undefined; timer = due(until)) {
        const { at, work } = timer;
        timers = timers.filter((each) => each !== timer);
        now = at;
        work();
      }
      now = until;
    },
    next: () => (timers.length === 0 ? undefined : Math.min(...timers.map(({ at }) => at)) - now),
  };
}
