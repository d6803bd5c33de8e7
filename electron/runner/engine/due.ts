import { createClock } from '#contract/clock.ts';

/** A moment far away is looked at this often: laptops sleep and clocks are set, ms. */
const LOOK_MS = 30_000;

export type DueOptions = {
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
  /** The earliest moment that a task waits for. */
  next(): number | null;
  /** Puts the spans that are under way on by so much, ms; below 0 when the clock was set back. */
  shiftSpans(ms: number): void;
  /** A moment has come, or may have. */
  onDue(): void;
};

/** Wakes the desk for the next moment that a task waits for. A clock that was set back does not lengthen the wait. */
export function createDue(options: DueOptions) {
  const { now } = options;
  const clock = createClock(now, options.passed);
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  /** What spans are still to be moved by, ms: a commit that was refused moved nothing. */
  let owedMs = 0;
  let movedMs = 0;
  let closed = false;

  function wakeAt(moment: number | null): void {
    if (moment === null || moment >= dueAt || closed) return;
    clearTimeout(timer);
    dueAt = moment;
    timer = setTimeout(look, Math.max(0, Math.min(moment - now(), LOOK_MS)) + 1);
  }

  function look(): void {
    dueAt = Number.POSITIVE_INFINITY;
    options.onDue();
  }

  return {
    wakeAt,
    /** At once: the clock was set, what is due by now is due. */
    look(): void {
      clearTimeout(timer);
      look();
    },
    /** Inside a commit: moves what sleeps or backs off, where the clock was set back. @param after a function to call once it is durable */
    mendClock(after: (follow: () => void) => void): void {
      const setBack = owedMs + clock.setBack();
      if (setBack === 0) return;
      owedMs = 0;
      movedMs += setBack;
      options.shiftSpans(-setBack);
      wakeAt(options.next());
      after(() => {
        movedMs = 0;
      });
    },
    /** The newest moment on the disk: the clock may have been set back while no desk looked, it is in the past. */
    seen(moment: number): void {
      owedMs = Math.max(0, moment - now());
    },
    /** Memory from the disk: what a refused commit moved is owed again. */
    rebuild(): void {
      owedMs += movedMs;
      movedMs = 0;
      wakeAt(options.next());
    },
    close(): void {
      closed = true;
      clearTimeout(timer);
    },
  };
}
export type Due = ReturnType<typeof createDue>;
