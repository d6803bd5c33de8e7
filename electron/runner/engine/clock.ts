/** The clock was set when it is off by more than this, ms; less is its drift. */
const DRIFT_MS = 1_000;

/**
 * Sees that the clock was set back, by the time that really passed. Put on, it may be a machine that slept: moments have
 * come then, and nothing is to be mended.
 * @param now the clock, ms
 * @param passed ms on a clock that nobody sets
 */
export function createClock(now: () => number, passed: () => number = () => performance.now()) {
  let last = { at: now(), passed: passed() };
  return {
    /** By how much it was set back since the last look, ms; 0 when it was not. */
    setBack(): number {
      const next = { at: now(), passed: passed() };
      const behind = next.passed - last.passed - (next.at - last.at);
      last = next;
      return behind > DRIFT_MS ? Math.round(behind) : 0;
    },
  };
}
