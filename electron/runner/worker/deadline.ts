/** The time limit of an attempt. Waiting at the gate for others, or for the desk to write, is not its own time. */
export function createDeadline(ms: number, onPassed: () => void) {
  let left = ms;
  let startedAt = 0;
  let held = 0;
  let timer: NodeJS.Timeout | undefined;

  function run(): void {
    startedAt = performance.now();
    timer = setTimeout(onPassed, left);
  }

  return {
    start: run,
    /** The clock stands still until as many `go` came. */
    hold(): void {
      held += 1;
      if (held > 1) return;
      clearTimeout(timer);
      left = Math.max(0, left - (performance.now() - startedAt));
    },
    go(): void {
      held -= 1;
      if (held === 0) run();
    },
    /** For good. */
    stop(): void {
      clearTimeout(timer);
      held = Number.POSITIVE_INFINITY;
    },
  };
}
export type Deadline = ReturnType<typeof createDeadline>;
