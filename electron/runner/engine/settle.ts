import type { Attempt, TaskError } from '#contract/task.ts';
import { markBits, type Settled } from '../../store/task.ts';
import { afterFailure } from '../guard/retry.ts';
import { hopOf } from '../guard/route.ts';
import type { Ending } from './protocol.ts';
import { type Running, settledOf } from './running.ts';

/*
 * What becomes of a task when its attempt is over: the one table of the task's state machine. Pure.
 *
 *   succeeded              -> succeeded
 *   failed, may be retried -> retrying (backoff)      failed, may not -> failed
 *   deferred               -> waiting (deferred, or budget until the next day)
 *   paused          -> queued
 *   cancelled              -> cancelled               in doubt        -> in-doubt
 *   parked                 -> waiting (person)
 *   waits                  -> waiting (sleep, child), or queued when it is over already
 *   worker lost            -> queued, as a suspect that runs apart from now on; failed (quarantined) when it was alone there
 */

/**
 * The worker, or the desk, was gone. `suspect`: the task is one of those that may be the cause; `cause`: it was a suspect,
 * and nothing else ran there; `none`: its worker was ended, or died with the desk.
 */
type Lost = { kind: 'lost'; blame: 'none' | 'suspect' | 'cause'; why: string };
/** It waits until `runAt` or the end of a child; `over`: what it waits for is there. */
export type Waits = {
  kind: 'waits';
  waitKind: 'sleep' | 'child';
  runAt: number | null;
  over: boolean;
  reason: string;
};

/** How an attempt left its worker. */
export type WorkerEnd = Ending | Lost;
/** The same, as the desk sees it. */
export type AttemptEnd = Exclude<Ending, { kind: 'until' }> | Lost | Waits;

export type Verdict = {
  settled: Settled;
  outcome: Attempt['outcome'];
  error: TaskError | null;
  backoffMs: number | null;
};

/** @param random in [0, 1), for the backoff's jitter */
export function settle(run: Running, end: AttemptEnd, now: number, random: number): Verdict {
  if (run.cancelling && end.kind !== 'succeeded' && end.kind !== 'in-doubt') {
    return ended(run, 'cancelled', 'cancelled', now, { reason: 'cancelled by a person' });
  }
  switch (end.kind) {
    case 'succeeded':
      return ended(run, 'succeeded', 'succeeded', now, {
        output: end.output,
        marks: run.marks | successMarks(run, now) | (end.unverified ? markBits('unverified') : 0),
      });
    case 'failed':
      return failed(run, end.error, end.output, now, random);
    case 'deferred':
      return {
        settled: settledOf(run, {
          state: 'waiting',
          waitKind: end.waitKind,
          runAt: end.until,
          reason: end.reason,
          marks: run.marks | markBits('deferred'),
        }),
        outcome: 'deferred',
        error: null,
        backoffMs: null,
      };
    case 'paused':
      return { settled: settledOf(run, { state: 'queued' }), outcome: 'paused', error: null, backoffMs: null };
    case 'cancelled':
      return ended(run, 'cancelled', 'cancelled', now, { reason: 'cancelled by a person' });
    case 'in-doubt':
      return ended(run, 'in-doubt', 'in-doubt', now, { reason: end.reason });
    case 'parked':
      return {
        settled: settledOf(run, {
          state: 'waiting',
          waitKind: 'person',
          reason: end.question.text.split('\n', 1)[0] ?? null,
          crashes: 0,
        }),
        outcome: 'parked',
        error: null,
        backoffMs: null,
      };
    case 'waits':
      return {
        settled: settledOf(
          run,
          end.over
            ? { state: 'queued', crashes: 0 }
            : { state: 'waiting', waitKind: end.waitKind, runAt: end.runAt, reason: end.reason, crashes: 0 },
        ),
        outcome: 'parked',
        error: null,
        backoffMs: null,
      };
    case 'lost':
      return lost(run, end.blame, end.why, now);
  }
}

function ended(
  run: Running,
  state: 'succeeded' | 'failed' | 'cancelled' | 'in-doubt',
  outcome: Attempt['outcome'],
  now: number,
  change: Partial<Settled>,
  error: TaskError | null = null,
): Verdict {
  return { settled: settledOf(run, { state, endedAt: now, ...change }), outcome, error, backoffMs: null };
}

function failed(run: Running, error: TaskError, output: string | null, now: number, random: number): Verdict {
  const failures = run.failures + 1;
  const text = JSON.stringify(error);
  const next = afterFailure(run.definition.nightdesk.retry, failures, error, random, hasOther(run, error.source));
  if (next.retry) {
    return {
      settled: settledOf(run, {
        state: 'retrying',
        waitKind: 'backoff',
        runAt: now + next.backoffMs,
        failures,
        error: text,
        reason: error.message,
      }),
      outcome: 'retried',
      error,
      backoffMs: next.backoffMs,
    };
  }
  const marks = error.class === 'incorrect' ? run.marks | markBits('incorrect') : run.marks;
  return ended(run, 'failed', 'failed', now, { failures, error: text, reason: error.message, output, marks }, error);
}

/** Whether the route leads to another provider than the one that an error came from. */
function hasOther({ definition }: Running, source: string | undefined): boolean {
  const providers = new Set(definition.model.map((model) => hopOf(model).provider));
  return source !== undefined && providers.has(source) && providers.size > 1;
}

function lost(run: Running, blame: Lost['blame'], why: string, now: number): Verdict {
  const crashes = run.crashes + (blame === 'none' ? 0 : 1);
  const error: TaskError = { class: 'worker-lost', message: why };
  if (blame === 'cause') {
    const reason = `quarantined: its worker died ${crashes} times while it ran, the last time with nothing else on it`;
    return ended(run, 'failed', 'lost', now, { crashes, reason, error: JSON.stringify(error) }, error);
  }
  return { settled: settledOf(run, { state: 'queued', crashes }), outcome: 'lost', error, backoffMs: null };
}

function successMarks(run: Running, now: number): number {
  const first = run.definition.model[0];
  const fellBack = run.model !== null && first !== undefined && hopOf(run.model).provider !== hopOf(first).provider;
  const bound = run.definition.nightdesk.objective.p95;
  const slow = bound !== undefined && now - run.acceptedAt > bound;
  return (
    (run.failures > 0 ? markBits('retried') : 0) | (fellBack ? markBits('fallback') : 0) | (slow ? markBits('slow') : 0)
  );
}
