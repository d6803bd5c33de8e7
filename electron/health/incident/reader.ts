import type { Alert } from '#contract/alert.ts';
import type { Change, Incident, IncidentDetail } from '#contract/incident.ts';
import { handoverNoteSchema } from '#contract/incident.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import type { IncidentRow, Incidents } from '../../store/incident.ts';
import type { IncidentWork, MoveRow } from '../../store/incident-work.ts';
import type { Changelog } from './changelog.ts';
import { actorOf, agentsOf, entryOf, incidentOf } from './incident.ts';
import { spanWords } from './words.ts';

/** How far before an incident a change may be its cause, ms. */
const BEFORE_MS = 6 * 3_600_000;

export type ReaderOptions = {
  incidents: Incidents;
  work: IncidentWork;
  changelog: Changelog;
  alertsOf(incident: number): Alert[];
  snapshot(): RuntimeSnapshot;
  /** Agents whose definition changed since a moment, by what the runner knows: older than the log of changes. */
  changedSince(from: number): string[];
  runbooksFor(rule: string): Incident['runbooks'];
  openRun(incident: number): Incident['run'];
  /** What it costs, in one line. */
  touches(row: IncidentRow): string;
  now(): number;
};

/** Incidents as they are read: cards for lists, all of one for its page. */
export function createReader(options: ReaderOptions) {
  const { incidents, work, changelog } = options;

  /** It and those that were merged into it: their runs are its runs. */
  function family(row: IncidentRow): IncidentRow[] {
    return [row, ...work.merged(row.id).flatMap(family)];
  }

  /** The one that is worked on: a merged one points on. */
  function standing(row: IncidentRow): IncidentRow {
    const into = row.merged_into === null ? undefined : incidents.one(row.merged_into);
    return into === undefined ? row : standing(into);
  }

  function card(row: IncidentRow): Incident {
    const alerts = options.alertsOf(row.id);
    const rules = new Set(alerts.map((alert) => alert.rule));
    const runs = family(row).map(({ id }) => options.openRun(id));
    return incidentOf(row, alerts, incidents.actions(row.id), work.roles(row.id), {
      runbooks: once([...rules].flatMap(options.runbooksFor)),
      run: runs.find((run) => run !== null) ?? null,
      touches: options.touches(row),
      changed: changed(row),
    });
  }

  /** Whether a change may have to do with an incident. */
  function concernsOf(row: IncidentRow): (change: Change) => boolean {
    const agents = new Set(agentsOf(row));
    const routes = options.snapshot().agents.filter((agent) => agents.size === 0 || agents.has(agent.name));
    const providers = new Set(routes.flatMap(({ route }) => route.map((model) => model.split('/')[0] ?? model)));
    return ({ kind, subject }) => {
      if (kind === 'settings' || agents.size === 0) return true;
      return kind === 'provider' ? providers.has(subject) : agents.has(subject);
    };
  }

  /** The nearest change before it that concerns it, and how many more there were. */
  function changed(row: IncidentRow): string {
    const before = changelog.own(row.opened_at - BEFORE_MS, row.opened_at).filter(concernsOf(row));
    const [nearest] = before;
    if (nearest !== undefined) {
      const more = before.length === 1 ? '' : `; ${before.length - 1} more in 6 h`;
      return `${changeText(nearest)}, ${spanWords(row.opened_at - nearest.at)} before${more}`;
    }
    const names = options.changedSince(row.opened_at - BEFORE_MS);
    return names.length === 0 ? 'nothing of yours in 6 h' : `in the 6 h before: ${names.join(', ')}`;
  }

  function detail(row: IncidentRow): IncidentDetail {
    const move = work.lastMove(row.id);
    const concerns = concernsOf(row);
    const until = row.resolved_at ?? options.now();
    return {
      ...card(row),
      timeline: incidents.entries(row.id).map(entryOf),
      changes: changelog
        .between(row.opened_at - BEFORE_MS, until)
        .map((change) => ({ ...change, concerns: concerns(change) })),
      merged: work.merged(row.id).map(({ id, title }) => ({ id, title })),
      handovers: work.handovers(row.id).flatMap(({ at, role, actor, to_name, note }) => {
        const from = actorOf(actor);
        return from === null ? [] : [{ at, role, from, to: to_name, note: handoverNoteSchema.parse(JSON.parse(note)) }];
      }),
      lastMove: move === undefined ? null : { id: move.id, text: moveText(move) },
    };
  }

  return { card, detail, family, standing };
}
export type Reader = ReturnType<typeof createReader>;

/** One runbook may answer several of its alerts. */
function once(runbooks: Incident['runbooks']): Incident['runbooks'] {
  return [...new Map(runbooks.map((runbook) => [runbook.name, runbook])).values()];
}

/** A change with whom it happened to. */
export function changeText({ kind, subject, text }: Change): string {
  switch (kind) {
    case 'definition':
      return `definition of ${subject} ${text}`;
    case 'settings':
      return `${subject}: ${text}`;
    // These name whom they happened to.
    case 'provider':
    case 'intervention':
    case 'objective':
      return text;
  }
}

function moveText({ kind, source, target }: MoveRow): string {
  return kind === 'merge'
    ? `incident ${source} was merged into ${target}`
    : `incident ${target} was split off ${source}`;
}
