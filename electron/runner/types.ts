import type { AgentDefinition, AgentDetail, FileProblem } from '#contract/agent.ts';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import type { Fault, Provider, ProviderEvent, Route } from '#contract/provider.ts';
import type { Runtime, TaskEnded } from '#contract/runtime.ts';
import type { Settings } from '#contract/settings.ts';
import type {
  SubmitMany,
  SubmitManyAnswer,
  Submitted,
  Task,
  TaskDetail,
  TaskFilter,
  TaskPage,
} from '#contract/task.ts';
import type { Committer } from '../store/committer.ts';
import type { Database } from '../store/open.ts';
import type { NewTask } from './engine/accept.ts';
import type { ForkWorker } from './fork.ts';
import type { OffspringDesk } from './offspring.ts';
import type { People } from './people.ts';
import type { FindSecrets } from './supply.ts';
import type { Watched } from './watched.ts';

export type RunnerOptions = {
  db: Database;
  committer: Committer;
  dataFolder: string;
  agentFolders: string[];
  /** An agent file that is tried out, alone: no other is loaded, and it takes in nothing by itself. */
  trial: string | null;
  rehearsal: boolean;
  workers: number;
  /** Tasks a worker process may hold at once. */
  slots: number;
  forkWorker: ForkWorker;
  env: NodeJS.ProcessEnv;
  version: string;
  /** Adds to the audit log, inside the commit of what it tells. */
  audit: AuditWrite;
  /** nightdesk.yaml as it is in force. */
  settings(): Settings;
  /** Looks for secrets in the keychain. */
  findSecrets: FindSecrets;
  /** Calls back after every change of it. @returns a function that stops it */
  onSettings(listener: () => void): () => void;
  now(): number;
  /** Ms on a clock that nobody sets: spans are measured by it. */
  passed(): number;
  random(): number;
  onDisk(trouble: string | null): void;
  log(message: string): void;
};

/** What the embedded runner offers beyond the Runtime interface. */
export type Runner = Omit<Runtime, 'tasks'> & {
  /** @param count whether to count all that match, too */
  tasks(filter: TaskFilter, page: { before?: string | undefined; limit: number }, count?: boolean): TaskPage;
  /** One agent with everything that holds for it. */
  agent(name: string): AgentDetail | undefined;
  submit(tasks: NewTask[]): Promise<Result<Submitted>[]>;
  /** NOT_FOUND without the agent; else what became of each. */
  submitMany(many: SubmitMany): Promise<Result<SubmitManyAnswer>>;
  /** The task at its end, or as it stands after so long, or when the caller gives up. */
  wait(id: string, withinMs: number, signal?: AbortSignal): Promise<Result<TaskDetail>>;
  /** What befell providers, newest first. */
  providerEvents(provider: string | undefined, limit: number): ProviderEvent[];
  /** The route of each agent in force. */
  routes(): Route[];
  setFault(provider: string, fault: Fault | null): Result<Provider>;
  /** What keeps watched folders from being worked with and which starts of schedules were refused, in plain words. */
  intakeTroubles(): string[];
  problems(): FileProblem[];
  /** Inputs in an agent's fixtures/, for rehearsal traffic. */
  definition(agent: string): AgentDefinition | undefined;
  taskRow(id: string): Task | undefined;
  endedSince(from: number): Iterable<TaskEnded>;
  /** Agents whose definition was first seen since then. */
  changedSince(from: number): string[];
  people: People;
  /** What of it is watched for silence. */
  watched: Watched;
  /** A task that backs off, or waits for a provider or integration, is tried now. */
  retryNow(id: string, by: Actor): Promise<Result<null>>;
  resubmit: OffspringDesk['resubmit'];
  fork: OffspringDesk['fork'];
  /** Looks for secrets again: one was set or removed. */
  refreshSecrets(): Promise<void>;
  start(): void;
  close(): Promise<void>;
};
