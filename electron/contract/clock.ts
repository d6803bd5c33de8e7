/** The clock was set when it is off by more than this, ms; less is its drift. */
const DRIFT_MS = 1_000;

/**
 * Sees that the clock was set, by the time that really passed. Put on, it may be a machine that slept: moments have come
 * then. Set back, spans that are kept as moments must not become longer.
 * @param now the clock, ms
 * @param passed ms on a clock that nobody sets
 */
export function createClock(now: () => number, passed: () => number) {
  let last = { at: now(), passed: passed() };
  function jumped(): number {
    const next = { at: now(), passed: passed() };
    const ahead = next.at - last.at - (next.passed - last.passed);
    last = next;
    return Math.abs(ahead) > DRIFT_MS ? Math.round(ahead) : 0;
  }
  return {
    /** By how much it was put on (or, below 0, set back) since the last look, ms; 0 when it was not. */
    jumped,
    /** By how much it was set back since the last look, ms; 0 when it was not. */
    setBack: (): number => Math.max(0, -jumped()),
  };
}
