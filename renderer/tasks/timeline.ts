import { type Attempt, hasEnded, type Step, type TaskDetail } from '#contract/task.ts';

/*
 * The waterfall of a task: attempts, the steps under them, and the waits between them, laid on one time axis. Pure; what
 * a row says is in timeline-text.ts, how it is drawn in Waterfall.tsx.
 */

/** A row's place on the axis, both as shares of it: 0 <= x, x + width <= 1. */
type Place = { id: string; x: number; width: number; spanMs: number };

/** What follows an attempt until the next one: a backoff, a deferral, a paused agent. */
export type Wait = { after: Attempt; nextAt: number | null; over: boolean };

export type TimelineRow = Place &
  (
    | { kind: 'attempt'; attempt: Attempt }
    /** A step in the attempt that ran it. */
    | { kind: 'step'; attempt: Attempt; step: Step }
    /** Steps that this attempt found in the journal and did not run again. */
    | { kind: 'replay'; attempt: Attempt; steps: [Step, ...Step[]] }
    | { kind: 'wait'; wait: Wait }
  );

export type Tick = { x: number; ms: number };

export type Timeline = {
  /** Where the axis begins: the first attempt, or the acceptance of a task that none has begun. */
  startAt: number;
  /** Length of the axis, ms; at least 1. */
  lengthMs: number;
  ticks: Tick[];
  rows: TimelineRow[];
};

/** Attempts that give the task back and wait for something. */
const WAITING_OUTCOMES: ReadonlySet<Attempt['outcome']> = new Set(['retried', 'deferred', 'paused', 'parked']);

/**
 * Lays a task on its time axis.
 * @param now the moment at which what is still running ends on the axis, ms since the Unix epoch
 */
export function layTimeline(task: TaskDetail, now: number): Timeline {
  const attempts = task.attemptList.toSorted((a, b) => a.number - b.number);
  const startAt = attempts[0]?.startedAt ?? task.acceptedAt;
  const endAt = lastMoment(task, attempts, startAt, now);
  const lengthMs = Math.max(1, endAt - startAt);

  function place(id: string, from: number, to: number): Place {
    const left = clamp(from, startAt, endAt);
    const right = clamp(to, left, endAt);
    return { id, x: (left - startAt) / lengthMs, width: (right - left) / lengthMs, spanMs: Math.max(0, to - from) };
  }

  const rows: TimelineRow[] = [];
  for (const [index, attempt] of attempts.entries()) {
    rows.push({
      ...place(`attempt-${attempt.number}`, attempt.startedAt, attempt.endedAt ?? endAt),
      kind: 'attempt',
      attempt,
    });
    const [first, ...rest] = task.steps.filter((step) => step.replayedBy.includes(attempt.number));
    if (first) {
      const at = place(`replay-${attempt.number}`, attempt.startedAt, attempt.startedAt);
      rows.push({ ...at, kind: 'replay', attempt, steps: [first, ...rest] });
    }
    for (const step of ownSteps(task.steps, attempt)) {
      const end = step.endedAt ?? attempt.endedAt ?? endAt;
      rows.push({ ...place(`step-${step.seq}`, step.startedAt, end), kind: 'step', attempt, step });
    }
    const wait = waitAfter(task, attempt, attempts[index + 1]);
    if (wait && attempt.endedAt !== null) {
      const until = attempts[index + 1]?.startedAt ?? endAt;
      rows.push({ ...place(`wait-${attempt.number}`, attempt.endedAt, until), kind: 'wait', wait });
    }
  }
  return { startAt, lengthMs, ticks: ticksOf(lengthMs), rows };
}

function lastMoment(task: TaskDetail, attempts: Attempt[], startAt: number, now: number): number {
  const known = [
    startAt,
    task.endedAt ?? 0,
    ...attempts.map((attempt) => attempt.endedAt ?? attempt.startedAt),
    ...task.steps.map((step) => step.endedAt ?? step.startedAt),
  ];
  return Math.max(...known, hasEnded(task.state) ? 0 : now);
}

function ownSteps(steps: Step[], attempt: Attempt): Step[] {
  return steps
    .filter((step) => step.attempt === attempt.number)
    .toSorted((a, b) => a.startedAt - b.startedAt || a.seq - b.seq);
}

function waitAfter(task: TaskDetail, attempt: Attempt, next: Attempt | undefined): Wait | null {
  if (!WAITING_OUTCOMES.has(attempt.outcome)) return null;
  if (next) return { after: attempt, nextAt: next.startedAt, over: true };
  return hasEnded(task.state) ? null : { after: attempt, nextAt: task.runAt, over: false };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The axis is cut at round numbers, into this many parts at most. */
const MOST_PARTS = 6;

function ticksOf(lengthMs: number): Tick[] {
  const step = roundStep(lengthMs / MOST_PARTS);
  const count = Math.floor(lengthMs / step);
  return Array.from({ length: count + 1 }, (_, index) => ({ x: (index * step) / lengthMs, ms: index * step }));
}

/** Steps that read well on a clock, ms: 1, 2, 5 x 10^n up to ten seconds, then parts of a minute, an hour, a day. */
const ROUND_STEPS = [
  ...[1, 10, 100, 1_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[10, 20, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 4, 6, 12, 24].map((hours) => hours * 3_600_000),
];
const DAY_MS = 86_400_000;

function roundStep(least: number): number {
  return ROUND_STEPS.find((step) => step >= least) ?? Math.ceil(least / DAY_MS) * DAY_MS;
}
