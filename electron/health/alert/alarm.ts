import type { AlertRow, Incidents } from '../../store/incident.ts';
import { type AlertStanding, type AlertStep, stepAlert } from './life.ts';
import type { Signal } from './rules.ts';

export type AlarmOptions = {
  incidents: Incidents;
  rehearsal: boolean;
  now(): number;
  /** Runs `work` in a commit, after those before. */
  write(work: () => void): void;
};

/** Turns what the rules say into alerts and incidents. */
export function createAlarm(options: AlarmOptions) {
  const { incidents, now } = options;

  function stepFor(signal: Signal): { step: AlertStep; last: AlertRow | undefined } {
    const last = incidents.newestAlert(signal.rule, signal.subject);
    let known: AlertStanding = { state: 'inactive' };
    if (last?.state === 'firing') known = { state: 'firing' };
    else if (last) known = { state: 'resolved', resolvedAt: last.resolved_at ?? last.fired_at };
    return { step: stepAlert(known, signal.event, now()), last };
  }

  function fire(signal: Signal, reopened: number | undefined, at: number): void {
    const agents = JSON.stringify(signal.agents);
    let incident = reopened;
    if (incident === undefined) {
      incident = incidents.insert(signal.title, at, agents, options.rehearsal);
    } else {
      const row = incidents.one(incident);
      if (row) incidents.update({ ...row, state: 'open', resolved_at: null, acknowledged_by: null, agents });
    }
    incidents.writeAlert({
      id: `${signal.rule}:${signal.subject}:${at}`,
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
    });
    const text = `Alert: ${signal.fires}${reopened === undefined ? '' : ' again'}`;
    incidents.writeEntry({ incident, at, kind: 'alert', text, actor: null });
  }

  function resolve(signal: Signal, incident: number, at: number): void {
    const alerts = incidents.alerts(incident);
    const mine = (alert: AlertRow): boolean => alert.rule === signal.rule && alert.subject === signal.subject;
    for (const alert of alerts) {
      if (mine(alert) && alert.state === 'firing') {
        incidents.writeAlert({ ...alert, state: 'resolved', resolved_at: at });
      }
    }
    incidents.writeEntry({ incident, at, kind: 'alert', text: `Resolved: ${signal.clears}`, actor: null });
    const row = incidents.one(incident);
    const others = alerts.some((alert) => !mine(alert) && alert.state === 'firing');
    if (row && !others) incidents.update({ ...row, state: 'resolved', resolved_at: at });
  }

  return {
    /** Judges one signal; writes only when something changes. */
    judge(signal: Signal): void {
      if (stepFor(signal).step === 'none') return;
      options.write(() => {
        // Decided again where it is written: another event may have come first.
        const at = now();
        const { step, last } = stepFor(signal);
        if (step === 'resolve' && last) resolve(signal, last.incident, at);
        else if (step === 'open' || step === 'reopen') fire(signal, step === 'reopen' ? last?.incident : undefined, at);
      });
    },
  };
}
