import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileProblem } from '#contract/agent.ts';
import type { Alert, AlertRuleDetail, AlertRuleFile, AlertRulesFile, AlertRuleView, Replay } from '#contract/alert.ts';
import type { Result } from '#contract/errors.ts';
import type { ObjectivePreview } from '#contract/objective.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import { type Alerts, prepareAlerts } from '../../store/alert.ts';
import type { Database } from '../../store/open.ts';
import type { Bucket } from '../indicator/bucket.ts';
import { type AlarmOptions, createAlarm } from './alarm.ts';
import type { Kept } from './kept.ts';
import { concerns, fileSignals, type Readings, replay } from './measure.ts';
import { type AlertPeople, createAlertPeople, type PeopleOptions } from './people.ts';
import { ALERT_RULES, causesIn, type Signal } from './rules.ts';
import { routesFor } from './tell.ts';
import { pastAlert } from './view.ts';
import { isOfNow, isShipped, ruleWhen } from './words.ts';

/*
 * Alerts. Pure: shipped.ts (the rules), rules.ts (signals of the runtime), life.ts (the table), speaker.ts (signals to events),
 * cover.ts (silences, inhibition), tell.ts (who hears what), group.ts (which incident), measure.ts (rules of files). alarm.ts
 * and record.ts carry them out, people.ts is what people do.
 */

type ReplayedRule = Replay['rules'][number];

const OBJECTIVE_RULES = Object.entries(ALERT_RULES)
  .filter(([, { kind }]) => kind === 'success')
  .map(([name, { severity }]) => ({ name, severity }));

/** Rules and inhibitions of the files, as they are in force. */
export type RulesInForce = {
  rules: readonly { rule: AlertRuleFile; file: string }[];
  inhibit: AlertRulesFile['inhibit'];
  problems: readonly FileProblem[];
};

export type AlertPartOptions = Pick<
  AlarmOptions,
  'incidents' | 'rehearsal' | 'now' | 'passed' | 'put' | 'write' | 'keep' | 'settings'
> &
  Pick<PeopleOptions, 'commit' | 'audit' | 'onChange'> & {
    db: Database;
    snapshot(): RuntimeSnapshot;
    rules(): RulesInForce;
    readings: Readings;
    /** Minutes of an agent in [from, to), oldest first. */
    history(agent: string, from: number, to: number): { start: number; bucket: Bucket }[];
    /** What the objective of an agent would have done. */
    preview(agent: string): Promise<Result<ObjectivePreview>>;
    runbooksFor(rule: string): { name: string; title: string }[];
  };

const HISTORY_MS = 28 * 86_400_000;
const HISTORY_ROWS = 200;
/** Rules of files are judged so often, ms: they look at minutes. */
const FILES_EVERY_MS = 5_000;

export function createAlertPart(options: AlertPartOptions) {
  const store: Alerts = prepareAlerts(options.db);
  const alarm = createAlarm({
    ...options,
    alerts: store,
    causesOf: (agent) => causesIn(options.snapshot(), agent),
    files: () => ({ inhibit: options.rules().inhibit, routesOf }),
  });
  const people: AlertPeople = createAlertPeople({ ...options, alarm, alerts: store });

  function routesOf(name: string): string[] | undefined {
    return options.rules().rules.find(({ rule }) => rule.name === name)?.rule.routes;
  }

  let judgedAt = Number.NEGATIVE_INFINITY;
  let judged: Signal[] = [];
  /** What the rules of files say. */
  function signals(now: number): Signal[] {
    if (now - judgedAt >= FILES_EVERY_MS || now < judgedAt) {
      judged = fileSignals(
        options.rules().rules.map(({ rule }) => rule),
        options.readings,
        now,
      );
      judgedAt = now;
    }
    return judged;
  }

  function isOpen({ standing }: Kept): boolean {
    return standing.state !== 'inactive' && standing.state !== 'resolved';
  }

  function open(): Alert[] {
    return alarm.views(alarm.kept().filter(isOpen));
  }

  function rules(): AlertRuleView[] {
    const firing = open().filter(({ state }) => state !== 'pending');
    const fired = new Map(store.fired(options.now() - HISTORY_MS).map((row) => [row.rule, row]));
    function lately(name: string) {
      return {
        runbooks: options.runbooksFor(name),
        firing: firing.filter(({ rule }) => rule === name).length,
        firedLast28d: fired.get(name)?.fired ?? 0,
        lastFiredAt: fired.get(name)?.last ?? null,
      };
    }
    return [
      ...Object.entries(ALERT_RULES).map(([name, { title, when, severity, kind, forMs }]): AlertRuleView => {
        const from = kind === 'success' || kind === 'latency' ? 'objective' : 'shipped';
        return { name, title, when, severity, forMs, from, file: null, ...lately(name) };
      }),
      ...options.rules().rules.map(
        ({ rule, file }): AlertRuleView => ({
          name: rule.name,
          title: rule.description ?? rule.name,
          when: ruleWhen(rule),
          severity: rule.severity,
          forMs: rule.for,
          from: 'file',
          file,
          ...lately(rule.name),
        }),
      ),
    ];
  }

  /** One rule of a file, over the past of an agent. */
  async function replayed(rule: AlertRuleFile, agent: string, from: number, to: number): Promise<ReplayedRule> {
    const about = { rule: rule.name, severity: rule.severity, agent };
    if (isOfNow(rule.measure)) {
      return { ...about, skipped: `there is no history of ${rule.measure}`, judgedMinutes: 0, fired: [] };
    }
    const minutes = options.history(agent, from - rule.window, to);
    // Between two agents the desk may do something else.
    await nextTurn();
    return { ...about, skipped: null, ...replay(rule, minutes, options.readings.objective(agent), from, to) };
  }

  /** The rules of an objective, as the objective's own preview replays them. */
  async function replayedObjective(agent: string, from: number, to: number): Promise<ReplayedRule[]> {
    const preview = await options.preview(agent);
    if (!preview.ok) return [];
    const names = OBJECTIVE_RULES.filter(({ severity }) => severity === 'page').map(({ name }) => name);
    return names.map((rule) => ({
      rule,
      severity: 'page',
      agent,
      skipped: null,
      judgedMinutes: Math.round((Math.min(to, preview.value.to) - Math.max(from, preview.value.from)) / 60_000),
      fired: preview.value.pages
        .filter((page) => page.rule === rule && page.at >= from && page.at < to)
        .map(({ at, untilAt, value }) => ({ from: at, to: untilAt, value })),
    }));
  }

  return {
    signals,
    /** What these rules would have done over past data; without `given` those in force, objectives' among them. */
    async test(given: readonly AlertRuleFile[] | null, from: number, to: number): Promise<Replay> {
      const rules = given ?? options.rules().rules.map(({ rule }) => rule);
      const found: ReplayedRule[] = [];
      for (const agent of options.readings.agents()) {
        if (given === null) found.push(...(await replayedObjective(agent, from, to)));
        for (const rule of rules) if (concerns(rule, agent)) found.push(await replayed(rule, agent, from, to));
      }
      return { from, to, rules: found };
    },
    load: alarm.load,
    judge: alarm.judge,
    people,
    silences: alarm.silences,
    /** Those that pend, fire or are acknowledged. */
    open,
    /** Those and the firings of the last 28 days that are over, the newest first. */
    all(): Alert[] {
      const live = open();
      const ids = new Set(live.map(({ id }) => id));
      const past = store.since(options.now() - HISTORY_MS, HISTORY_ROWS).map(pastAlert);
      return [...live, ...past.filter(({ id }) => !ids.has(id))];
    },
    /** All firings of an incident, those that go on as they stand now. */
    ofIncident(incident: number): Alert[] {
      const rows = store.ofIncident(incident);
      if (rows.every(({ state }) => state === 'resolved')) return rows.map(pastAlert);
      return rows.map((row) => {
        const kept = alarm.ofAlert(row.id);
        const [live] = kept !== undefined && isOpen(kept) ? alarm.views([kept]) : [];
        return live ?? pastAlert(row);
      });
    },
    rules,
    rule(name: string): AlertRuleDetail | undefined {
      const view = rules().find((rule) => rule.name === name);
      if (view === undefined) return undefined;
      const live = new Map(open().map((alert) => [alert.id, alert]));
      const rows = store.ofRule(name, options.now() - HISTORY_MS, HISTORY_ROWS);
      return {
        ...view,
        history: rows.map((row) => live.get(row.id) ?? pastAlert(row)),
        routes: routesFor(view.severity, { ...options.settings(), routes: routesOf(name) }),
      };
    },
    problems: (): readonly FileProblem[] => options.rules().problems,
    /** Undefined when the rule never fired about this provider, integration or agent. */
    state(rule: string, about: string): 'firing' | 'resolved' | undefined {
      // A budget is of an agent or a provider of that name.
      const subjects = [about, `agent:${about}`, `provider:${about}`];
      const kind: Signal['kind'] = isShipped(rule) ? ALERT_RULES[rule].kind : `file:${rule}`;
      const states = alarm
        .kept()
        .filter(({ signal }) => signal.kind === kind && subjects.includes(signal.subject))
        .map(({ standing }) => standing);
      if (states.some(({ state }) => state === 'firing' || state === 'acknowledged')) return 'firing';
      return states.some(({ resolvedAt }) => resolvedAt !== null) ? 'resolved' : undefined;
    },
  };
}
export type AlertPart = ReturnType<typeof createAlertPart>;
