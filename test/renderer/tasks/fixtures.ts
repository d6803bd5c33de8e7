import type { Attempt, Step, Task, TaskDetail } from '#contract/task.ts';

/** When the tasks of these tests were accepted, ms since the Unix epoch. */
export const ACCEPTED = 1_800_000_000_000;

/** A task that succeeded at once; `change` says what is different. */
export function task(change: Partial<Task> = {}): Task {
  return {
    id: 't1',
    agent: 'invoice-triage',
    key: 'INV-20418',
    state: 'succeeded',
    waitKind: null,
    reason: null,
    priority: 0,
    acceptedAt: ACCEPTED,
    runAt: null,
    startedAt: ACCEPTED,
    endedAt: ACCEPTED + 1_000,
    attempts: 1,
    costUsd: 0.01,
    tokensIn: 10,
    tokensOut: 5,
    marks: [],
    model: 'anthropic/claude-sonnet',
    ...change,
  };
}

export function attempt(change: Partial<Attempt> = {}): Attempt {
  return {
    number: 1,
    worker: 'worker 1',
    startedAt: ACCEPTED,
    endedAt: ACCEPTED + 1_000,
    outcome: 'succeeded',
    error: null,
    backoffMs: null,
    ...change,
  };
}

export function step(change: Partial<Step> = {}): Step {
  return {
    seq: 0,
    attempt: 1,
    name: 'vendors.lookup',
    kind: 'tool',
    state: 'done',
    startedAt: ACCEPTED,
    endedAt: ACCEPTED + 300,
    request: null,
    result: null,
    error: null,
    effectKey: null,
    call: null,
    replayedBy: [],
    ...change,
  };
}

export function detail(change: Partial<TaskDetail> = {}): TaskDetail {
  return {
    ...task(),
    input: null,
    output: null,
    error: null,
    definition: 'abc',
    origin: null,
    offspring: [],
    limits: { attempts: 5, timeoutMs: 120_000, costUsd: 0.2 },
    doubts: [],
    attemptList: [attempt()],
    steps: [],
    ...change,
  };
}
