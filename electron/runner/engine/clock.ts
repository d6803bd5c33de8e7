import { createClock } from '#contract/clock.ts';

/** Looked at this often, ms. */
const LOOK_MS = 1_000;

/** Calls back when the clock was set, or the machine slept. @param onJump gets by how much, ms; below 0: set back */
export function watchClock(now: () => number, passed: () => number, onJump: (byMs: number) => void): { stop(): void } {
  const clock = createClock(now, passed);
  const timer = setInterval(() => {
    const byMs = clock.jumped();
    if (byMs !== 0) onJump(byMs);
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
