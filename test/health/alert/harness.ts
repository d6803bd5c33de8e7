import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertRulesFile } from '#contract/alert.ts';
import type { AlertsSettings } from '#contract/delivery.ts';
import { type Alarm, createAlarm, type Notice } from '../../../electron/health/alert/alarm.ts';
import { type AlertPeople, createAlertPeople } from '../../../electron/health/alert/people.ts';
import { type AlertRule, type Signal, shipped } from '../../../electron/health/alert/rules.ts';
import { type Alerts, prepareAlerts } from '../../../electron/store/alert.ts';
import { type Incidents, prepareIncidents } from '../../../electron/store/incident.ts';
import { openDatabase } from '../../../electron/store/open.ts';

/** A moment in the tests' calendar: 2026-11-24, 03:00 UTC. */
export const NIGHT = Date.UTC(2026, 10, 24, 3);
export const ANA = { name: 'ana', via: 'console' } as const;
export const MINUTE = 60_000;

/** A signal of a shipped rule about a subject. */
export function signal(rule: AlertRule, change: Partial<Signal> = {}): Signal {
  const subject = change.subject ?? 'invoice-triage';
  return {
    ...shipped(rule),
    subject,
    event: 'holds',
    title: `${rule} of ${subject}`,
    fires: `${rule} of ${subject}`,
    clears: `${rule} of ${subject} is over`,
    agents: [subject],
    labels: { agent: subject },
    value: '3 of 4',
    error: null,
    ...change,
  };
}

export function providerDown(event: Signal['event'] = 'holds', provider = 'anthropic'): Signal {
  return signal('provider-breaker-open', {
    event,
    subject: provider,
    agents: ['invoice-triage', 'reply-drafts'],
    labels: { provider, agent: 'invoice-triage' },
  });
}

export type AlarmBed = {
  alarm: Alarm;
  people: AlertPeople;
  alerts: Alerts;
  incidents: Incidents;
  /** `setBack`: by so much it was set back, ms; no less passed. */
  clock: { now: number; setBack: number };
  settings: AlertsSettings;
  files: { inhibit: AlertRulesFile['inhibit']; routesOf(rule: string): string[] | undefined };
  /** What was put into the outbox, oldest first. */
  notices: Notice[];
  /** Makes the commit after so many more fail, once. */
  failAfter(commits: number): void;
  /** All that is said now; a minute later, if need be. */
  hear(signals: Signal[], afterMs?: number): void;
  /** The messages since the last time this was asked: `trigger pager`. */
  told(): string[];
  timeline(incident: number): string[];
  restart(): void;
  close(): void;
};

/** Alerts on a real database, told to a list. Commits happen at once, or not at all. */
export function alarmBed(): AlarmBed {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-alarm-'));
  const clock = { now: NIGHT, setBack: 0 };
  /** What the disk refused and must not be lost: tried again with the next look. */
  const refused: (() => void)[] = [];
  const notices: Notice[] = [];
  const settings: AlertsSettings = { page: ['pager'], ticket: ['mail'], escalate: [], environment: 'production' };
  const files: AlarmBed['files'] = { inhibit: [], routesOf: () => undefined };
  let failIn = Number.POSITIVE_INFINITY;
  let seen = 0;

  function open() {
    const opened = openDatabase(folder, clock.now);
    if (!opened.ok) throw new Error(opened.error.message);
    const { db } = opened.value;
    const alerts = prepareAlerts(db);
    const incidents = prepareIncidents(db);
    /** Undefined where the disk refused: nothing of it was kept. */
    function commit<T>(work: () => T): { value: T } | undefined {
      const put = notices.length;
      try {
        return {
          value: db.transaction(() => {
            const value = work();
            failIn -= 1;
            if (failIn < 0) throw new Error('the process was killed');
            return value;
          })(),
        };
      } catch (error) {
        if (failIn >= 0) throw error;
        failIn = Number.POSITIVE_INFINITY;
        notices.length = put;
        return undefined;
      }
    }
    const shared = { alerts, incidents, now: () => clock.now, settings: () => settings };
    function keep<T>(work: () => T, onDurable: (value: T) => void = () => {}): void {
      const done = commit(work);
      if (done) onDurable(done.value);
      else refused.push(() => keep(work, onDurable));
    }
    const alarm = createAlarm({
      ...shared,
      keep,
      passed: () => clock.now + clock.setBack,
      rehearsal: false,
      files: () => files,
      causesOf: (agent) => (agent === 'invoice-triage' ? ['anthropic'] : []),
      put: (notice) => notices.push(notice),
      write(work, onDurable) {
        const done = commit(work);
        if (done) onDurable(done.value);
      },
    });
    const people = createAlertPeople({
      ...shared,
      alarm,
      async commit(work) {
        const done = commit(work);
        if (done === undefined) throw new Error('the disk refused');
        return done.value;
      },
      audit: () => {},
      onChange: () => {},
    });
    alarm.load();
    return { db, alerts, incidents, alarm, people };
  }

  let current = open();
  return {
    get alarm() {
      return current.alarm;
    },
    get people() {
      return current.people;
    },
    get alerts() {
      return current.alerts;
    },
    get incidents() {
      return current.incidents;
    },
    clock,
    settings,
    files,
    notices,
    failAfter(commits) {
      failIn = commits;
    },
    hear(signals, afterMs = 0) {
      clock.now += afterMs;
      for (const again of refused.splice(0)) again();
      current.alarm.judge(signals, true);
    },
    told() {
      const fresh = notices.slice(seen);
      seen = notices.length;
      return fresh.map(({ kind, routes }) => `${kind} ${routes.join(' ')}`);
    },
    timeline: (incident) =>
      current.incidents
        .entries(incident)
        .map(({ text }) => text)
        .toReversed(),
    restart() {
      current.db.close();
      current = open();
    },
    close: () => current.db.close(),
  };
}
