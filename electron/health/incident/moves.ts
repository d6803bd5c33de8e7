import { z } from 'zod';
import type { Alert } from '#contract/alert.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { IncidentRow, Incidents } from '../../store/incident.ts';
import type { IncidentWork } from '../../store/incident-work.ts';
import { agentsOf } from './incident.ts';

/*
 * Merging and splitting incidents. A merge moves alerts and timeline, and the merged one points to the other; runs follow the
 * pointer. The newest move of an incident can be undone. Everything here runs inside a commit.
 */

/** What a move has to remember to be undone. */
const bodySchema = z.object({
  alerts: z.array(z.string()),
  entries: z.array(z.number().int()),
  /** The source of a merge as it stood. */
  source: z
    .object({
      state: z.enum(['open', 'acknowledged', 'resolved']),
      resolvedAt: z.number().nullable(),
      resolveReason: z.string().nullable(),
      acknowledgedBy: z.string().nullable(),
      mitigatedAt: z.number().nullable(),
    })
    .nullable(),
  /** The agents of the target before. */
  targetAgents: z.array(z.string()),
});
type Body = z.infer<typeof bodySchema>;

const KEPT = 'Nothing was changed.';

export type MovesOptions = { incidents: Incidents; work: IncidentWork; alertsOf(incident: number): Alert[] };

export function createMoves({ incidents, work, alertsOf }: MovesOptions) {
  function tell(incident: number, at: number, text: string, by: Actor): void {
    incidents.writeEntry({ incident, at, kind: 'status', text, actor: JSON.stringify(by) });
  }

  /** @returns a refusal for one that was merged: what is done to it is done to the other */
  function ofItsOwn(row: IncidentRow): Result<undefined> {
    if (row.merged_into === null) return succeed(undefined);
    return fail('CONFLICT', `Incident ${row.id} was merged into ${row.merged_into}.`, {
      kept: KEPT,
      todo: `Work on incident ${row.merged_into}, or undo the merge there.`,
    });
  }

  /** Resolves it when all its alerts are over, as they would have done. */
  function settle(row: IncidentRow, at: number): void {
    const alerts = alertsOf(row.id);
    if (row.state === 'resolved' || alerts.length === 0 || alerts.some((alert) => alert.state !== 'resolved')) return;
    const ends = alerts.map((alert) => alert.resolvedAt ?? at);
    work.setState({ ...row, state: 'resolved', resolved_at: Math.max(row.opened_at, ...ends) });
  }

  function merge(source: IncidentRow, target: IncidentRow, at: number, by: Actor): Result<undefined> {
    for (const row of [source, target]) {
      const own = ofItsOwn(row);
      if (!own.ok) return own;
    }
    if (source.id === target.id || source.rehearsal !== target.rehearsal) {
      const why = source.id === target.id ? 'An incident is not merged into itself.' : 'One of the two is a rehearsal.';
      return fail('CONFLICT', why, { kept: KEPT, todo: 'Name two incidents of the same kind.' });
    }
    const agents = agentsOf(target);
    const body: Body = {
      alerts: alertsOf(source.id).map((alert) => alert.id),
      entries: work.entryIds(source.id),
      source: {
        state: source.state,
        resolvedAt: source.resolved_at,
        resolveReason: source.resolve_reason,
        acknowledgedBy: source.acknowledged_by,
        mitigatedAt: source.mitigated_at,
      },
      targetAgents: agents,
    };
    work.moveAlerts(body.alerts, target.id);
    work.moveEntries(body.entries, target.id);
    work.setAgents(target.id, [...new Set([...agents, ...agentsOf(source)])]);
    work.setMerged(source.id, target.id);
    const reason = `merged into incident ${target.id}`;
    work.setState({ ...source, state: 'resolved', resolved_at: source.resolved_at ?? at, resolve_reason: reason });
    // What still hurts is not over because the incident it came to was.
    if (target.state === 'resolved' && source.state !== 'resolved') {
      work.setState({
        ...target,
        state: source.state,
        resolved_at: null,
        resolve_reason: null,
        acknowledged_by: source.acknowledged_by,
      });
    }
    const move = { source: source.id, target: target.id, at, actor: JSON.stringify(by) };
    work.writeMove({ ...move, kind: 'merge', body: JSON.stringify(body) });
    tell(source.id, at, `${by.name} merged it into incident ${target.id}`, by);
    tell(target.id, at, `${by.name} merged incident ${source.id} into it: ${source.title}`, by);
    return succeed(undefined);
  }

  /** @returns the number of the new incident */
  function split(
    source: IncidentRow,
    chosen: string[],
    title: string | undefined,
    at: number,
    by: Actor,
  ): Result<number> {
    const own = ofItsOwn(source);
    if (!own.ok) return own;
    const alerts = alertsOf(source.id);
    const leaving = alerts.filter((alert) => chosen.includes(alert.id));
    if (leaving.length < new Set(chosen).size || leaving.length === alerts.length) {
      const why = leaving.length === alerts.length ? 'Nothing would be left in it.' : 'It has no such alert.';
      return fail('CONFLICT', `Incident ${source.id} cannot be split so. ${why}`, {
        kept: KEPT,
        todo: `Look at its alerts: nightdesk incident show ${source.id}`,
      });
    }
    const named = leaving.flatMap((alert) => labelledAgent(alert));
    const agents = named.length === 0 ? agentsOf(source) : [...new Set(named)];
    const openedAt = Math.min(...leaving.map((alert) => alert.firedAt));
    const name = title ?? leaving[0]?.summary ?? source.title;
    const id = incidents.insert(name, openedAt, JSON.stringify(agents), source.rehearsal === 1, source.severity);
    work.moveAlerts(
      leaving.map((alert) => alert.id),
      id,
    );
    const row = incidents.one(id);
    if (row !== undefined && source.acknowledged_by !== null) {
      work.setState({ ...row, state: 'acknowledged', acknowledged_by: source.acknowledged_by });
    }
    const body: Body = { alerts: leaving.map((alert) => alert.id), entries: [], source: null, targetAgents: agents };
    const move = { source: source.id, target: id, at, actor: JSON.stringify(by) };
    work.writeMove({ ...move, kind: 'split', body: JSON.stringify(body) });
    tell(id, at, `${by.name} split it off incident ${source.id}, whose timeline holds what was before`, by);
    tell(source.id, at, `${by.name} split incident ${id} off: ${name}`, by);
    for (const one of [incidents.one(source.id), incidents.one(id)]) if (one !== undefined) settle(one, at);
    return succeed(id);
  }

  /** Undoes the newest move of an incident. */
  function undo(row: IncidentRow, moveId: number, at: number, by: Actor): Result<undefined> {
    const move = work.lastMove(row.id);
    const [source, target] = move === undefined ? [] : [incidents.one(move.source), incidents.one(move.target)];
    const ends = [source, target].map((one) => (one === undefined ? undefined : work.lastMove(one.id)?.id));
    if (move?.id !== moveId || source === undefined || target === undefined || ends.some((id) => id !== moveId)) {
      return fail('CONFLICT', 'Only the newest merge or split of both incidents can be undone.', {
        kept: KEPT,
        todo: `Look at it again: nightdesk incident show ${row.id}`,
      });
    }
    const body = bodySchema.parse(JSON.parse(move.body));
    work.undoMove(move.id, at);
    if (move.kind === 'split') {
      // What was written there meanwhile goes with it.
      work.moveEntries(work.entryIds(target.id), source.id);
      work.moveAlerts(
        alertsOf(target.id).map((alert) => alert.id),
        source.id,
      );
      work.setMerged(target.id, source.id);
      const reason = `taken back into incident ${source.id}`;
      work.setState({ ...target, state: 'resolved', resolved_at: target.resolved_at ?? at, resolve_reason: reason });
      if (source.state === 'resolved' && target.state !== 'resolved') {
        work.setState({ ...source, state: 'open', resolved_at: null, resolve_reason: null, acknowledged_by: null });
      }
      tell(source.id, at, `${by.name} took incident ${target.id} back into it`, by);
      return succeed(undefined);
    }
    work.moveAlerts(body.alerts, source.id);
    work.moveEntries(body.entries, source.id);
    work.setMerged(source.id, null);
    work.setAgents(target.id, body.targetAgents);
    if (body.source !== null) {
      const { state, resolvedAt, resolveReason, acknowledgedBy, mitigatedAt } = body.source;
      const before = {
        ...source,
        state,
        resolved_at: resolvedAt,
        resolve_reason: resolveReason,
        acknowledged_by: acknowledgedBy,
        mitigated_at: mitigatedAt,
      };
      work.setState(before);
      settle(before, at);
    }
    settle(target, at);
    tell(source.id, at, `${by.name} undid its merge into incident ${target.id}`, by);
    tell(target.id, at, `${by.name} undid the merge of incident ${source.id}`, by);
    return succeed(undefined);
  }

  return { ofItsOwn, merge, split, undo };
}

function labelledAgent({ labels }: Alert): string[] {
  const { agent } = labels;
  return agent === undefined || agent === 'no agent' ? [] : [agent];
}
