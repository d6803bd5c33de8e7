import { z } from 'zod';
import { labelsSchema } from '#contract/alert.ts';
import type { AlertRow } from '../../store/alert.ts';
import type { AlarmOptions, Change } from './alarm.ts';
import { incidentFor, type OpenIncident } from './group.ts';
import { adopted, type Kept, keptOf } from './kept.ts';
import { FLAP_TURNS, FLAP_WINDOW_MS, isLive, isPast, REOPEN_MS, setBack } from './life.ts';
import type { Signal } from './rules.ts';
import { liveAlert } from './view.ts';

const agentsSchema = z.array(z.string());

type RecordOptions = Pick<AlarmOptions, 'alerts' | 'incidents' | 'rehearsal' | 'put'>;

/** Alerts on the disk: their standings, their firings, and what these do to incidents and the outbox. */
export function createRecord({ alerts, incidents, rehearsal, put }: RecordOptions) {
  /** Read once for all that fire together: hundreds may. */
  let open: OpenIncident[] | undefined;

  function openOnes(): OpenIncident[] {
    open ??= incidents.open().map(({ id, agents }) => ({
      id,
      agents: agentsSchema.parse(JSON.parse(agents)),
      alerts: alerts.ofIncident(id).map((row) => ({
        kind: row.kind,
        subject: row.subject,
        labels: labelsSchema.parse(JSON.parse(row.labels)),
        firedAt: row.fired_at,
      })),
    }));
    return open;
  }

  /** An incident has one more firing. */
  function joined(incident: number, { signal }: Kept, at: number): void {
    const known = open?.find(({ id }) => id === incident);
    const { kind, subject, labels, agents } = signal;
    const member = { kind, subject, labels, firedAt: at };
    // One that was over is open again.
    if (known === undefined) open = undefined;
    else {
      known.agents = [...new Set([...known.agents, ...agents])];
      known.alerts.push(member);
    }
  }

  function entry(incident: number, at: number, text: string, by: Change['by'] = null): void {
    const actor = by === null ? null : JSON.stringify(by);
    incidents.writeEntry({ incident, at, kind: by === null ? 'alert' : 'note', text, actor });
  }

  /** The incident that a new firing belongs to. */
  function place(change: Change, cause: string | null, at: number): { incident: number; again: boolean } {
    const { before, after } = change;
    const last = before.alert === null ? undefined : alerts.one(before.alert);
    const { resolvedAt } = before.standing;
    const again = last !== undefined && resolvedAt !== null && at - resolvedAt <= REOPEN_MS;
    const causing = cause === null ? undefined : alerts.one(cause)?.incident;
    const { signal } = after;
    // What waits for the day does not weigh more because an incident was opened for it.
    const severity = signal.severity === 'page' ? 'sev2' : 'sev3';
    const incident = (again ? last.incident : undefined) ?? causing ?? incidentFor(signal, openOnes(), at);
    if (incident === undefined) {
      const opened = incidents.insert(signal.title, at, JSON.stringify(signal.agents), rehearsal, severity);
      open?.push({ id: opened, agents: [], alerts: [] });
      return { incident: opened, again };
    }
    const row = incidents.one(incident);
    if (row) {
      const agents = JSON.stringify([...new Set([...agentsSchema.parse(JSON.parse(row.agents)), ...signal.agents])]);
      const graver = row.severity === 'sev3' ? severity : row.severity;
      if (graver !== row.severity) entry(incident, at, `Its severity is ${graver}: an alert that pages joined it`);
      incidents.update({
        ...row,
        state: 'open',
        resolved_at: null,
        // What a person said of its end before is not why it ends next.
        resolve_reason: null,
        acknowledged_by: null,
        agents,
        severity: graver,
      });
    }
    return { incident, again };
  }

  /** An alert that could wait pages now, and with it its incident. */
  function raise(incident: number, at: number): void {
    const row = incidents.one(incident);
    if (row?.severity !== 'sev3') return;
    entry(incident, at, 'Its severity is sev2: its alert pages now');
    incidents.update({ ...row, severity: 'sev2' });
  }

  function fire(change: Change, cause: string | null, at: number): AlertRow {
    const { signal, key, standing } = change.after;
    const { incident, again } = place(change, cause, at);
    joined(incident, change.after, at);
    const hushed = change.covers.find(({ cover }) => cover !== 'frozen' && cover !== 'flapping');
    const unheard = hushed === undefined ? '' : `; nobody is told: ${hushed.cover}, ${hushed.why}`;
    entry(incident, at, `Alert: ${signal.fires}${again ? ' again' : ''}${unheard}`);
    return {
      id: `${key}-${at}`,
      incident,
      rule: signal.rule,
      subject: signal.subject,
      state: 'firing',
      summary: signal.title,
      labels: JSON.stringify(signal.labels),
      value: signal.value,
      error: signal.error,
      fired_at: at,
      resolved_at: null,
      key,
      kind: signal.kind,
      severity: standing.severity,
      pending_since: change.before.standing.pendingSince,
      acknowledged_at: null,
      acknowledged_by: null,
      escalated: 0,
      told: 0,
    };
  }

  /** What a step means for its row, its incident and the timeline. The row is written by the caller. */
  function apply(change: Change, row: AlertRow, at: number): AlertRow {
    const { after, before, by } = change;
    const { signal } = after;
    let next = row;
    for (const effect of change.effects) {
      switch (effect) {
        case 'wait':
        case 'forget':
        case 'open':
          break;
        case 'resolve':
          next = { ...next, state: 'resolved', resolved_at: at };
          entry(row.incident, at, `Resolved: ${signal.clears}`);
          break;
        case 'close':
          next = { ...next, state: 'resolved', resolved_at: at };
          break;
        case 'take':
        case 'renew':
          next = { ...next, acknowledged_by: JSON.stringify(by), acknowledged_at: row.acknowledged_at ?? at };
          break;
        case 'release':
          next = { ...next, acknowledged_by: null };
          entry(row.incident, at, `${who(before)} acknowledged 30 min ago and it still fires: it is told again`);
          break;
        case 'break':
          next = { ...next, acknowledged_by: null };
          entry(row.incident, at, `It is worse than what ${who(before)} acknowledged: ${signal.fires}`);
          break;
      }
    }
    return next;
  }

  function who({ standing }: Kept): string {
    return standing.acknowledged?.by.name ?? 'somebody';
  }

  /** Brings the incident to what its alerts say, after one of them took steps. */
  function settle(incident: number, at: number): void {
    const row = incidents.one(incident);
    if (row === undefined) return;
    const firing = alerts.ofIncident(incident).filter(({ state }) => state === 'firing');
    if (firing.length === 0) {
      if (row.state !== 'resolved') incidents.update({ ...row, state: 'resolved', resolved_at: at });
      open = undefined;
      return;
    }
    if (row.state === 'resolved') return;
    const taken = firing.every(({ acknowledged_by }) => acknowledged_by !== null);
    const state = taken ? 'acknowledged' : 'open';
    const by = taken ? (row.acknowledged_by ?? firing.at(-1)?.acknowledged_by ?? null) : null;
    if (state !== row.state) incidents.update({ ...row, state, acknowledged_by: by });
  }

  return {
    /** @returns what is kept, and firings that a version of one alert a rule wrote beside another about the same: `[id, other]` */
    load(keyOf: (about: string) => string): { kept: Kept[]; doubles: [string, string][] } {
      const kept = new Map(alerts.standings().map((row) => [row.about, keptOf(row)]));
      const doubles: [string, string][] = [];
      const found = alerts.keyless().map((row) => adopted(row, keyOf));
      // The worst speaks for all.
      for (const one of [...found.filter(isPage), ...found.filter((each) => !isPage(each))]) {
        const standing = kept.get(one.about);
        if (standing === undefined) kept.set(one.about, one);
        else if (one.alert !== null && standing.alert !== null && standing.alert !== one.alert) {
          doubles.push([one.alert, standing.alert]);
        }
      }
      return { kept: [...kept.values()], doubles };
    },
    /** A firing goes on as another, which is about the same. */
    join([id, other]: [string, string], at: number): void {
      const [row, into] = [alerts.one(id), alerts.one(other)];
      if (row?.state !== 'firing' || into === undefined) return;
      alerts.write({ ...row, state: 'resolved', resolved_at: at });
      const where = into.incident === row.incident ? '' : `, in incident ${into.incident}`;
      entry(row.incident, at, `${row.rule} of ${row.subject} is one alert with ${into.rule} now${where}`);
      settle(row.incident, at);
    },
    /** Removes those that are past. @returns which are gone */
    forget(abouts: readonly string[], at: number): string[] {
      return abouts.filter((about) => {
        const row = alerts.standing(about);
        // Decided by what is on the disk: it may have begun again.
        if (row !== undefined && !isPast(keptOf(row).standing, at)) return false;
        alerts.removeStanding(about);
        return true;
      });
    },
    /** The clock was set back. @returns all that is kept, as it stands by it */
    setBack(byMs: number, at: number): Kept[] {
      alerts.moveSilences(at, byMs);
      return alerts.standings().map((row) => {
        const kept = keptOf(row);
        const moved = { ...kept, standing: setBack(kept.standing, byMs) };
        alerts.writeStanding({ ...row, body: JSON.stringify(moved.standing) });
        return moved;
      });
    },
    read(about: string): Kept | undefined {
      const row = alerts.standing(about);
      return row && keptOf(row);
    },

    /** Before the first of the writes of a commit: what was read before may be another's by now. */
    begin(): void {
      open = undefined;
    },
    /** @param cause the firing that mutes this one */
    write(change: Change, at: number, cause: string | null): Kept {
      const { after, before, effects, due, covers } = change;
      const opened = effects.includes('open');
      let row = opened ? fire(change, cause, at) : after.alert === null ? undefined : alerts.one(after.alert);
      if (row) {
        const told = due.some(({ kind, routes }) => kind === 'trigger' && routes.length > 0);
        row = {
          ...apply(change, row, at),
          escalated: Math.max(row.escalated, after.standing.escalated),
          severity: isLive(after.standing) ? after.standing.severity : row.severity,
          ...(isLive(after.standing) ? { rule: after.signal.rule } : {}),
          told: told ? 1 : row.told,
        };
        alerts.write(row);
        if (!opened && isPage(after) && !isPage(before)) raise(row.incident, at);
        if (effects.length > 0) settle(row.incident, at);
        if (after.standing.flappingSince !== null && before.standing.flappingSince === null) {
          entry(row.incident, at, flapText(after.signal));
        }
      }
      const kept: Kept = { ...after, alert: row?.id ?? after.alert };
      const { about, key, alert, signal, standing } = kept;
      alerts.writeStanding({ about, key, alert, signal: JSON.stringify(signal), body: JSON.stringify(standing) });
      for (const { kind, routes } of due) {
        if (routes.length === 0) continue;
        put({ routes, kind, alert: liveAlert(kept, row, covers), incident: row?.incident ?? null, at });
        if (row && kind === 'escalate') entry(row.incident, at, `Escalated to ${routes.join(', ')}`, change.by);
      }
      return kept;
    },
  };
}

function isPage({ standing }: Kept): boolean {
  return standing.severity === 'page';
}

function flapText({ subject }: Signal): string {
  return `${subject} comes and goes: ${FLAP_TURNS} changes within ${FLAP_WINDOW_MS / 60_000} min. Notices are held until it stands still`;
}
