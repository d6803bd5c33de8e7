/*
 * Incidents: what on-call works on. life.ts, times.ts, difference.ts, handover.ts and review.ts are pure; changelog.ts knows what
 * changed and when, measure.ts what it did to tasks, moves.ts merges and splits, desk.ts does what people ask. The rest of
 * health talks to `createIncidentPart`.
 */
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import type { HealthState } from '#contract/health.ts';
import type {
  Change,
  Incident,
  IncidentChart,
  IncidentDetail,
  IncidentStats,
  TimelineEntry,
} from '#contract/incident.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import { prepareChanges } from '../../store/change.ts';
import type { Committer } from '../../store/committer.ts';
import type { Incidents } from '../../store/incident.ts';
import { prepareIncidentWork } from '../../store/incident-work.ts';
import type { Database } from '../../store/open.ts';
import { createChangelog } from './changelog.ts';
import { createIncidentDesk, type IncidentDesk, type IncidentDeskOptions } from './desk.ts';
import { agentsOf } from './incident.ts';
import { createMeasure, type MeasureOptions } from './measure.ts';
import { createReader, type ReaderOptions } from './reader.ts';

export type IncidentPartOptions = Pick<MeasureOptions, 'minutes' | 'objectives'> &
  Pick<ReaderOptions, 'alertsOf' | 'changedSince' | 'runbooksFor' | 'openRun' | 'touches'> & {
    store: { db: Database; commit: Committer['commit'] };
    incidents: Incidents;
    /** The stories of the runs of an incident, in Markdown, for its review. */
    runReports(incident: number): string[];
    alerts: IncidentDeskOptions['alerts'];
    snapshot(): RuntimeSnapshot;
    settings(): object;
    rehearsal: boolean;
    now(): number;
    audit: AuditWrite;
    onChange(): void;
    /** Runs `work` in a commit, after those before, as often as it takes. */
    keep(work: () => void): void;
    log(message: string): void;
  };

/** Everything about incidents that the rest of health and the router ask for. */
export type IncidentPart = {
  desk: IncidentDesk;
  list(openOnly: boolean): Incident[];
  get(id: number): IncidentDetail | undefined;
  /** An incident and those that were merged into it: their runs are its runs. */
  family(id: number): number[];
  chart(id: number): IncidentChart | undefined;
  stats(days: number, rehearsal: boolean): IncidentStats;
  /** What changed in [from, to], newest first. */
  changes(from: number, to: number): Change[];
  /** Adds an entry; one of a merged incident goes to where it was merged. */
  addEntry(id: number, entry: TimelineEntry): void;
  /** Something was done to an agent's lane. */
  intervened(agent: string, text: string, by: Actor): void;
  /** The health of an agent changed, and why. */
  healthMoved(agent: string, from: HealthState, to: HealthState, reason: string): void;
  load(): void;
  tick(): void;
  close(): Promise<void>;
};

/** Incidents one list shows at most. */
const LISTED = 200;

export function createIncidentPart(options: IncidentPartOptions): IncidentPart {
  const { incidents, now, store } = options;
  const work = prepareIncidentWork(store.db);
  /** Settles when everything that was begun is written, or refused. */
  let begun: Promise<unknown> = Promise.resolve();

  function commit<T>(change: () => T): Promise<T> {
    const written = store.commit(change);
    begun = Promise.allSettled([begun, written]);
    return written;
  }

  const changelog = createChangelog({
    ...options,
    store: prepareChanges(store.db),
    commit,
    agents: () => options.snapshot().agents,
  });
  const reader = createReader({ ...options, work, changelog });
  const measure = createMeasure({ ...options, work, commit });
  const desk = createIncidentDesk({
    ...options,
    work,
    reader,
    measure,
    commit,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });

  /** Inside a commit. */
  function write(incident: number, { at, kind, text, by }: TimelineEntry): void {
    incidents.writeEntry({ incident, at, kind, text, actor: by === null ? null : JSON.stringify(by) });
  }

  function addEntry(id: number, entry: TimelineEntry): void {
    options.keep(() => {
      // Decided where it is written: a merge may have come first.
      const row = incidents.one(id);
      if (row !== undefined) write(reader.standing(row).id, entry);
    });
  }

  /** Tells every open incident that concerns an agent: those that are open where it is written, after what was told before. */
  function tellOf(agent: string, entry: TimelineEntry): void {
    options.keep(() => {
      for (const row of incidents.open()) if (agentsOf(row).includes(agent)) write(row.id, entry);
    });
  }

  return {
    desk,
    list: (openOnly) => (openOnly ? incidents.open() : incidents.recent(LISTED)).map(reader.card),
    get(id) {
      const row = incidents.one(id);
      return row && reader.detail(row);
    },
    family(id) {
      const row = incidents.one(id);
      return row === undefined ? [id] : reader.family(row).map((one) => one.id);
    },
    chart(id) {
      const row = incidents.one(id);
      return row && measure.chart(row);
    },
    stats: measure.stats,
    changes: changelog.between,
    addEntry,
    intervened(agent, text, by) {
      const at = now();
      options.keep(() => changelog.write({ at, kind: 'intervention', subject: agent, text, by }));
      tellOf(agent, { at, kind: 'action', text, by });
    },
    healthMoved(agent, from, to, reason) {
      const text = `${agent}: ${from.replaceAll('-', ' ')} -> ${to.replaceAll('-', ' ')}, ${reason}`;
      tellOf(agent, { at: now(), kind: 'health', text, by: null });
    },
    load: changelog.load,
    tick() {
      changelog.look();
      measure.tick();
    },
    async close() {
      await begun;
    },
  };
}
