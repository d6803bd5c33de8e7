import type { AgentDefinition } from '#contract/agent.ts';
import { originSchema } from '#contract/task.ts';
import { type FullTaskRow, type RunnableRow, type Settled, taskNumber } from '../../store/task.ts';

/** A task that a worker holds, as far as the desk must know it. Everything but the failed calls comes from its row. */
export type Running = {
  id: number;
  agent: string;
  key: string | null;
  per: string | null;
  priority: number;
  epoch: number;
  attempt: number;
  worker: string;
  acceptedAt: number;
  startedAt: number;
  claimedAt: number;
  failures: number;
  crashes: number;
  costUsd: number;
  tokensIn: number;
  tokensOut: number;
  marks: number;
  model: string | null;
  definition: AgentDefinition;
  /** Failed model calls of this task by provider. */
  failedCalls: ReadonlyMap<string, number>;
  cancelling: boolean;
  /** The task's own cost limit as a person raised it, US dollars; null: its definition's. */
  limitUsd: number | null;
  /** What the tasks that it spawned have cost so far, US dollars. */
  childrenUsd: number;
  /** The task that spawned it. */
  parent: number | null;
};

const NO_CALLS: ReadonlyMap<string, number> = new Map();

/** The task that spawned one with this origin; what is edited or forked pays for itself. */
export function parentOf(origin: string | null): number | null {
  if (origin === null) return null;
  const parsed = originSchema.safeParse(JSON.parse(origin));
  return parsed.success && parsed.data.kind === 'spawn' ? taskNumber(parsed.data.task) : null;
}

/** @param row of a task in state running */
export function runningOf(row: RunnableRow, definition: AgentDefinition): Running {
  return {
    id: row.id,
    agent: row.agent,
    key: row.key,
    per: row.per,
    priority: row.priority,
    epoch: row.epoch,
    attempt: row.attempts,
    worker: row.worker ?? '',
    acceptedAt: row.accepted_at,
    startedAt: row.started_at ?? row.accepted_at,
    claimedAt: row.claimed_at ?? row.accepted_at,
    failures: row.failures,
    crashes: row.crashes,
    costUsd: row.cost_usd,
    tokensIn: row.tokens_in,
    tokensOut: row.tokens_out,
    marks: row.marks,
    model: row.model,
    definition,
    failedCalls: NO_CALLS,
    cancelling: row.cancelling === 1,
    limitUsd: row.limit_usd,
    childrenUsd: row.children_usd,
    parent: parentOf(row.origin),
  };
}

/** Another model call of it has failed. */
export function countFailedCall(run: Running, provider: string): void {
  run.failedCalls = new Map(run.failedCalls).set(provider, (run.failedCalls.get(provider) ?? 0) + 1);
}

/** What an end tells of a task that no worker holds. */
export type Ended = Pick<Running, 'id' | 'agent' | 'key' | 'priority' | 'acceptedAt' | 'attempt'> & {
  startedAt: number | null;
};

/** @param row of a task that waits or is queued */
export function waitingOf(row: FullTaskRow): Ended {
  return {
    id: row.id,
    agent: row.agent,
    key: row.key,
    priority: row.priority,
    acceptedAt: row.accepted_at,
    attempt: row.attempts,
    startedAt: row.started_at,
  };
}

/** The values of a row that no worker holds, and `change`. */
export function settledRow(row: FullTaskRow, change: Pick<Settled, 'state'> & Partial<Settled>): Settled {
  return {
    id: row.id,
    runAt: null,
    waitKind: null,
    endedAt: null,
    failures: row.failures,
    crashes: row.crashes,
    costUsd: row.cost_usd,
    tokensIn: row.tokens_in,
    tokensOut: row.tokens_out,
    marks: row.marks,
    model: row.model,
    reason: null,
    error: row.error,
    output: null,
    ...change,
  };
}

/** The row's values when it leaves its worker: what it kept, and `change`. */
export function settledOf(run: Running, change: Pick<Settled, 'state'> & Partial<Settled>): Settled {
  return {
    id: run.id,
    runAt: null,
    waitKind: null,
    endedAt: null,
    failures: run.failures,
    crashes: run.crashes,
    costUsd: run.costUsd,
    tokensIn: run.tokensIn,
    tokensOut: run.tokensOut,
    marks: run.marks,
    model: run.model,
    reason: null,
    error: null,
    output: null,
    ...change,
  };
}
