import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import type { IngestAnswer } from '#contract/event.ts';
import type { AgentHealth, BoardWindow, EndsBucket, IngestCounts, Rate, Rebuilt } from '#contract/health.ts';
import type { Incident, IncidentDetail, TimelineEntry } from '#contract/incident.ts';
import type { RuntimeEvent, RuntimeSnapshot, TaskEnded } from '#contract/runtime.ts';
import type { Settings } from '#contract/settings.ts';
import type { Committer } from '../store/committer.ts';
import type { Database } from '../store/open.ts';
import type { AlertPart, RulesInForce } from './alert/index.ts';
import type { Delivery } from './delivery/index.ts';
import type { IncidentPart } from './incident/index.ts';
import type { ObjectivePart } from './objective/index.ts';
import type { ReportPart } from './report/index.ts';
import type { Sampling } from './sample/index.ts';
import type { Silence, SilenceRuntime } from './silence/index.ts';

export type HealthOptions = {
  store: { db: Database; commit: Committer['commit'] };
  runtime: { snapshot(): RuntimeSnapshot; watch(listener: (events: RuntimeEvent[]) => void): () => void };
  /** Ends on the disk from a moment on, to count again after a crash. */
  endedSince(from: number): Iterable<TaskEnded>;
  /** Agents whose definition changed since a moment. */
  changedSince(from: number): string[];
  runbooksFor(rule: string): Incident['runbooks'];
  openRun(incident: number): Incident['run'];
  /** The stories of the runs of an incident, in Markdown, for its review. */
  runReports(incident: number): string[];
  /** Alert rules of files. */
  alertRules(): RulesInForce;
  /** nightdesk.yaml as it is in force; the same object as long as nothing changed. */
  settings(): Settings;
  /** What is watched for silence. */
  silence: SilenceRuntime;
  /** Carries what people are told. */
  delivery: Pick<Delivery, 'put' | 'signals'>;
  dataFolder: string;
  version: string;
  /** Adds to the audit log, inside the commit of what it tells. */
  audit: AuditWrite;
  log(message: string): void;
  rehearsal: boolean;
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
  random(): number;
  onChange(): void;
};

export type Health = {
  board(window: BoardWindow): {
    agents: Record<string, AgentHealth>;
    ends: Record<string, EndsBucket>;
    bucketMs: number;
  };
  /** What other runtimes tell, at most EVENTS_MAX at once. */
  ingest(events: readonly unknown[]): Promise<Result<IngestAnswer>>;
  /** What was ever told; null while nothing was. */
  ingested(): IngestCounts | null;
  /** Counts closed hours again from their events. */
  rebuild(): Promise<Rebuilt>;
  /** Success of an agent in the last `windowMs`, to the minute. */
  rate(agent: string, windowMs: number): Rate;
  /** Accepted to end of 95 of 100 tasks in the last `windowMs`, ms; null without data. */
  p95(agent: string, windowMs: number): number | null;
  /** Age of the oldest task in its queue, ms: 0 where none waits; null where there is no such agent. */
  oldest(agent: string): number | null;
  incidents(openOnly: boolean): Incident[];
  incident(id: number): IncidentDetail | undefined;
  acknowledge(id: number, by: Actor): Promise<Result<Incident>>;
  note(id: number, text: string, by: Actor): Promise<Result<Incident>>;
  addEntry(id: number, entry: TimelineEntry): void;
  /** What people do with incidents, what became of them, and what changed. */
  incidentPart: Pick<IncidentPart, 'desk' | 'family' | 'chart' | 'stats' | 'changes'>;
  alerts: AlertPart;
  /** What is promised of agents, and how they stand against it. */
  objectives: Pick<ObjectivePart, 'inForce' | 'standing' | 'standings' | 'preview' | 'set' | 'clear'>;
  silence: Pick<Silence, 'view' | 'relearn' | 'troubles'>;
  /** What people are shown to say whether it was right, and what follows from it. */
  samples: Pick<Sampling, 'list' | 'get' | 'judge' | 'undo' | 'correctness'>;
  reports: Omit<ReportPart, 'tick'>;
  /** Undefined when the rule never fired about this provider, integration or agent: no data. */
  alertState(rule: string, about: string | undefined): 'firing' | 'resolved' | undefined;
  start(): void;
  close(): Promise<void>;
};
