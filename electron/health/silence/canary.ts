import { type CanaryKeys, differs } from '#contract/canary.ts';
import type { TaskDetail } from '#contract/task.ts';
import { type About, type Look, spanWords } from './look.ts';

/*
 * Canaries: a task with a known answer, given to an agent on a schedule. Pure.
 */

/** A canary that has not ended by then missed, ms; earlier where the next one is due earlier. */
const END_MS = 15 * 60_000;
const PAGE_MISSES = 2;

/** How the canary of an agent stands, as it is kept. */
export type CanaryState = {
  task: string | null;
  startedAt: number | null;
  /** The task was judged. */
  judged: boolean;
  outcome: 'passed' | 'missed' | null;
  why: string | null;
  misses: number;
};

export const NO_CANARY: CanaryState = {
  task: null,
  startedAt: null,
  judged: true,
  outcome: null,
  why: null,
  misses: 0,
};

/** When the next one starts. A desk that slept starts one, not those it slept through. */
export function nextCanary({ startedAt }: CanaryState, { every }: CanaryKeys, now: number): number {
  return startedAt === null || startedAt > now ? now : startedAt + every;
}

export type Verdict = { passed: boolean; why: string | null };

/**
 * What the task of a canary says, or undefined while it may still end.
 * @param since since when the desk looks without a break: it may have slept while the task was to run
 */
export function judgeCanary(
  task: Pick<TaskDetail, 'state' | 'output' | 'endedAt' | 'error'> | undefined,
  { startedAt }: CanaryState,
  keys: CanaryKeys,
  { now, since }: { now: number; since: number },
): Verdict | undefined {
  if (!task) return { passed: false, why: 'the task is not there any more' };
  if (task.endedAt === null) {
    const patience = Math.min(END_MS, keys.every);
    const waited = now - Math.max(startedAt ?? now, since);
    return waited < patience ? undefined : { passed: false, why: `it did not end within ${spanWords(patience)}` };
  }
  if (task.state !== 'succeeded') {
    return {
      passed: false,
      why: task.error === null ? `it ended as ${task.state}` : `it ended as ${task.state}: ${task.error.message}`,
    };
  }
  const difference = differs(task.output, keys.expect, 'output');
  return difference === undefined ? { passed: true, why: null } : { passed: false, why: difference };
}

/** The state after a verdict. */
export function afterVerdict(state: CanaryState, { passed, why }: Verdict): CanaryState {
  return {
    ...state,
    judged: true,
    outcome: passed ? 'passed' : 'missed',
    why,
    misses: passed ? 0 : state.misses + 1,
  };
}

export function canaryFailed(agent: string, state: CanaryState, paused: boolean): Look {
  const { misses, outcome, why, task } = state;
  const look: About = {
    rule: 'canary-failed',
    subject: agent,
    agents: [agent],
    title: `The canary of ${agent} failed ${misses} times: ${why ?? ''}`,
    clears: `the canary of ${agent} passed`,
    labels: task === null ? {} : { task },
  };
  if (misses >= PAGE_MISSES)
    return { ...look, state: 'holds', says: `${misses} misses, the last: ${why ?? 'unknown'}` };
  if (misses > 0) return { ...look, state: 'unsure', says: `missed once: ${why ?? 'unknown'}` };
  if (outcome === null) {
    return { ...look, state: 'unsure', says: paused ? 'its intake is not open' : 'the first one has not ended' };
  }
  return { ...look, state: 'quiet', says: 'the last one passed' };
}
