import type { AnyRouter } from '@orpc/server';
import type { AuditEntry } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import type { About } from '#contract/rpc.ts';
import type { Settings } from '#contract/settings.ts';
import type { ForkWorker } from '../runner/fork.ts';

export type { ForkWorker } from '../runner/fork.ts';

/** What a host says of a connection; every call of that connection carries it. */
export type Connection = {
  /** The person behind it, as the connection says. */
  actor: Actor;
  /** Who that is for certain: by session or token, whatever a command line claims. Approvals count these. */
  person: string;
  /** Settles when the transport has sent enough of what it holds: the back-pressure of subscriptions. */
  drained(): Promise<void>;
};

export type DeskOptions = {
  dataFolder: string;
  /** Folders with agent files; the shipped samples and the team's own. */
  agentFolders: string[];
  runbookFolders: string[];
  /** Tries out one agent file, alone and in silence, under these settings; null on every other day. */
  trial: { file: string; settings: Settings } | null;
  rehearsal: boolean;
  /** Tasks a minute of the rehearsal's traffic generator for each agent; 0 for none. */
  trafficPerMinute: number;
  workers: number;
  /** The file of the thread that checkpoints and backs up: its source, or built. */
  upkeepEntry: string;
  host: About['host'];
  version: string;
  user: string;
  /** Where browsers find the console; null while nowhere. */
  address(): string | null;
  forkWorker: ForkWorker;
  env: NodeJS.ProcessEnv;
  /** Writes one line of the host's log. */
  log(message: string): void;
};

/** The running desk: one router for every host. */
export type Desk = {
  router: AnyRouter;
  about(): About;
  /** The name of the ingest token with which somebody comes; undefined where it is none. */
  senderOf(token: string): string | undefined;
  /** Adds to the audit log what a host did. */
  tell(entry: AuditEntry): void;
  /** Stops intake, lets workers finish their step, closes the database. */
  close(): Promise<void>;
};
