import type { z } from 'zod';
import type { Alert } from '#contract/alert.ts';
import type { AuditKind, AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type {
  HandoverNote,
  Incident,
  IncidentDraft,
  IncidentRole,
  incidentInputs,
  TimelineEntry,
} from '#contract/incident.ts';
import type { IncidentRow, Incidents } from '../../store/incident.ts';
import type { IncidentWork } from '../../store/incident-work.ts';
import { draftHandover } from './handover.ts';
import { actorOf, entryOf } from './incident.ts';
import { INCIDENT_LIFE } from './life.ts';
import type { Measure } from './measure.ts';
import { createMoves } from './moves.ts';
import type { Reader } from './reader.ts';
import { draftReview } from './review.ts';

type Input<Name extends keyof typeof incidentInputs> = z.infer<(typeof incidentInputs)[Name]>;

export type IncidentDeskOptions = {
  incidents: Incidents;
  work: IncidentWork;
  alertsOf(incident: number): Alert[];
  /** Its alerts follow what a person says of it. Both inside the commit. */
  alerts: { acknowledgeIncident(incident: number, by: Actor): void; closeIncident(incident: number, by: Actor): void };
  reader: Reader;
  measure: Measure;
  /** The stories of the runs of an incident, in Markdown, for its review. */
  runReports(incident: number): string[];
  commit<T>(work: () => T): Promise<T>;
  rehearsal: boolean;
  /** IANA name of the time zone that drafts are written in. */
  zone: string;
  now(): number;
  audit: AuditWrite;
  onChange(): void;
};

const KEPT = 'Nothing was changed.';
/** Roles that one person holds at a time. */
const SINGLE: readonly IncidentRole[] = ['commander', 'communications'];

/** What people do with incidents. Everything is checked again where it is written. */
export function createIncidentDesk(options: IncidentDeskOptions) {
  const { incidents, work, reader, measure, now } = options;
  const moves = createMoves(options);

  function tell(incident: number, kind: TimelineEntry['kind'], text: string, by: Actor): void {
    incidents.writeEntry({ incident, at: now(), kind, text, actor: JSON.stringify(by) });
  }

  function audit(incident: number, what: AuditKind, by: Actor, details: object = {}): void {
    options.audit({ by, what, subject: `incident ${incident}`, details });
  }

  /** Does `act` on an incident in a commit; it refuses by its result. @returns the incident as it stands then */
  async function change(id: number, act: (row: IncidentRow) => Result<number | undefined>): Promise<Result<Incident>> {
    const done = await options.commit(() => {
      const row = incidents.one(id);
      return row === undefined ? missing(id) : act(row);
    });
    if (!done.ok) return done;
    options.onChange();
    const row = incidents.one(typeof done.value === 'number' ? done.value : id);
    return row === undefined ? missing(id) : succeed(reader.card(row));
  }

  /** The same for one that stands for itself. */
  function changeOwn(id: number, act: (row: IncidentRow) => Result<number | undefined>): Promise<Result<Incident>> {
    return change(id, (row) => {
      const own = moves.ofItsOwn(row);
      return own.ok ? act(row) : own;
    });
  }

  function named(name: string | undefined, by: Actor): Actor {
    return name === undefined || name === by.name ? by : { name, via: by.via };
  }

  /** Puts a person into a role; a role for one person is left by whoever held it. @returns who did */
  function appoint(incident: number, role: IncidentRole, holder: Actor): string[] {
    const before = work.roles(incident).filter((row) => row.role === role && row.name !== holder.name);
    const left = SINGLE.includes(role) ? before : [];
    for (const { name } of left) work.dropRole(incident, role, name);
    work.writeRole(incident, { role, name: holder.name, actor: JSON.stringify(holder), since: now() });
    return left.map(({ name }) => name);
  }

  function review(row: IncidentRow): string {
    // How it began is in the oldest entries: none of them is left out.
    const detail = { ...reader.detail(row), timeline: incidents.timeline(row.id).map(entryOf) };
    const runs = reader.family(row).flatMap(({ id }) => options.runReports(id));
    return draftReview(detail, measure.figures(row), now(), options.zone, runs);
  }

  return {
    /** Opens one by hand. */
    async open(input: Input<'open'>, by: Actor): Promise<Result<Incident>> {
      const id = await options.commit(() => {
        const { title, agents, severity } = input;
        const opened = incidents.insert(title, now(), JSON.stringify(agents), options.rehearsal, severity);
        work.setOpenedBy(opened, JSON.stringify(by));
        tell(opened, 'status', `${by.name} opened it, ${input.severity}`, by);
        if (input.note !== undefined && input.note !== '') tell(opened, 'note', input.note, by);
        audit(opened, 'incident.opened', by, input);
        return opened;
      });
      options.onChange();
      const row = incidents.one(id);
      return row === undefined ? missing(id) : succeed(reader.card(row));
    },

    /** @returns the incident that is worked on: whoever answers an old message of one that was merged means that */
    acknowledge: (id: number, by: Actor): Promise<Result<Incident>> =>
      change(id, (named) => {
        const row = reader.standing(named);
        const state = INCIDENT_LIFE[row.state].acknowledge;
        const again = row.state === 'acknowledged' && actorOf(row.acknowledged_by)?.name === by.name;
        // Another person may have been first, or it is over: that is what they wanted.
        if (state === null && !again) return succeed(row.id);
        if (state !== null) work.setState({ ...row, state, acknowledged_by: JSON.stringify(by) });
        options.alerts.acknowledgeIncident(row.id, by);
        tell(row.id, 'note', `${by.name} acknowledged${again ? ' again' : ''}`, by);
        audit(row.id, 'incident.acknowledged', by);
        return succeed(row.id);
      }),

    note: (id: number, text: string, by: Actor): Promise<Result<Incident>> =>
      changeOwn(id, () => {
        tell(id, 'note', text, by);
        audit(id, 'incident.note', by, { text });
        return succeed(undefined);
      }),

    severity: ({ id, severity, reason }: Input<'severity'>, by: Actor): Promise<Result<Incident>> =>
      changeOwn(id, (row) => {
        if (row.severity === severity) return succeed(undefined);
        work.setSeverity(id, severity);
        audit(id, 'incident.severity', by, { from: row.severity, to: severity, reason: reason ?? null });
        const why = reason === undefined ? '' : `: ${reason}`;
        tell(id, 'status', `${by.name} changed its severity from ${row.severity} to ${severity}${why}`, by);
        const rises = severity < row.severity;
        const state = INCIDENT_LIFE[row.state].raised;
        if (rises && state !== null && actorOf(row.acknowledged_by)?.name !== by.name) {
          work.setState({ ...row, state, acknowledged_by: null });
          tell(id, 'status', 'its acknowledgement ended, because its severity rose', by);
        }
        return succeed(undefined);
      }),

    take: ({ id, role, holder }: Input<'take'>, by: Actor): Promise<Result<Incident>> =>
      changeOwn(id, () => {
        const person = named(holder, by);
        if (work.roles(id).some((row) => row.role === role && row.name === person.name)) return succeed(undefined);
        const left = appoint(id, role, person);
        const from = left.length === 0 ? '' : `, after ${left.join(' and ')}`;
        const text =
          person.name === by.name
            ? `${by.name} took the role ${role}`
            : `${by.name} gave ${person.name} the role ${role}`;
        tell(id, 'people', `${text}${from}`, by);
        audit(id, 'incident.role', by, { role, holder: person.name, left });
        return succeed(undefined);
      }),

    release: ({ id, role, holder }: Input<'release'>, by: Actor): Promise<Result<Incident>> =>
      changeOwn(id, () => {
        const { name } = named(holder, by);
        if (!work.roles(id).some((row) => row.role === role && row.name === name)) {
          return fail('CONFLICT', `${name} does not hold the role ${role} of incident ${id}.`, {
            kept: KEPT,
            todo: `Look who does: nightdesk incident show ${id}`,
          });
        }
        work.dropRole(id, role, name);
        tell(id, 'people', `${name} left the role ${role}`, by);
        audit(id, 'incident.role', by, { role, holder: null, left: [name] });
        return succeed(undefined);
      }),

    /** The role goes to another person, with what they have to know. */
    handOver: ({ id, role, to, note }: Input<'handOver'>, by: Actor): Promise<Result<Incident>> =>
      changeOwn(id, () => {
        const person = named(to, by);
        work.dropRole(id, role, by.name);
        appoint(id, role, person);
        work.writeHandover(id, {
          at: now(),
          role,
          actor: JSON.stringify(by),
          to_name: person.name,
          note: JSON.stringify(note),
        });
        tell(id, 'people', `${by.name} handed the role ${role} over to ${person.name}. Next: ${note.next}`, by);
        audit(id, 'incident.handover', by, { role, to: person.name, note });
        return succeed(undefined);
      }),

    handoverDraft(id: number): Result<HandoverNote> {
      const row = incidents.one(id);
      return row === undefined ? missing(id) : succeed(draftHandover(reader.detail(row)));
    },

    merge: ({ id, into }: Input<'merge'>, by: Actor): Promise<Result<Incident>> =>
      change(id, (row) => {
        const target = incidents.one(into);
        if (target === undefined) return missing(into);
        const merged = moves.merge(row, target, now(), by);
        if (merged.ok) audit(id, 'incident.merged', by, { into });
        return merged.ok ? succeed(into) : merged;
      }),

    split: ({ id, alerts, title }: Input<'split'>, by: Actor): Promise<Result<Incident>> =>
      change(id, (row) => {
        const split = moves.split(row, alerts, title, now(), by);
        if (split.ok) audit(id, 'incident.split', by, { alerts, title: title ?? null, into: split.value ?? null });
        return split;
      }),

    undo: ({ id, move }: Input<'undo'>, by: Actor): Promise<Result<Incident>> =>
      change(id, (row) => {
        const undone = moves.undo(row, move, now(), by);
        if (undone.ok) audit(id, 'incident.undone', by, { move });
        return undone;
      }),

    resolve: ({ id, reason, anyway }: Input<'resolve'>, by: Actor): Promise<Result<Incident>> =>
      changeOwn(id, (row) => {
        const state = INCIDENT_LIFE[row.state].resolve;
        if (state === null) {
          return fail('CONFLICT', `Incident ${id} is resolved already.`, { kept: KEPT, todo: 'Nothing.' });
        }
        const firing = options.alertsOf(id).filter((alert) => alert.state !== 'resolved');
        const still = `${firing.length} of its alerts still ${firing.length === 1 ? 'fires' : 'fire'}`;
        if (firing.length > 0 && !anyway) {
          return fail('CONFLICT', `${still}.`, {
            kept: KEPT,
            todo: 'Wait until they are over, silence them, or resolve it anyway.',
          });
        }
        measure.measure(row);
        const times = incidents.one(id) ?? row;
        work.setState({ ...times, state, resolved_at: now(), resolve_reason: reason });
        options.alerts.closeIncident(id, by);
        tell(id, 'status', `${by.name} resolved it: ${reason}${firing.length === 0 ? '' : `, although ${still}`}`, by);
        audit(id, 'incident.resolved', by, { reason, firing: firing.length });
        return succeed(undefined);
      }),

    reopen: ({ id, reason }: Input<'reopen'>, by: Actor): Promise<Result<Incident>> =>
      changeOwn(id, (row) => {
        const state = INCIDENT_LIFE[row.state].reopen;
        if (state === null) {
          return fail('CONFLICT', `Incident ${id} is not resolved.`, { kept: KEPT, todo: 'Nothing.' });
        }
        work.setState({
          ...row,
          state,
          resolved_at: null,
          resolve_reason: null,
          acknowledged_by: null,
          mitigated_at: null,
        });
        tell(id, 'status', `${by.name} reopened it: ${reason}`, by);
        audit(id, 'incident.reopened', by, { reason });
        return succeed(undefined);
      }),

    draft({ id, fresh }: Input<'draft'>): Result<IncidentDraft> {
      const row = incidents.one(id);
      if (row === undefined) return missing(id);
      const kept = work.draft(id);
      return succeed({
        incident: id,
        text: kept === undefined || fresh ? review(row) : kept.text,
        version: kept?.version ?? 0,
        editedAt: kept?.edited_at ?? null,
        editedBy: actorOf(kept?.actor ?? null),
      });
    },

    /** Keeps what was written over the draft, unless somebody else saved since. */
    async saveDraft({ id, text, version }: Input<'saveDraft'>, by: Actor): Promise<Result<IncidentDraft>> {
      const saved = await options.commit((): Result<IncidentDraft> => {
        if (incidents.one(id) === undefined) return missing(id);
        const kept = work.draft(id);
        if ((kept?.version ?? 0) !== version) {
          const who = actorOf(kept?.actor ?? null)?.name ?? 'Somebody';
          return fail('CONFLICT', `${who} saved this review since you opened it.`, {
            kept: 'Your text is not saved; theirs is.',
            todo: 'Read theirs, and save yours over it if it should stand.',
          });
        }
        const at = now();
        work.writeDraft({ incident: id, text, version: version + 1, edited_at: at, actor: JSON.stringify(by) });
        audit(id, 'incident.review', by, { version: version + 1, characters: text.length });
        return succeed({ incident: id, text, version: version + 1, editedAt: at, editedBy: by });
      });
      if (saved.ok) options.onChange();
      return saved;
    },
  };
}
export type IncidentDesk = ReturnType<typeof createIncidentDesk>;

function missing(id: number): ReturnType<typeof fail> {
  return fail('NOT_FOUND', `There is no incident ${id}.`, {
    kept: KEPT,
    todo: 'Look at the list: nightdesk incidents',
  });
}
