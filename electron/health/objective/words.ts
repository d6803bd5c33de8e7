import { writeSpan } from '#contract/basic.ts';
import type { FailureSwitch, Objective } from '#contract/objective.ts';
import type { Counts } from './burn.ts';

/*
 * Objectives in words: as files and the command line write them.
 */

/** A share as a percentage with the digits that it has: `99.9 %`. */
export function percentWord(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}

/** `12 of 84 failed`. */
export function failedOf({ good, bad }: Counts, verb = 'failed'): string {
  return `${bad} of ${good + bad} ${verb}`;
}

const SWITCH_WORDS: Record<FailureSwitch, string> = {
  failed: 'failed',
  incorrect: 'incorrect',
  retried: 'retried',
  slow: 'slow',
};

/** An objective in one line: `99 %, p95 30s, over 30d; failed, incorrect count`. */
export function objectiveWords({ success, p95Ms, windowMs, failure }: Objective): string {
  const counts = ['failed' as const, ...failure.filter((each) => each !== 'failed')].map((each) => SWITCH_WORDS[each]);
  const latency = p95Ms === null ? 'no latency bound' : `p95 ${writeSpan(p95Ms)}`;
  return `${percentWord(success)}, ${latency}, over ${writeSpan(windowMs)}; ${counts.join(', ')} count`;
}

/** What a change of objective changed: `success 99 % -> 99.5 %`. */
export function differenceWords(before: Objective, after: Objective): string {
  const parts = [
    before.success === after.success ? null : `success ${percentWord(before.success)} -> ${percentWord(after.success)}`,
    before.p95Ms === after.p95Ms ? null : `p95 ${latencyWord(before.p95Ms)} -> ${latencyWord(after.p95Ms)}`,
    before.windowMs === after.windowMs ? null : `window ${writeSpan(before.windowMs)} -> ${writeSpan(after.windowMs)}`,
    sameSwitches(before.failure, after.failure)
      ? null
      : `counts as failure ${before.failure.join(', ')} -> ${after.failure.join(', ')}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'no difference' : parts.join('; ');
}

function latencyWord(ms: number | null): string {
  return ms === null ? 'none' : writeSpan(ms);
}

/** Whether two settings of the switches count the same; a failed task is a failure in any of them. */
export function sameSwitches(a: readonly FailureSwitch[], b: readonly FailureSwitch[]): boolean {
  const all = (of: readonly FailureSwitch[]): string => [...new Set(['failed', ...of])].sort().join();
  return all(a) === all(b);
}
