import type { RuntimeEvent } from '#contract/runtime.ts';

/** Calls that wait for the end of a task. */
export type Waits = {
  /**
   * @param signal gives up earlier
   * @returns when the task has ended, the span is over or the caller gave up: whichever comes first
   */
  untilEnd(id: string, withinMs: number, signal?: AbortSignal): Promise<void>;
  /** Everyone who waits goes on. */
  close(): void;
};

/** @param watch of the runtime whose tasks are waited for */
export function createWaits(watch: (listener: (events: RuntimeEvent[]) => void) => () => void): Waits {
  const waiting = new Map<string, Set<() => void>>();
  const unwatch = watch((events) => {
    if (waiting.size === 0) return;
    for (const event of events) {
      if (event.kind === 'ended') for (const goOn of waiting.get(event.task.id) ?? []) goOn();
    }
  });
  return {
    untilEnd(id, withinMs, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const goOn = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', goOn);
          const others = waiting.get(id);
          others?.delete(goOn);
          if (others?.size === 0) waiting.delete(id);
          resolve();
        };
        const timer = setTimeout(goOn, withinMs);
        signal?.addEventListener('abort', goOn);
        const others = waiting.get(id) ?? new Set();
        waiting.set(id, others.add(goOn));
      });
    },
    close() {
      unwatch();
      for (const others of [...waiting.values()]) for (const goOn of [...others]) goOn();
    },
  };
}
