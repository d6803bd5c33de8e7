import type { Alert } from '#contract/alert.ts';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor, Json } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import type { Rate } from '#contract/health.ts';
import type { Incident, TimelineEntry } from '#contract/incident.ts';
import type { DryRun, RollBackPlan, Run, Runbook, RunbookSummary, RunCommand, RunDetail } from '#contract/runbook.ts';
import type { Finding } from '#contract/runbook-lint.ts';
import type { Runtime } from '#contract/runtime.ts';
import type { Settings } from '#contract/settings.ts';
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

/** Tasks with a known answer, for steps that `run` one. */
export type Canaries = {
  /** Of the agent's own file. NOT_FOUND where it names none. */
  known(agent: string): Result<{ input: Json; expect: Json }>;
  /** The same key is one task. It counts in no number of its agent. */
  submit(agent: string, input: Json, key: string): Promise<Result<{ id: string }>>;
};

export type RunbooksOptions = {
  store: { db: Database; commit<T>(work: () => T): Promise<T>; audit: AuditWrite };
  /** Folders with runbook files; of two files with one name the later folder's is used. */
  folders: string[];
  runtime: Runtime;
  measure: {
    rate(agent: string, windowMs: number): Rate;
    /** Accepted to end of 95 of 100 tasks, ms; null without data. */
    p95(agent: string, windowMs: number): number | null;
    /** Age of the oldest queued task, ms: 0 where none waits; null where nothing is known of the agent. */
    oldest(agent: string): number | null;
    /** Undefined when the rule has never been evaluated: no data. */
    alertState(rule: string, about: string | undefined): 'firing' | 'resolved' | undefined;
  };
  /** The alert an incident is about, for a run's inputs: the first of these rules, else the first. */
  alertFor(incident: number, rules: string[]): Alert | undefined;
  /** An incident as it stands, for `show`. */
  incident(id: number): Pick<Incident, 'title' | 'state' | 'severity' | 'openedAt' | 'alerts'> | undefined;
  notify: Notify;
  canaries: Canaries;
  /** What runbooks may do beyond the runtime, as it is in force. */
  settings(): Settings['runbooks'];
  /** Puts *** in place of every secret. */
  mask(text: string): string;
  known(): Known;
  rehearsal: boolean;
  now(): number;
  /** Timers; the real ones when absent. Tests give their own and need no sleeps. */
  schedule?: Schedule;
  /** One line for the log of the desk: something went wrong that no run can tell. */
  log(line: string): void;
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
  lint(): Finding[];
  /** The runbooks that answer an alert rule, best first. */
  forAlert(rule: string): { name: string; title: string }[];
  start(request: StartRequest, by: Actor): Promise<Result<RunDetail>>;
  getRun(id: number): Result<RunDetail>;
  listRuns(incident?: number): Run[];
  /**
   * Does one thing to a run. Answers after it is durable, not after its effect was seen.
   * @param person who it is for certain, for approvals: a name that a command line claims is not enough. `by` when left out
   */
  command(id: number, command: RunCommand, by: Actor, person?: string): Promise<Result<RunDetail>>;
  /** What a run would do now. Nothing is changed or written. */
  dryRun(request: StartRequest): Result<DryRun>;
  /** The same of a runbook that is in no file yet. */
  tryOut(runbook: Runbook, inputs: Record<string, string>): Result<DryRun>;
  /** What rolling back to a step would undo, the last first. */
  rollBackPlan(id: number, step: string): Result<RollBackPlan>;
  /** The story of a run in Markdown, with a proposed edit of its runbook. */
  report(id: number): Result<string>;
  /** The stories of an incident's runs, for its review. */
  reportsOf(incident: number): string[];
  /** Somebody has a run open. @returns a function for when no longer */
  viewed(id: number, person: string): () => void;
  /** Somebody is at this desk: whether there is a second person to approve. */
  met(person: string): void;
  /** The run in progress on an incident, for its card. */
  openRun(incident: number): Incident['run'];
  /** Picks up the runs that were in progress when the desk went down. Call once, at start. */
  resumeAll(): Promise<void>;
  close(): Promise<void>;
};
