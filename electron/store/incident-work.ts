import type { Database } from 'better-sqlite3';
import type { IncidentRole, IncidentSeverity } from '#contract/incident.ts';
import type { IncidentRow } from './incident.ts';

export type RoleRow = { role: IncidentRole; name: string; actor: string; since: number };
export type HandoverRow = { at: number; role: IncidentRole; actor: string; to_name: string; note: string };
/** A merge of `source` into `target`, or a split of `target` off `source`. `body` is JSON, the incident module's own. */
export type MoveRow = {
  id: number;
  kind: 'merge' | 'split';
  source: number;
  target: number;
  at: number;
  actor: string;
  undone_at: number | null;
  body: string;
};
export type DraftRow = { incident: number; text: string; version: number; edited_at: number; actor: string };

/** Statements on the work of people on incidents. The writing ones run inside the caller's transaction. */
export function prepareIncidentWork(db: Database) {
  const setState = db.prepare<unknown[]>(
    'UPDATE incident SET state = ?, resolved_at = ?, resolve_reason = ?, acknowledged_by = ?, mitigated_at = ? WHERE id = ?',
  );
  const setSeverity = db.prepare<unknown[]>('UPDATE incident SET severity = ? WHERE id = ?');
  const setOpenedBy = db.prepare<unknown[]>('UPDATE incident SET opened_by = ? WHERE id = ?');
  const setTimes = db.prepare<unknown[]>('UPDATE incident SET impact_at = ?, mitigated_at = ? WHERE id = ?');
  const setMerged = db.prepare<unknown[]>('UPDATE incident SET merged_into = ? WHERE id = ?');
  const setAgents = db.prepare<unknown[]>('UPDATE incident SET agents = ? WHERE id = ?');
  const merged = db.prepare<[number], IncidentRow>('SELECT * FROM incident WHERE merged_into = ? ORDER BY id');
  const openedIn = db.prepare<[number, number, number], IncidentRow>(
    'SELECT * FROM incident WHERE opened_at >= ? AND opened_at < ? AND rehearsal = ? AND merged_into IS NULL ORDER BY id',
  );
  const entryIds = db.prepare<[number], { id: number }>('SELECT id FROM incident_entry WHERE incident = ? ORDER BY id');
  const moveEntry = db.prepare<unknown[]>('UPDATE incident_entry SET incident = ? WHERE id = ?');
  const moveAlert = db.prepare<unknown[]>('UPDATE alert SET incident = ? WHERE id = ?');
  const roles = db.prepare<[number], RoleRow>(
    'SELECT role, name, actor, since FROM incident_role WHERE incident = ? ORDER BY since, name',
  );
  const writeRole = db.prepare<unknown[]>(
    'INSERT OR IGNORE INTO incident_role (incident, role, name, actor, since) VALUES (?, ?, ?, ?, ?)',
  );
  const dropRole = db.prepare<unknown[]>('DELETE FROM incident_role WHERE incident = ? AND role = ? AND name = ?');
  const writeHandover = db.prepare<unknown[]>(
    'INSERT INTO incident_handover (incident, at, role, actor, to_name, note) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const handovers = db.prepare<[number], HandoverRow>(
    'SELECT at, role, actor, to_name, note FROM incident_handover WHERE incident = ? ORDER BY id DESC LIMIT 20',
  );
  const writeMove = db.prepare<unknown[]>(
    'INSERT INTO incident_move (kind, source, target, at, actor, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const lastMove = db.prepare<[number, number], MoveRow>(
    'SELECT * FROM incident_move WHERE (source = ? OR target = ?) AND undone_at IS NULL ORDER BY id DESC LIMIT 1',
  );
  const undoMove = db.prepare<unknown[]>('UPDATE incident_move SET undone_at = ? WHERE id = ?');
  const draft = db.prepare<[number], DraftRow>('SELECT * FROM incident_draft WHERE incident = ?');
  const writeDraft = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO incident_draft (incident, text, version, edited_at, actor) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    setState: (row: IncidentRow): void => {
      setState.run(row.state, row.resolved_at, row.resolve_reason, row.acknowledged_by, row.mitigated_at, row.id);
    },
    setSeverity: (id: number, severity: IncidentSeverity): void => {
      setSeverity.run(severity, id);
    },
    setOpenedBy: (id: number, actor: string): void => {
      setOpenedBy.run(actor, id);
    },
    setTimes: (id: number, impactAt: number | null, mitigatedAt: number | null): void => {
      setTimes.run(impactAt, mitigatedAt, id);
    },
    setMerged: (id: number, into: number | null): void => {
      setMerged.run(into, id);
    },
    setAgents: (id: number, agents: string[]): void => {
      setAgents.run(JSON.stringify(agents), id);
    },
    /** Those that were merged into it. */
    merged: (id: number): IncidentRow[] => merged.all(id),
    /** Opened in [from, to), those merged into another left out: they count there. */
    openedIn: (from: number, to: number, rehearsal: boolean): IncidentRow[] =>
      openedIn.all(from, to, rehearsal ? 1 : 0),
    entryIds: (incident: number): number[] => entryIds.all(incident).map((row) => row.id),
    moveEntries: (ids: number[], to: number): void => {
      for (const id of ids) moveEntry.run(to, id);
    },
    moveAlerts: (ids: string[], to: number): void => {
      for (const id of ids) moveAlert.run(to, id);
    },
    roles: (incident: number): RoleRow[] => roles.all(incident),
    writeRole: (incident: number, row: RoleRow): void => {
      writeRole.run(incident, row.role, row.name, row.actor, row.since);
    },
    dropRole: (incident: number, role: IncidentRole, name: string): void => {
      dropRole.run(incident, role, name);
    },
    writeHandover: (incident: number, row: HandoverRow): void => {
      writeHandover.run(incident, row.at, row.role, row.actor, row.to_name, row.note);
    },
    /** Newest first. */
    handovers: (incident: number): HandoverRow[] => handovers.all(incident),
    writeMove: (row: Omit<MoveRow, 'id' | 'undone_at'>): void => {
      writeMove.run(row.kind, row.source, row.target, row.at, row.actor, row.body);
    },
    /** The newest merge or split of an incident that was not undone. */
    lastMove: (incident: number): MoveRow | undefined => lastMove.get(incident, incident),
    undoMove: (id: number, at: number): void => {
      undoMove.run(at, id);
    },
    draft: (incident: number): DraftRow | undefined => draft.get(incident),
    writeDraft: (row: DraftRow): void => {
      writeDraft.run(row.incident, row.text, row.version, row.edited_at, row.actor);
    },
  };
}
export type IncidentWork = ReturnType<typeof prepareIncidentWork>;
