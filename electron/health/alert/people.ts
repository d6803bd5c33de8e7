import type { Alert, Silence, SilenceInput } from '#contract/alert.ts';
import type { AuditKind, AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Alerts } from '../../store/alert.ts';
import type { Incidents } from '../../store/incident.ts';
import type { Alarm, AlarmOptions, Deed } from './alarm.ts';
import type { Kept } from './kept.ts';
import { advance, isLive, type LifeEvent } from './life.ts';
import { takeStep } from './tell.ts';
import { silenceOf } from './view.ts';

export type PeopleOptions = Pick<AlarmOptions, 'settings' | 'now'> & {
  alarm: Alarm;
  alerts: Alerts;
  incidents: Incidents;
  /** Runs `work` in a commit, after those before; settles when it is on the disk. */
  commit<T>(work: () => T): Promise<T>;
  audit: AuditWrite;
  onChange(): void;
};

const KEPT = 'Nothing was changed.';

/** What people do to alerts: each is one commit, with the messages that it makes due. */
export function createAlertPeople(options: PeopleOptions) {
  const { alarm, alerts, incidents, now } = options;

  function deedOf(event: LifeEvent, by: Actor): Deed {
    return (kept, at) => {
      const { standing, effect } = advance(kept.standing, event, at, by);
      return effect === null ? { kept, effects: [] } : { kept: { ...kept, standing }, effects: [effect], by };
    };
  }

  async function change(abouts: readonly string[], deed: Deed, also: () => void = () => {}): Promise<void> {
    await options.commit(() => {
      alarm.change(abouts, deed);
      also();
    });
    options.onChange();
  }

  function told(kept: Kept, what: AuditKind, by: Actor, details: object = {}): void {
    const { rule, subject } = kept.signal;
    const incident = incidentOf(kept) ?? null;
    options.audit({ by, what, subject: `${rule} of ${subject}`, details: { alert: kept.about, incident, ...details } });
  }

  function note(incident: number | undefined, text: string, by: Actor): void {
    if (incident !== undefined) {
      incidents.writeEntry({ incident, at: now(), kind: 'note', text, actor: JSON.stringify(by) });
    }
  }

  function incidentOf({ alert }: Kept): number | undefined {
    return alert === null ? undefined : alerts.one(alert)?.incident;
  }

  function live(id: string): Result<Kept> {
    const kept = alarm.find(id);
    if (kept === undefined || kept.standing.state === 'inactive') {
      return fail('NOT_FOUND', `There is no alert ${id}.`, {
        kept: KEPT,
        todo: 'Look at the list: nightdesk alert list',
      });
    }
    if (isLive(kept.standing)) return succeed(kept);
    const why = kept.standing.state === 'pending' ? 'does not fire yet' : 'is over';
    return fail('CONFLICT', `The alert ${id} ${why}.`, { kept: KEPT, todo: 'Look at it: nightdesk alert list --all' });
  }

  /** As it stands after the change: it may have ended in the meantime. */
  function shown({ about }: Kept): Result<Alert> {
    const [alert] = alarm.views(alarm.kept().filter((kept) => kept.about === about));
    return alert
      ? succeed(alert)
      : fail('NOT_FOUND', 'It is gone.', { kept: KEPT, todo: 'Look at the list: nightdesk alert list --all' });
  }

  function firingOf(incident: number): string[] {
    const firing = new Set(alerts.ofIncident(incident).map(({ id }) => id));
    return alarm
      .kept()
      .filter(({ alert }) => alert !== null && firing.has(alert))
      .map(({ about }) => about);
  }

  return {
    /** Somebody is at it: escalation stops for half an hour. Said again, it starts anew. */
    async acknowledge(id: string, by: Actor): Promise<Result<Alert>> {
      const found = live(id);
      if (!found.ok) return found;
      const kept = found.value;
      await change([kept.about], deedOf('acknowledge', by), () => {
        note(incidentOf(kept), `${by.name} acknowledged ${kept.signal.rule} of ${kept.signal.subject}`, by);
        told(kept, 'alert.acknowledged', by);
      });
      return shown(kept);
    },

    /** Acknowledges all that fires of an incident. Call inside a commit. */
    acknowledgeIncident: (incident: number, by: Actor): void =>
      alarm.change(firingOf(incident), deedOf('acknowledge', by)),
    /** Closes all that fires of an incident, as a person says that it is over. Call inside a commit. */
    closeIncident: (incident: number, by: Actor): void => alarm.change(firingOf(incident), deedOf('closed', by)),

    /** Nobody is told of this one until then, unless it gets worse. */
    async snooze(id: string, forMs: number, by: Actor): Promise<Result<Alert>> {
      const found = live(id);
      if (!found.ok) return found;
      const kept = found.value;
      const until = now() + forMs;
      const deed: Deed = (each) =>
        isLive(each.standing)
          ? { kept: { ...each, standing: { ...each.standing, snoozed: { by, until } } }, effects: [] }
          : { kept: each, effects: [] };
      const text = `${by.name} snoozed ${kept.signal.rule} of ${kept.signal.subject} for ${Math.round(forMs / 60_000)} min`;
      await change([kept.about], deed, () => {
        note(incidentOf(kept), text, by);
        told(kept, 'alert.snoozed', by, { until });
      });
      return shown(kept);
    },

    /** Tells the next of the ladder, whatever the time. */
    async escalate(id: string, by: Actor): Promise<Result<Alert>> {
      const found = live(id);
      if (!found.ok) return found;
      const kept = found.value;
      const routing = { ...options.settings(), routes: undefined };
      if (takeStep(kept.standing, routing).due.length === 0) {
        return fail('CONFLICT', 'There is nobody else to tell.', {
          kept: KEPT,
          todo: 'Add a step to alerts.escalate in nightdesk.yaml.',
        });
      }
      const deed: Deed = (each) => {
        if (!isLive(each.standing)) return { kept: each, effects: [] };
        const { standing, due } = takeStep(each.standing, routing);
        return { kept: { ...each, standing }, effects: [], due, by };
      };
      await change([kept.about], deed, () => told(kept, 'alert.escalated', by));
      return shown(kept);
    },

    async silence({ matcher, forMs, reason }: SilenceInput, by: Actor): Promise<Result<Silence>> {
      const from = now();
      const until = from + forMs;
      const row = { matcher: JSON.stringify(matcher), reason, by: JSON.stringify(by), from, until, planned: until };
      const id = await options.commit(() => {
        const silence = alerts.insertSilence(row);
        const details = { matcher, reason, from, until };
        options.audit({ by, what: 'silence.set', subject: `silence ${silence}`, details });
        return silence;
      });
      alarm.readSilences();
      options.onChange();
      return succeed({ id, matcher, reason, by, from, until });
    },

    /** Ends a silence now; what still fires is told. */
    async unsilence(id: number, by: Actor): Promise<Result<Silence>> {
      const at = now();
      const ended = await options.commit(() => {
        const row = alerts.silence(id);
        if (row !== undefined && row.until > at) {
          alerts.endSilence(id, at, JSON.stringify(by));
          options.audit({ by, what: 'silence.ended', subject: `silence ${id}` });
        }
        return row;
      });
      if (ended === undefined) {
        return fail('NOT_FOUND', `There is no silence ${id}.`, {
          kept: KEPT,
          todo: 'Look at the list: nightdesk alert silences',
        });
      }
      alarm.readSilences();
      options.onChange();
      return succeed(silenceOf({ ...ended, until: Math.min(ended.until, at) }));
    },
  };
}
export type AlertPeople = ReturnType<typeof createAlertPeople>;
