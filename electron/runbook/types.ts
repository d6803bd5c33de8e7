import type { FileProblem } from '#contract/agent.ts';
import type { Alert } from '#contract/alert.ts';
import type { Actor } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import type { Rate } from '#contract/health.ts';
import type { Incident, TimelineEntry } from '#contract/incident.ts';
import type { Run, Runbook, RunbookSummary, RunCommand, RunDetail } from '#contract/runbook.ts';
import type { Runtime } from '#contract/runtime.ts';
import type { Database } from '../store/open.ts';

/** What exists on this desk: what a runbook may name. */
export type Known = { agents: string[]; providers: string[]; alerts: string[] };

/** Calls back once after `ms`. @returns a function that takes it back */
export type Schedule = (ms: number, call: () => void) => () => void;

/**
 * Sends one message to a channel.
 * @param key the same key is not sent twice
 * @returns one line that says where it went
 */
export type Notify = (channel: string, text: string, key: string) => Promise<Result<string>>;

export type RunbooksOptions = {
  store: { db: Database; commit<T>(work: () => T): Promise<T> };
  /** Folders with runbook files; of two files with one name the later folder's is used. */
  folders: string[];
  runtime: Runtime;
  measure: {
    rate(agent: string, windowMs: number): Rate;
    /** Undefined when the rule has never been evaluated: no data. */
    alertState(rule: string, about: string | undefined): 'firing' | 'resolved' | undefined;
  };
  /** The alert an incident is about, for a run's inputs. */
  alertFor(incident: number): Alert | undefined;
  notify: Notify;
  known(): Known;
  rehearsal: boolean;
  now(): number;
  /** Timers; the real ones when absent. Tests give their own and need no sleeps. */
  schedule?: Schedule;
  /** These runs changed. Called after the change is on the disk. */
  onChange(runIds: number[]): void;
  /** For the timeline of an incident. */
  onEntry(incident: number, entry: TimelineEntry): void;
};

export type StartRequest = { runbook: string; incident?: number | undefined; inputs: Record<string, string> };

/** Runbooks on file and their runs. */
export type Runbooks = {
  list(): RunbookSummary[];
  get(name: string): Result<Runbook>;
  /** Faults of all files as they stand now. */
  lint(): FileProblem[];
  /** The runbooks that answer an alert rule, best first. */
  forAlert(rule: string): { name: string; title: string }[];
  start(request: StartRequest, by: Actor): Promise<Result<RunDetail>>;
  getRun(id: number): Result<RunDetail>;
  listRuns(incident?: number): Run[];
  /** Does one thing to a run. Answers after it is durable, not after its effect was seen. */
  command(id: number, command: RunCommand, by: Actor): Promise<Result<RunDetail>>;
  /** The run in progress on an incident, for its card. */
  openRun(incident: number): Incident['run'];
  /** Picks up the runs that were in progress when the desk went down. Call once, at start. */
  resumeAll(): Promise<void>;
  close(): Promise<void>;
};
