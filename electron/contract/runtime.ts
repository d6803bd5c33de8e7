import type { Action, Intervention, Outcome, Plan, Receipt } from './action.ts';
import type { AgentSummary } from './agent.ts';
import type { Actor } from './basic.ts';
import type { Result } from './errors.ts';
import type { TaskEnd } from './health.ts';
import type { Integration, Spend } from './integration.ts';
import type { Provider } from './provider.ts';
import type { Task, TaskDetail, TaskFilter, TaskPage } from './task.ts';

/** What a runtime can do, probed, never assumed. */
export type Capability = {
  verb: Action['verb'];
  effect: 'immediate' | 'cooperative' | 'drains';
  scope: 'task' | 'lane' | 'runtime';
  /** What happens to work that arrives meanwhile. */
  meanwhile: 'queues' | 'rejects' | 'drops' | 'none';
  idempotent: 'key' | 'by-state';
};

export type Description = { runtime: string; version: string; capabilities: Capability[] };

/** How an agent's lane stands: what a gate decides by, and what a verify step measures. */
export type Lane = {
  agent: string;
  intake: 'open' | 'paused' | 'draining';
  intakeUntil: number | null;
  /** Provider names in the order in force. */
  route: string[];
  queued: number;
  running: number;
  /** Backing off, deferred, or waiting for a person. */
  waiting: number;
};

/** A task that ended, as health counts it. */
export type TaskEnded = {
  kind: 'ended';
  task: Task;
  /** `timed-out`: failed by a time limit. `rejected`: refused after it was accepted. */
  end: TaskEnd;
  /** Whether it needed no other attempt. */
  firstAttempt: boolean;
  /** What kind of work of its agent it is; left out where the runtime knows none. */
  type?: string;
  /** Whether it called no tool; left out where that is not known. */
  toolless?: boolean;
};
/** What a runtime tells, after it is durable. */
export type RuntimeEvent =
  | TaskEnded
  | { kind: 'task'; id: string; agent: string }
  | { kind: 'lane'; lane: Lane }
  | { kind: 'provider'; provider: Provider }
  | { kind: 'integration'; integration: Integration }
  /** A budget was warned of, reached, or has room again. */
  | { kind: 'spend'; spend: Spend }
  | { kind: 'intervention'; interventions: Intervention[]; text: string; by: Actor; agent: string };

export type RuntimeSnapshot = {
  agents: AgentSummary[];
  lanes: Lane[];
  providers: Provider[];
  interventions: Intervention[];
  integrations: Integration[];
  spends: Spend[];
  /** Tasks that wait for a person because they repeat themselves. */
  looping: { agent: string; task: string }[];
  workers: { wanted: number /** Deaths one after the other, each soon after its start. */; youngDeaths: number };
};

/** When a worker was heard last. */
export type WorkerBeat = {
  name: string;
  /** It has started, and beats. */
  ready: boolean;
  /** One of those that are wanted; others stand apart for a while. */
  shared: boolean;
  /** Ms since anything was heard of it, by a clock that nobody sets. */
  ageMs: number;
};

/** How a runtime beats. */
export type RuntimeBeats = {
  runtime: string;
  beatMs: number;
  /** Workers that should be there. */
  wanted: number;
  workers: WorkerBeat[];
};

/** How far the schedule of an agent has come. */
export type ScheduledStart = {
  agent: string;
  /** A start that is behind us and was not submitted; null when there is none. */
  dueAt: number | null;
  /** Why the last start was refused; null when it was not. */
  refused: string | null;
  /** The task of the last start, as long as it has not begun. */
  waits: { task: string; since: number } | null;
};

/** One runtime, as the desk, runbooks and health see it. */
export interface Runtime {
  describe(): Promise<Description>;
  snapshot(): RuntimeSnapshot;
  /** Calls back after each commit, with everything that changed in it. @returns a function that stops it */
  watch(listener: (events: RuntimeEvent[]) => void): () => void;
  task(id: string): Result<TaskDetail>;
  tasks(filter: TaskFilter, page: { before?: string | undefined; limit: number }): TaskPage;
  plan(action: Action): Result<Plan>;
  /** Durable before it answers; the same key does nothing twice. Accepted is not applied. */
  execute(action: Action, key: string, by: Actor, planHash?: string): Promise<Result<Receipt>>;
  verify(receipt: Receipt): Outcome;
}
