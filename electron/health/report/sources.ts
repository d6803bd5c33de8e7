import type { Change } from '#contract/incident.ts';
import type { ObjectiveInForce } from '#contract/objective.ts';
import type { ReportAgent } from '#contract/report.ts';
import type { IncidentWork } from '../../store/incident-work.ts';
import type { Reports } from '../../store/report.ts';
import { agentsOf, timesOf } from '../incident/incident.ts';
import { spansOf, statOf } from '../incident/times.ts';
import { addBucket, type Bucket } from '../indicator/bucket.ts';
import { HOUR_MS, type LiveRollups } from '../indicator/rollups.ts';
import type { ReportSources } from './data.ts';

export type SourcesOptions = {
  store: Pick<Reports, 'incidents' | 'alerts'>;
  work: Pick<IncidentWork, 'openedIn'>;
  rollups: Pick<LiveRollups, 'past'>;
  agents(): ReportSources['agents'];
  objectiveOf(agent: string): ObjectiveInForce;
  overdueOf: ReportSources['overdueOf'];
  unknownOf: ReportSources['unknownOf'];
  correctness(): Iterable<[string, NonNullable<ReportAgent['correctness']>]>;
  changes(from: number, to: number): Change[];
  /** Events refused at ingest, ever. */
  dropped(): number;
  rehearsal: boolean;
  now(): number;
};

/** What a report is made of, as it stands when it is asked for. */
export function createSources(options: SourcesOptions) {
  const { store, work, now } = options;

  /** [from, to), the hours of it from hours and the rest from minutes: not every zone begins its days with an hour. */
  function sum(agent: string, from: number, to: number): Bucket {
    const { past } = options.rollups;
    const first = Math.min(to, Math.ceil(from / HOUR_MS) * HOUR_MS);
    const last = Math.max(first, Math.floor(to / HOUR_MS) * HOUR_MS);
    const total = past('minute', agent, from, first);
    if (last > first) addBucket(total, past('hour', agent, first, last));
    if (to > last) addBucket(total, past('minute', agent, last, to));
    return total;
  }

  return (): ReportSources => {
    return {
      agents: options.agents(),
      objectiveOf: options.objectiveOf,
      overdueOf: options.overdueOf,
      unknownOf: options.unknownOf,
      correctness: new Map(options.correctness()),
      sum,
      incidents: (from, to) =>
        store.incidents(from, to).map((row) => ({
          id: row.id,
          title: row.title,
          severity: row.severity,
          agents: agentsOf(row),
          times: timesOf(row),
          rehearsal: row.rehearsal === 1,
          resolution: row.resolve_reason,
        })),
      times(from, to) {
        const until = Math.min(to, now());
        const spans = work.openedIn(from, to, options.rehearsal).map((row) => spansOf(timesOf(row), until));
        return {
          from,
          to,
          rehearsal: options.rehearsal,
          incidents: spans.length,
          detect: statOf(spans.map(({ detect }) => detect)),
          mitigate: statOf(spans.map(({ mitigate }) => mitigate)),
          resolve: statOf(spans.map(({ resolve }) => resolve)),
        };
      },
      alerts: (from, to) =>
        store.alerts(from, to).map((row) => ({
          rule: row.rule,
          isPage: row.severity === 'page',
          told: row.told === 1,
          answered: row.acknowledged_at !== null || row.acted === 1,
        })),
      changes: (from, to) =>
        options
          .changes(from, to - 1)
          .map(({ at, subject, text }) => ({ at, subject, text }))
          .toReversed(),
      dropped: options.dropped(),
    };
  };
}
